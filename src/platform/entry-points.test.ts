import { beforeEach, expect, it, vi } from 'vitest';
import { createEvent } from './testing/event.ts';

vi.stubEnv('MODE', 'firefox');
const browser = vi.hoisted(() => ({ extension: { inIncognitoContext: false }, runtime: {} }));
vi.mock('./browser.ts', () => ({ browser }));

const { onMenuChosen, onShortcut, readShortcut } = await import('./entry-points.ts');

const tab = { cookieStoreId: 'firefox-container-7', windowId: 3 };
const titles = () => ({ logOut: 'Log out', thisBrowserOnly: 'Here', settings: 'Settings' });
const place = { storeId: 'firefox-container-7', windowId: 3 };

beforeEach(() => {
  for (const name of ['contextMenus', 'commands', 'tabs']) Reflect.deleteProperty(browser, name);
});

it('a browser without menus and shortcuts, like Firefox for Android, lacks these only', async () => {
  const chosen = vi.fn();
  onMenuChosen(titles, { logOut: chosen, openSettings: chosen });
  onShortcut(chosen);
  expect(await readShortcut()).toBeUndefined();
  expect(chosen).not.toHaveBeenCalled();
});

it('the shortcut tells of our command, with the place of its tab', async () => {
  const onCommand = createEvent();
  Object.assign(browser, { commands: { onCommand } });
  const pressed = vi.fn();
  onShortcut(pressed);
  await onCommand.fire('another', tab);
  await onCommand.fire('log-out', tab);
  expect(pressed.mock.calls).toEqual([[place]]);
});

it('the shortcut without a tab is about the active one, in a window that is not known', async () => {
  const onCommand = createEvent();
  const query = async () => [tab];
  Object.assign(browser, { commands: { onCommand }, tabs: { query } });
  const pressed = vi.fn();
  onShortcut(pressed);
  await onCommand.fire('log-out', undefined);
  expect(pressed.mock.calls).toEqual([[{ ...place, windowId: undefined }]]);
});

it('the menu tells of our items, with the place of their tab', async () => {
  const onClicked = createEvent();
  Object.assign(browser, { contextMenus: { onClicked } });
  Object.assign(browser.runtime, { onInstalled: createEvent(), onStartup: createEvent() });
  const actions = { logOut: vi.fn(), openSettings: vi.fn() };
  onMenuChosen(titles, actions);
  for (const menuItemId of ['another', 'log-out', 'log-out-page', 'log-out-local']) {
    await onClicked.fire({ menuItemId }, tab);
  }
  expect(actions.logOut.mock.calls).toEqual([
    [place, 'server'],
    [place, 'server'],
    [place, 'local'],
  ]);
  expect(actions.openSettings).not.toHaveBeenCalled();
  await onClicked.fire({ menuItemId: 'log-out-settings' }, tab);
  expect(actions.openSettings).toHaveBeenCalledTimes(1);
  expect(actions.logOut).toHaveBeenCalledTimes(3);
});
