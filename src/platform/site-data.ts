import { siteHosts } from '../core/endpoint.ts';
import { browser } from './browser.ts';
import { isFirefox } from './build.ts';

/**
 * Removes what the site's hosts have stored: local storage and databases, and in Chromium caches and
 * service workers as well. Firefox cannot remove those of one site in one store.
 * @throws (rejects) where it cannot be done.
 */
export async function removeSiteData(storeId: string): Promise<void> {
  // Firefox 153 resolves for a private window as if it had worked, and removes nothing.
  if (isFirefox && storeId === 'firefox-private')
    throw new Error('Private site data cannot be removed.');
  const stored = { localStorage: true, indexedDB: true };
  // Each browser knows one of the two ways to name a site, and takes the other for an error.
  if (isFirefox) {
    await browser.browsingData.remove(
      { hostnames: [...siteHosts], cookieStoreId: storeId },
      stored,
    );
    return;
  }
  const origins = siteHosts.map((host) => `https://${host}`);
  // The type knows Firefox's kinds of data only.
  const all = {
    ...stored,
    cache: true,
    cacheStorage: true,
    fileSystems: true,
    serviceWorkers: true,
  };
  await browser.browsingData.remove({ origins } as object, all);
}
