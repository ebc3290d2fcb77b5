import { siteOrigins } from './access.ts';
import { browser } from './browser.ts';

/**
 * The open tabs that show the site from one cookie store. A tab whose page is unloaded shows
 * nothing old. Chromium's tabs name no store: each of its contexts sees those of its own.
 */
export async function siteTabIds(storeId: string): Promise<number[]> {
  const tabs = await browser.tabs.query({ url: siteOrigins, discarded: false });
  return tabs
    .filter(({ cookieStoreId = storeId }) => cookieStoreId === storeId)
    .map((tab) => tab.id)
    .filter((id) => id !== undefined);
}

/** Reloads tabs; one that was closed meanwhile is passed over. */
export async function reloadTabs(ids: readonly number[]): Promise<void> {
  await Promise.all(ids.map((id) => browser.tabs.reload(id).catch(() => undefined)));
}
