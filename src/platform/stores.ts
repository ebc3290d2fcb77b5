import type { Tabs } from 'webextension-polyfill';
import type { CookieStore } from '../core/store.ts';
import { browser } from './browser.ts';
import { isFirefox } from './build.ts';
import { listCookies } from './jar.ts';

/**
 * Chromium numbers its two stores, and a split incognito extension has a context for each. Firefox
 * has one context for all its stores.
 */
const chromiumStore: CookieStore = browser.extension.inIncognitoContext
  ? { id: '1', kind: 'incognito' }
  : { id: '0', kind: 'default' };

const privateId = 'firefox-private';
const containerPrefix = 'firefox-container-';

/** How many of Firefox's container numbers, from 1, are looked at without an open tab of theirs. */
const probedContainers = 50;

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
  const inFront = { active: true, currentWindow: true };
  const [active] = tab ? [tab] : await browser.tabs.query(inFront).catch(() => []);
  return active?.cookieStoreId ?? ambientStoreId;
}

/** A store by its id. */
export function storeOf(id: string): CookieStore {
  if (!isFirefox) return chromiumStore;
  if (id === privateId) return { id, kind: 'private' };
  if (!id.startsWith(containerPrefix)) return { id, kind: 'default' };
  return { id, kind: 'container', name: id.slice(containerPrefix.length) };
}

/**
 * The stores worth looking at, the default one first: those with an open tab, and the containers
 * that hold cookies of the site. Firefox's list of containers is left alone: the permission for it
 * switches containers on in every Firefox, and never off again.
 */
export async function listStores(): Promise<CookieStore[]> {
  if (!isFirefox) return [chromiumStore];
  const tabs = await browser.tabs.query({});
  const open = tabs.map(({ cookieStoreId }) => cookieStoreId ?? ambientStoreId);
  const numbers = Array.from({ length: probedContainers }, (_, index) => index + 1);
  const probed = await Promise.all(
    numbers.map(async (number) => {
      const id = containerPrefix + number;
      const cookies = await listCookies('bilibili.com', id).catch(() => []);
      return cookies.length > 0 ? [id] : [];
    }),
  );
  const containers = [...open, ...probed.flat()]
    .filter((id) => id.startsWith(containerPrefix))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const hasPrivate = open.includes(privateId);
  return [...new Set([ambientStoreId, ...containers, ...(hasPrivate ? [privateId] : [])])].map(
    storeOf,
  );
}

/** Whether the windows of a store are all closed, and its cookies gone with them. */
export async function isPrivateStoreGone(storeId: string): Promise<boolean> {
  if (storeId !== privateId) return false;
  // Firefox for Android has tabs only.
  const open = (await browser.windows?.getAll()) ?? (await browser.tabs.query({}));
  return open.every(({ incognito }) => !incognito);
}

/** Calls back after a tab or a window was closed, and its store perhaps with it. */
export function onStoreMayBeGone(listener: () => void): void {
  browser.tabs.onRemoved.addListener(() => listener());
  browser.windows?.onRemoved.addListener(() => listener());
}
