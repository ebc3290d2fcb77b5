import type { FirefoxBrowser } from '../../browsers/firefox.ts';
import { expect, logIn, logInUrl, removeCookie, test } from '../../fixtures.ts';

const container = 'firefox-container-1';
const privateWindow = 'firefox-private';
const site = 'https://www.bilibili.com/';

/** Brings a store's tab of the site to the front, as a person does, and has it go to another page. */
function browseIn(firefox: FirefoxBrowser, cookieStoreId: string): Promise<void> {
  return firefox.inExtension(
    async (query) => {
      const [tab] = await chrome.tabs.query(query);
      const loaded = new Promise<void>((resolve) => {
        chrome.tabs.onUpdated.addListener((id, { status }) => {
          if (id === tab?.id && status === 'complete') resolve();
        });
      });
      const url = `https://www.bilibili.com/?${crypto.randomUUID()}`;
      await chrome.tabs.update(tab?.id as number, { active: true, url });
      await loaded;
    },
    { url: `${site}*`, cookieStoreId },
  );
}

test('the icon tells of the store of the tab in front, also on its next page', async ({
  firefox,
  standIn,
}) => {
  const icon = () => firefox.shownIcon('ordinary');
  await firefox.visit(site);
  await expect.poll(icon, 'at first').toBe('icon-off');
  await logIn(firefox, standIn);
  await expect.poll(icon, 'logged in').toBe('icon');

  await firefox.visit(site, container);
  await expect.poll(icon, 'nobody in the container').toBe('icon-off');
  await browseIn(firefox, container);
  expect(await icon(), 'nobody on its next page').toBe('icon-off');
  await firefox.stopEventPage();
  await browseIn(firefox, 'firefox-default');
  await expect.poll(icon, 'back in the default store').toBe('icon');

  await (await firefox.visit(logInUrl(standIn.createSession()), container)).close();
  await removeCookie(firefox, 'SESSDATA');
  await browseIn(firefox, 'firefox-default');
  await expect.poll(icon, 'logged out of the default store').toBe('icon-off');
  await browseIn(firefox, container);
  await expect.poll(icon, 'but not of the container').toBe('icon');
});

test('the private window has an icon of its own', async ({ firefox, standIn }) => {
  await logIn(firefox, standIn);
  await expect.poll(() => firefox.shownIcon('ordinary'), 'logged in').toBe('icon');
  await firefox.visit(site, privateWindow);
  await expect.poll(() => firefox.shownIcon('private'), 'nobody').toBe('icon-off');
  await firefox.visit(logInUrl(standIn.createSession()), privateWindow);
  await removeCookie(firefox, 'SESSDATA');
  await expect.poll(() => firefox.shownIcon('private'), 'logged in').toBe('icon');
  await expect.poll(() => firefox.shownIcon('ordinary'), 'nobody').toBe('icon-off');
});

test('without access to the site the icon is grey', async ({ firefox, standIn }) => {
  const icon = () => firefox.shownIcon('ordinary');
  await logIn(firefox, standIn);
  await expect.poll(icon).toBe('icon');
  await firefox.withdrawAccess();
  await expect.poll(icon).toBe('icon-off');
  await firefox.giveAccessBack();
  await expect.poll(icon).toBe('icon');
});
