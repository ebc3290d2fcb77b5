import { browser } from './browser.ts';

/** Where the site keeps its refresh token, `ac_time_value`, in `localStorage`. */
const host = 'www.bilibili.com';

/**
 * Removes what one host of the site keeps in `localStorage`, the refresh token with it. No API
 * reaches a single item.
 * @throws (rejects) where it cannot be done.
 */
export async function removeSiteData(storeId: string): Promise<void> {
  // Firefox 153 resolves for a private window as if it had worked, and removes nothing.
  if (storeId === 'firefox-private') throw new Error('Private site data cannot be removed.');
  // Each browser knows one of the two ways to name a site, and takes the other for an error.
  const options = storeId.startsWith('firefox-')
    ? { hostnames: [host], cookieStoreId: storeId }
    : { origins: [`https://${host}`] };
  await browser.browsingData.remove(options, { localStorage: true });
}
