import type { Menus, Tabs } from 'webextension-polyfill';
import type { Mode } from '../core/order.ts';
import { siteOrigins } from './access.ts';
import { browser } from './browser.ts';
import { isFirefox } from './build.ts';
import { storeIdOf } from './stores.ts';

/** The command of the manifest, and the beginning of every menu item's id. */
const logOutId = 'log-out';

/** What the menu items say. */
export interface MenuTitles {
  readonly logOut: string;
  readonly thisBrowserOnly: string;
  readonly settings: string;
}

const localId = `${logOutId}-local`;
const settingsId = `${logOutId}-settings`;

/** Makes the menu items: three on the toolbar icon, one on the site's pages. */
async function createMenus(titles: MenuTitles): Promise<void> {
  // Chromium's incognito context would remove the ordinary one's as well.
  if (!isIncognito) await browser.contextMenus.removeAll();
  create({ id: logOutId, title: titles.logOut, contexts: ['action'] });
  create({ id: localId, title: titles.thisBrowserOnly, contexts: ['action'] });
  create({ id: settingsId, title: titles.settings, contexts: ['action'] });
  create({
    id: `${logOutId}-page`,
    title: titles.logOut,
    contexts: ['page', 'frame', 'selection', 'link', 'image', 'video', 'audio', 'editable'],
    documentUrlPatterns: siteOrigins,
  });
}

function create(item: Menus.CreateCreatePropertiesType): void {
  // An item that is there already is an error, told to nobody but this callback.
  browser.contextMenus.create(item, () => void browser.runtime.lastError);
}

const isIncognito = !isFirefox && browser.extension.inIncognitoContext;

/** Where a log-out was asked for. */
export interface Place {
  readonly storeId: string;
  /** The window, as far as it is known: the popup opens there. */
  readonly windowId: number | undefined;
}

async function placeOf(tab: Tabs.Tab | undefined): Promise<Place> {
  return { storeId: await storeIdOf(tab), windowId: tab?.windowId };
}

/** What a menu item does. */
export interface MenuActions {
  logOut(place: Place, mode: Mode): void;
  openSettings(): void;
}

/**
 * Carries out what is chosen in our menus, at the place of its tab. Does nothing where there are no
 * such menus (Firefox for Android).
 * @param titles is what the items say, asked for whenever they are made.
 */
export function onMenuChosen(titles: () => MenuTitles, actions: MenuActions): void {
  if (!browser.contextMenus) return;
  let last: Promise<unknown> = Promise.resolve();
  const renew = () => {
    // One after another, as both events may come at once.
    last = last.then(() => createMenus(titles())).catch(() => undefined);
  };
  browser.runtime.onInstalled.addListener(renew);
  // The browser may have started in another language.
  browser.runtime.onStartup.addListener(renew);
  // Chromium's incognito context has menus of its own, and gets neither event.
  if (isIncognito) renew();
  browser.contextMenus.onClicked.addListener(async ({ menuItemId }, tab) => {
    const id = String(menuItemId);
    if (id === settingsId) actions.openSettings();
    else if (id.startsWith(logOutId)) {
      actions.logOut(await placeOf(tab), id === localId ? 'local' : 'server');
    }
  });
}

/**
 * Calls back when the keyboard shortcut is pressed, with the place of the active tab. Does nothing
 * where there are no shortcuts (Firefox for Android).
 */
export function onShortcut(listener: (place: Place) => void): void {
  browser.commands?.onCommand.addListener(async (command, tab) => {
    if (command === logOutId) listener(await placeOf(tab));
  });
}

/**
 * The keys of the shortcut as the browser writes them; '' when it has none, because another
 * extension has them or the person took them away. Undefined where there are no shortcuts.
 */
export async function readShortcut(): Promise<string | undefined> {
  const commands = await browser.commands?.getAll();
  return commands?.find(({ name }) => name === logOutId)?.shortcut;
}
