import type { SettingsBrowser } from '../../browsers/extension-browser.ts';
import { accountCookiesOf, expect, gate, logIn, test } from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';
import {
  dueIn,
  letTimeCome,
  openIn,
  ring,
  setRules,
  storedRules,
  turnIsOver,
} from '../../rules.ts';
import type { StandIn } from '../../stand-in/index.ts';

const site = 'https://www.bilibili.com/';

/** Somebody is logged in with one tab of the site, which the rules have seen: closing it logs out at once. */
async function openTabToClose(extension: SettingsBrowser, standIn: StandIn) {
  const session = await logIn(extension, standIn);
  const page = await extension.visit(site);
  await setRules(extension, { logOutAfterLastTab: 0 });
  await expect.poll(() => openIn(extension)).toHaveLength(1);
  return { session, page };
}

test('some minutes after the last tab was closed: proven, and told in the next popup', async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  const [first, second] = [await extension.visit(site), await extension.visit(`${site}?second`)];
  await setRules(extension, { logOutAfterLastTab: 15 });
  await expect.poll(() => openIn(extension)).toHaveLength(1);
  await first.close();
  await second.close();
  await expect.poll(() => dueIn(extension)).toMatchObject([{ rule: 'last-tab' }]);
  const [due] = await dueIn(extension);
  expect((due?.at ?? 0) - Date.now()).toBeGreaterThan(14 * 60_000);
  expect((due?.at ?? 0) - Date.now()).toBeLessThanOrEqual(15 * 60_000);
  expect(standIn.requestsTo('exit')).toEqual([]);

  await letTimeCome(extension);
  await ring(extension);
  await expect.poll(() => session.alive).toBe(false);
  await expect
    .poll(() => storedRules(extension))
    .toMatchObject({
      due: [],
      done: [{ rule: 'last-tab', outcome: { kind: 'logged-out' }, revocation: 'proven' }],
    });
  expect(await accountCookiesOf(extension)).toEqual([]);

  const popup = await openPopup(extension);
  await popup.waitForText('last Bilibili tab closed');
  await expect.poll(async () => (await storedRules(extension)).done).toEqual([]);
  expect((await popup.shown()).text, 'it stays as long as the popup is open').toContain(
    'last Bilibili tab closed',
  );
  await popup.close();
  const next = await openPopup(extension);
  await next.waitFor({ view: 'finished' });
  expect((await next.shown()).text).not.toContain('last Bilibili tab closed');
});

test('whoever comes back in time stays logged in, and so does who calls it off', {
  tag: '@all',
}, async ({ extension, standIn }) => {
  const session = await logIn(extension, standIn);
  await setRules(extension, { logOutAfterLastTab: 15 });
  let page = await extension.visit(site);
  await expect.poll(() => openIn(extension)).toHaveLength(1);
  await page.close();
  await expect.poll(() => dueIn(extension)).toHaveLength(1);
  page = await extension.visit(site);
  await expect.poll(() => dueIn(extension), 'back in time').toEqual([]);

  await page.close();
  await expect.poll(() => dueIn(extension)).toHaveLength(1);
  const popup = await openPopup(extension);
  await popup.waitForText('Will log out');
  await popup.press('call-off');
  await expect.poll(() => dueIn(extension), 'called off').toEqual([]);
  await expect.poll(async () => (await popup.shown()).text).not.toContain('Will log out');
  expect(standIn.requestsTo('exit')).toEqual([]);
  expect(session.alive).toBe(true);
});

test('a tab that leaves the site counts as closed, and the log-out begins at once', async ({
  extension,
  standIn,
}) => {
  const { session, page } = await openTabToClose(extension, standIn);
  await page.evaluate(() => location.assign('https://notbilibili.com/'), null);
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => accountCookiesOf(extension)).toEqual([]);
});

test('the last tab is closed while another page of the site still loads: nobody is logged out', async ({
  extension,
  standIn,
}) => {
  const { session, page } = await openTabToClose(extension, standIn);
  const { hold, open } = gate();
  standIn.script('site', { hold });
  const before = standIn.requestsTo('site').length;
  await extension.inExtension((url) => chrome.tabs.create({ url, active: false }), site);
  await standIn.waitForRequests('site', before + 1);
  await page.close();
  const countLoaded = () =>
    extension.inExtension(
      async (url) => (await chrome.tabs.query({ url, status: 'complete' })).length,
      site,
    );
  const expectKept = async () => {
    await ring(extension);
    await turnIsOver(extension);
    expect(standIn.requestsTo('exit')).toEqual([]);
  };
  await expect.poll(countLoaded).toBe(0);
  await expectKept();
  open();
  await expect.poll(countLoaded).toBe(1);
  await expectKept();
  expect(session.alive).toBe(true);
});

test('a server that cannot be reached is tried again, until it is done', async ({
  extension,
  standIn,
}) => {
  const { session, page } = await openTabToClose(extension, standIn);
  standIn.script('exit', { status: 503 });
  await page.close();
  await standIn.waitForRequests('exit', 1);
  await expect.poll(() => dueIn(extension)).toMatchObject([{ fired: { tries: 1 } }]);
  const popup = await openPopup(extension);
  await popup.waitFor({ view: 'failed', outcome: 'server-error' });
  await popup.waitForText('Will try again');
  await popup.close();
  expect(session.alive).toBe(true);

  await letTimeCome(extension);
  await ring(extension);
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => dueIn(extension)).toEqual([]);
  expect(standIn.requestsTo('exit')).toHaveLength(2);
});

test('a failure that needs a person is not tried again, and told', { tag: '@all' }, async ({
  extension,
  standIn,
}) => {
  await logIn(extension, standIn);
  const page = await extension.visit(site);
  await setRules(extension, { logOutAfterLastTab: 0 });
  await expect.poll(() => openIn(extension)).toHaveLength(1);
  const refused = { status: 200, body: JSON.stringify({ code: 2202, message: 'csrf' }) };
  standIn.script('exit', refused, refused);
  await page.close();
  await expect
    .poll(() => storedRules(extension))
    .toMatchObject({
      due: [],
      done: [{ outcome: { kind: 'csrf-rejected' } }],
    });
  const badge = () => extension.inExtension(() => chrome.action.getBadgeText({}), null);
  await expect.poll(badge).toBe('!');
});

test('a log-out by hand takes the place of one that is due', { tag: '@all' }, async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  const page = await extension.visit(site);
  await setRules(extension, { logOutAfterLastTab: 15 });
  await expect.poll(() => openIn(extension)).toHaveLength(1);
  await page.close();
  await expect.poll(() => dueIn(extension)).toHaveLength(1);
  const { hold, open } = gate();
  standIn.script('exit', { hold });
  const popup = await openPopup(extension);
  await popup.waitFor({ view: 'logged-in' });
  await popup.press('log-out');
  await standIn.waitForRequests('exit', 1);
  await letTimeCome(extension);
  await ring(extension);
  open();
  await popup.waitFor({ view: 'finished', outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
  await expect.poll(() => dueIn(extension), 'there is nobody left to log out').toEqual([]);
  expect(standIn.requestsTo('exit')).toHaveLength(1);
});
