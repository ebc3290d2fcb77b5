import browser from 'webextension-polyfill';
import { siteOrigins } from './access.ts';

/** The command of the manifest, and the beginning of every menu item's id. */
const logOutId = 'log-out';

/** Makes the menu items: one on the toolbar icon, one on the site's pages. */
async function createMenus(title: string): Promise<void> {
  await browser.contextMenus.removeAll();
  browser.contextMenus.create({ id: logOutId, title, contexts: ['action'] });
  browser.contextMenus.create({
    id: `${logOutId}-page`,
    title,
    contexts: ['page', 'frame', 'selection', 'link', 'image', 'video', 'audio', 'editable'],
    documentUrlPatterns: siteOrigins,
  });
}

/**
 * Calls back when one of our menu items is chosen.
 * @param title is what the items say, asked for whenever they are made.
 */
export function onMenuChosen(title: () => string, listener: () => void): void {
  browser.runtime.onInstalled.addListener(() => createMenus(title()));
  // The browser may have started in another language.
  browser.runtime.onStartup.addListener(() => createMenus(title()));
  browser.contextMenus.onClicked.addListener(({ menuItemId }) => {
    if (String(menuItemId).startsWith(logOutId)) listener();
  });
}

/** Calls back when the keyboard shortcut is pressed. */
export function onShortcut(listener: () => void): void {
  browser.commands.onCommand.addListener((command) => {
    if (command === logOutId) listener();
  });
}
