import type { Page } from 'playwright';
import type { ChromiumBrowser } from '../../browsers/chromium.ts';
import { clickInto, type Display, menuOpenedBy } from '../../browsers/display.ts';
import { accountCookiesOf, test as base, expect, logIn, readState } from '../../fixtures.ts';
import { sightsOn } from '../../toolbar-icon.ts';

// Real keys and real clicks need a window and a screen for it.
base.use({ headed: true });
// In one process: another browser would take longer to start than a test takes.
base.describe.configure({ mode: 'default' });
const test = base.extend<{ desktop: Display }>({
  desktop: async ({ display }, use) => {
    if (!display) throw new Error('These tests are headed.');
    await use(display);
  },
});

/** Clicks into a page with the real mouse. */
async function clickOn(page: Page, desktop: Display): Promise<void> {
  await page.bringToFront();
  await clickInto(page, desktop, 'left');
}

/**
 * Opens the page's menu and types the first letter of our item, which is the only one with it.
 * Gives the menu's number.
 */
async function chooseLogOut(
  chromium: ChromiumBrowser,
  page: Page,
  desktop: Display,
): Promise<string> {
  await itemIsThere(chromium);
  await page.bringToFront();
  const menu = await menuOpenedBy(desktop, () => clickInto(page, desktop, 'right'));
  await desktop.press('l');
  return menu;
}

/** Waits until the extension has made its menu item: nothing else tells of it. */
async function itemIsThere(chromium: ChromiumBrowser): Promise<void> {
  const isThere = () =>
    chromium.inExtension(
      (id) =>
        chrome.contextMenus.update(id, {}).then(
          () => true,
          () => false,
        ),
      'log-out',
    );
  await expect.poll(isThere).toBe(true);
}

/** Clicks on the toolbar button with the real mouse. */
async function clickOnButton(chromium: ChromiumBrowser, desktop: Display): Promise<void> {
  const colored = async () =>
    (await sightsOn(desktop, chromium)).find(({ name }) => name === 'icon');
  await expect.poll(colored, 'the button is in sight, in color').toBeDefined();
  const { x, y } = (await colored()) ?? { x: 0, y: 0 };
  await desktop.click(x, y, 'left');
}

test('one real click on the button, and nothing else: the log-in is over, and proven', async ({
  chromium,
  standIn,
  desktop,
}) => {
  await chromium.inExtension(() => chrome.storage.sync.remove('toolbarClick'), null);
  await chromium.pinToToolbar();
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit('https://www.bilibili.com/');
  await clickOn(page, desktop);
  await clickOnButton(chromium, desktop);
  await expect.poll(() => chromium.countPopups()).toBe(1);
  await standIn.waitForRequests('exit', 1);
  await expect
    .poll(async () => JSON.stringify(await readState(chromium)))
    .toContain('"revocation":"proven"');
  expect(session.alive).toBe(false);
  expect(await accountCookiesOf(chromium)).toEqual([]);
});

test('a click beside the popup closes it, and calls the log-out off', async ({
  chromium,
  standIn,
  desktop,
}) => {
  await chromium.inExtension(() => chrome.storage.sync.remove('toolbarClick'), null);
  await chromium.pinToToolbar();
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit('https://www.bilibili.com/');
  await clickOn(page, desktop);
  await clickOnButton(chromium, desktop);
  // Before it has the keyboard it is not on the screen, and a click on the page is none beside it.
  const hasFocus = () =>
    chrome.extension.getViews({ type: 'popup' }).map(({ document }) => document.hasFocus());
  await expect.poll(() => chromium.inExtension(hasFocus, null)).toEqual([true]);
  await clickOn(page, desktop);
  await expect.poll(() => chromium.countPopups()).toBe(0);
  // By the keyboard it takes a log-out of its own: the one that was called off asked for nothing.
  expect(standIn.requestsTo('exit')).toEqual([]);
  await desktop.press('alt+shift+l');
  await standIn.waitForRequests('exit', 1);
  await expect.poll(() => session.alive).toBe(false);
  expect(standIn.requestsTo('exit')).toHaveLength(1);
});

test('a real press of the shortcut logs out, and the badge says so', async ({
  chromium,
  standIn,
  desktop,
}) => {
  await chromium.pinToToolbar();
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit('https://www.bilibili.com/');
  await clickOn(page, desktop);
  await desktop.press('alt+shift+l');
  await expect
    .poll(() => chromium.toolbar())
    .toEqual({
      badge: '✓',
      title: 'One-Click Log-Out for Bilibili: Logged out',
    });
  expect(session.alive).toBe(false);
  expect(await accountCookiesOf(chromium)).toEqual([]);
  expect(await chromium.countPopups()).toBe(0);
  await expect
    .poll(() => chromium.toolbar())
    .toEqual({ badge: '', title: 'One-Click Log-Out for Bilibili' });
});

test('with the button out of sight, the popup opens and shows the end', async ({
  chromium,
  standIn,
  desktop,
}) => {
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit('https://www.bilibili.com/');
  await clickOn(page, desktop);
  await desktop.press('alt+shift+l');
  await expect.poll(() => chromium.countPopups()).toBe(1);
  expect(session.alive).toBe(false);
});

test('a real right click on a page of the site logs out', async ({
  chromium,
  standIn,
  desktop,
}) => {
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit('https://www.bilibili.com/');
  await chooseLogOut(chromium, page, desktop);
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => accountCookiesOf(chromium)).toEqual([]);
});

test('a real right click on the toolbar button logs out', async ({
  chromium,
  standIn,
  desktop,
}) => {
  await chromium.pinToToolbar();
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit('https://notbilibili.com/');
  await page.bringToFront();
  const right = await page.evaluate(() => window.screenX + window.outerWidth);
  await itemIsThere(chromium);
  // Chromium puts the first pinned button here, left of the extensions', profile's and main menus.
  await menuOpenedBy(desktop, () => desktop.click(right - 149, 73, 'right'));
  await desktop.press('l');
  await expect.poll(() => session.alive).toBe(false);
});

test('the menu of any other page has no such item', async ({ chromium, standIn, desktop }) => {
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit('https://notbilibili.com/');
  const menu = await chooseLogOut(chromium, page, desktop);
  // A letter without an item leaves the menu open.
  expect(await desktop.windows()).toContain(menu);
  await desktop.press('Escape');
  await expect.poll(() => desktop.windows()).not.toContain(menu);
  expect(standIn.requestsTo('exit')).toEqual([]);
  expect(session.alive).toBe(true);
});

test('a failure opens the popup by itself; ! stays until it is seen', async ({
  chromium,
  standIn,
  desktop,
}) => {
  await chromium.pinToToolbar();
  await logIn(chromium, standIn);
  standIn.script('exit', { status: 503 });
  const page = await chromium.visit('https://www.bilibili.com/');
  await clickOn(page, desktop);
  await desktop.press('alt+shift+l');
  await expect.poll(() => chromium.countPopups()).toBe(1);
  // Seen, now that the popup is there.
  await expect.poll(async () => (await chromium.toolbar()).badge).toBe('');
});
