import { beforeEach, expect, it, vi } from 'vitest';

const browser = vi.hoisted(() => ({
  runtime: { getURL: () => 'moz-extension://own/' },
  extension: { inIncognitoContext: false },
}));
vi.mock('webextension-polyfill', () => ({ default: browser }));

const doors = await import('./doors.ts');

const event = () => {
  const listeners: ((...details: unknown[]) => unknown)[] = [];
  return {
    addListener: (listener: (...details: unknown[]) => unknown) => listeners.push(listener),
    fire: (...details: unknown[]) => Promise.all(listeners.map((listener) => listener(...details))),
  };
};
const tab = { cookieStoreId: 'firefox-container-7' };

beforeEach(() => {
  for (const name of ['contextMenus', 'commands']) Reflect.deleteProperty(browser, name);
});

it('a browser without menus and shortcuts, like Firefox for Android, loses these doors only', async () => {
  const opened = vi.fn();
  doors.onMenuChosen(() => 'Log out', opened);
  doors.onShortcut(opened);
  expect(await doors.readShortcut()).toBeUndefined();
  expect(opened).not.toHaveBeenCalled();
});

it('the shortcut opens its door for our command, with the store of its tab', async () => {
  const onCommand = event();
  Object.assign(browser, { commands: { onCommand } });
  const opened = vi.fn();
  doors.onShortcut(opened);
  await onCommand.fire('another', tab);
  await onCommand.fire('log-out', tab);
  expect(opened.mock.calls).toEqual([['firefox-container-7']]);
});

it('the menu opens its door for our items, with the store of their tab', async () => {
  const onClicked = event();
  Object.assign(browser, { contextMenus: { onClicked } });
  Object.assign(browser.runtime, { onInstalled: event(), onStartup: event() });
  const opened = vi.fn();
  doors.onMenuChosen(() => 'Log out', opened);
  for (const menuItemId of ['another', 'log-out', 'log-out-page']) {
    await onClicked.fire({ menuItemId }, tab);
  }
  expect(opened.mock.calls).toEqual([['firefox-container-7'], ['firefox-container-7']]);
});
