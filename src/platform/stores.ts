import browser, { type Tabs } from 'webextension-polyfill';
import type { CookieStore } from '../core/store.ts';

const isFirefox = browser.runtime.getURL('').startsWith('moz-extension:');

/**
 * Chromium numbers its two stores, and a split incognito extension has a context for each. Firefox
 * has one context for all its stores.
 */
const chromiumStore: CookieStore = browser.extension.inIncognitoContext
  ? { id: '1', kind: 'incognito' }
  : { id: '0', kind: 'default' };

/** The store whose cookies our own requests carry. */
export const ambientStoreId = isFirefox ? 'firefox-default' : chromiumStore.id;

/** Whether this context deals with a store: of Chromium's two, each has its own. */
export function serves(storeId: string): boolean {
  return isFirefox
    ? /^firefox-(default|private|container-\d+)$/.test(storeId)
    : storeId === ambientStoreId;
}

/** The store of a tab; without one, that of the active tab. */
export async function storeIdOf(tab?: Tabs.Tab): Promise<string> {
  if (!isFirefox) return ambientStoreId;
  const [active] = tab ? [tab] : await browser.tabs.query({ active: true, currentWindow: true });
  return active?.cookieStoreId ?? ambientStoreId;
}

/** Every store that this context can see, the default one first. */
export async function listStores(): Promise<CookieStore[]> {
  if (!isFirefox) return [chromiumStore];
  const [containers, mayBePrivate] = await Promise.all([
    // Containers may be switched off, or unknown as on Android.
    browser.contextualIdentities?.query({}).catch(() => []) ?? [],
    browser.extension.isAllowedIncognitoAccess(),
  ]);
  return [
    { id: 'firefox-default', kind: 'default' },
    ...containers.map(({ cookieStoreId: id, name }) => ({ id, kind: 'container', name }) as const),
    ...(mayBePrivate ? [{ id: 'firefox-private', kind: 'private' } as const] : []),
  ];
}
