import browser from 'webextension-polyfill';
import { siteOrigins } from './access.ts';

/** The open tabs that show the site. A tab whose page is unloaded shows nothing old. */
export async function siteTabIds(): Promise<number[]> {
  const tabs = await browser.tabs.query({ url: siteOrigins, discarded: false });
  return tabs.map((tab) => tab.id).filter((id) => id !== undefined);
}

/** Reloads tabs; one that was closed meanwhile is passed over. */
export async function reloadTabs(ids: readonly number[]): Promise<void> {
  await Promise.all(ids.map((id) => browser.tabs.reload(id).catch(() => undefined)));
}
