import { siteOrigins } from './access.ts';
import { browser } from './browser.ts';
import { isFirefox } from './build.ts';
import { ambientStoreId } from './stores.ts';
import { wantedEvents } from './wanted.ts';

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

/** Whether this page is shown in a tab, and not on the toolbar button. */
export async function isInTab(): Promise<boolean> {
  return (await browser.tabs.getCurrent()) !== undefined;
}

/** Reloads tabs; one that was closed meanwhile is passed over. */
export async function reloadTabs(ids: readonly number[]): Promise<void> {
  await Promise.all(ids.map((id) => browser.tabs.reload(id).catch(() => undefined)));
}

/**
 * The stores in which a tab of the site is open, unloaded ones included.
 * @param which of its tabs count.
 */
export async function siteTabStores(
  which: { readonly audible?: true; readonly muted?: false } = {},
): Promise<string[]> {
  const tabs = await browser.tabs.query({ url: siteOrigins, ...which });
  return [...new Set(tabs.map(({ cookieStoreId = ambientStoreId }) => cookieStoreId))];
}

/**
 * Whether a page loads, in any tab, that may turn out to be the site's: Firefox tells that only when it
 * comes. Chromium counts it beforehand.
 */
export async function isAnyPageLoading(): Promise<boolean> {
  return isFirefox && (await browser.tabs.query({ status: 'loading' })).length > 0;
}

/**
 * Calls back when a tab may show another site than before. That it was closed `onStoreMayBeGone`
 * tells.
 * @returns a function that says whether that is wanted, and answers whether a worker that is stopped
 *   now would be woken for it. While it is not wanted, it is not: every page would wake it.
 */
export function onTabMoved(listener: () => void): (isWanted: boolean) => boolean {
  const { onUpdated, onReplaced } = browser.tabs;
  const updated = (_: number, { status }: { status?: string | undefined }) => {
    if (status !== undefined) listener();
  };
  const replaced = () => listener();
  const listen = (isWanted: boolean) => {
    const change = isWanted ? 'addListener' : 'removeListener';
    onUpdated[change](updated);
    // Only Chromium replaces tabs.
    onReplaced?.[change](replaced);
  };
  const wanted = wantedEvents('tabs');
  if (wanted.fromStart) listen(true);
  return (isWanted) => {
    listen(isWanted);
    return wanted.note(isWanted);
  };
}
