import { randomUUID } from 'node:crypto';
import type { RulesState } from '../../../src/core/rules.ts';
import { launchTwoWindows } from '../../browsers/chromium-incognito.ts';
import type { ExtensionBrowser } from '../../browsers/extension-browser.ts';
import { createProfile } from '../../browsers/profile.ts';
import {
  accountCookiesOf,
  allFour,
  expect,
  gate,
  logIn,
  logInUrl,
  openLoggedIn,
  readState,
  setCookie,
  theFour,
} from '../../fixtures.ts';
import { foundIn, storeIn, textsOf, textsOfRecords } from '../../left-on-disk.ts';
import { openPopup } from '../../popup.ts';
import { setRules, storedRules } from '../../rules.ts';
import { directions, test } from './two-windows.ts';

// In one process: another browser would take longer to start than a test takes.
test.describe.configure({ mode: 'default' });

for (const { own, other } of directions) {
  test(`the ${own} window's session is logged out of, the ${other} one stays`, async ({
    windows,
    standIn,
  }) => {
    const session = await logIn(windows[own], standIn, { uname: 'Own' });
    const kept = await logIn(windows[other], standIn, { uname: 'Other' });
    const popup = await openPopup(windows[own]);
    const before = await popup.waitForText('Own');
    expect(before.text.includes('Incognito window')).toBe(own === 'incognito');
    expect(before.others, 'the other jar cannot be seen from here').toEqual([]);
    await popup.press('log-out');
    const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    expect(shown.fates).toEqual(allFour('deleted-by-server'));
    expect([session.alive, kept.alive]).toEqual([false, true]);
    expect(await accountCookiesOf(windows[own])).toEqual([]);
    expect(await accountCookiesOf(windows[other])).toEqual(theFour);

    const next = await openPopup(windows[other]);
    await next.waitForText('Other');
    await next.waitFor({ view: 'logged-in' });
  });
}

test('in incognito, a server that deletes nothing: all four are removed by the extension', {
  tag: '@all',
}, async ({ windows: { incognito }, standIn }) => {
  const session = await logIn(incognito, standIn, { uname: 'Hidden' });
  const popup = await openLoggedIn(incognito, session);
  standIn.script('exit', { deleteCookies: false });
  await popup.press('log-out');
  const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(shown.fates).toEqual(allFour('removed-by-extension'));
  expect(await accountCookiesOf(incognito)).toEqual([]);
});

test('in incognito, only this browser: its jar is cleared, the ordinary one stays', {
  tag: '@all',
}, async ({ windows: { incognito, ordinary }, standIn }) => {
  await logIn(ordinary, standIn);
  const session = await logIn(incognito, standIn, { uname: 'Hidden' });
  const popup = await openLoggedIn(incognito, session);
  await popup.removeLocally();
  await popup.waitFor({ view: 'finished', outcome: 'removed-locally' });
  expect(session.alive).toBe(true);
  expect(standIn.requestsTo('exit')).toEqual([]);
  expect(await accountCookiesOf(incognito)).toEqual([]);
  expect(await accountCookiesOf(ordinary)).toEqual(theFour);
});

test('in incognito, the follow-ups deal with their own jar only', async ({ windows, standIn }) => {
  await windows.switchOn('biligame');
  await windows.switchOn('siteData');
  const { incognito, ordinary } = windows;
  const site = 'https://www.bilibili.com/';
  const key = 'ac_time_value';
  const session = await logIn(incognito, standIn, { uname: 'Hidden' });
  const sisters = { url: 'https://www.biligame.com/', name: 'SESSDATA', value: session.sessdata };
  const pages = [];
  for (const window of [incognito, ordinary]) {
    await setCookie(window, sisters);
    const page = await window.visit(site);
    await page.evaluate((item) => localStorage.setItem(item, 'token'), key);
    pages.push(page);
  }
  const popup = await openLoggedIn(incognito, session);
  await popup.press('log-out');
  await popup.waitForFollowUp('biligame', 'done');
  const shown = await popup.waitForFollowUp('siteData', 'done');
  expect(shown.outcome).toBe('logged-out');
  const count = (window: ExtensionBrowser) =>
    window.inExtension(
      async (domain) => (await chrome.cookies.getAll({ domain })).length,
      'biligame.com',
    );
  expect([await count(incognito), await count(ordinary)]).toEqual([0, 1]);
  const read = (item: string) => localStorage.getItem(item);
  expect(await (await incognito.visit(site)).evaluate(read, key)).toBeNull();
  expect(await (await ordinary.visit(site)).evaluate(read, key)).toBe('token');
});

test('both workers at once never mix their cookies or their records', async ({
  windows,
  standIn,
}) => {
  const ordinary = await logIn(windows.ordinary, standIn, { uname: 'Ordinary' });
  const hidden = await logIn(windows.incognito, standIn, { uname: 'Hidden' });
  const popups = [await openPopup(windows.ordinary), await openPopup(windows.incognito)] as const;
  await popups[0].waitForText('Ordinary');
  await popups[1].waitForText('Hidden');
  const [exits, proofs] = [gate(), gate()];
  standIn.script('exit', { hold: exits.hold }, { hold: exits.hold });
  standIn.script('nav', { hold: proofs.hold }, { hold: proofs.hold });
  for (const popup of popups) await popup.press('log-out');
  const requests = await standIn.waitForRequests('exit', 2);
  expect(new Set(requests.map(({ session }) => session))).toEqual(new Set([ordinary, hidden]));
  exits.open();
  for (const popup of popups) await popup.waitFor({ view: 'finished', outcome: 'logged-out' });
  // Both proofs are under way: two rules that name cookies exist at once.
  const asked = (await standIn.waitForRequests('nav', 4)).slice(2);
  expect(new Set(asked.map(({ session }) => session))).toEqual(new Set([ordinary, hidden]));
  proofs.open();
  for (const popup of popups) await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  const rules = () =>
    windows.ordinary.inExtension(() => chrome.declarativeNetRequest.getSessionRules(), null);
  await expect.poll(rules).toEqual([]);
  const { records, onDisk } = await windows.ordinary.inExtension(async () => {
    const stored = await chrome.storage.session.get(null);
    return {
      records: Object.keys(stored).sort(),
      onDisk: await chrome.storage.local.get(null),
    };
  }, null);
  expect(records, 'what incognito does is not written down here').toEqual(['log-out:0']);
  // By the ordinary window's popup.
  expect(onDisk).toEqual({ rulesOffered: true });
});

test('an incognito window closed half-way leaves nothing behind', async ({ windows, standIn }) => {
  await logIn(windows.incognito, standIn, { uname: 'Hidden' });
  const hidden = await openPopup(windows.incognito);
  await hidden.waitForText('Hidden');
  standIn.script('exit', { hang: true });
  await hidden.press('log-out');
  await standIn.waitForRequests('exit', 1);
  await windows.closeIncognito();
  const badge = () => windows.ordinary.inExtension(() => chrome.action.getBadgeText({}), null);
  expect(await readState(windows.ordinary)).toEqual({});
  expect(await badge()).toBe('');

  const session = await logIn(windows.ordinary, standIn, { uname: 'Ordinary' });
  const popup = await openLoggedIn(windows.ordinary, session);
  await popup.close();
  standIn.script('exit', { status: 503, body: '' });
  await windows.ordinary.inExtension((request) => chrome.runtime.sendMessage(request), {
    type: 'log-out',
    storeId: '0',
    mode: 'server',
  });
  await expect.poll(badge).toBe('!');

  const again = await openPopup(windows.ordinary);
  await again.waitFor({ view: 'failed', outcome: 'server-error' });
  await again.press('retry');
  await again.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  await expect.poll(badge).toBe('');
});

test('in incognito, a failure stays on the button when its tab goes to another page', async ({
  windows: { incognito, ordinary },
  standIn,
}) => {
  await logIn(incognito, standIn);
  await incognito.visit('https://www.bilibili.com/');
  standIn.script('exit', { status: 503, body: '' });
  await incognito.inExtension((request) => chrome.runtime.sendMessage(request), {
    type: 'log-out',
    storeId: '1',
    mode: 'server',
  });
  const told = {
    badge: '!',
    title: 'One-Click Log-Out for Bilibili: Still logged in',
  };
  await expect.poll(() => buttonsOf(incognito)).toContainEqual(told);
  await incognito.inExtension(async () => {
    const [tab] = await chrome.tabs.query({ url: 'https://www.bilibili.com/*' });
    const loaded = new Promise<void>((resolve) => {
      chrome.tabs.onUpdated.addListener((id, { status }, { url }) => {
        if (id === tab?.id && status === 'complete' && url?.endsWith('?next')) resolve();
      });
    });
    await chrome.tabs.update(tab?.id as number, { url: 'https://www.bilibili.com/?next' });
    await loaded;
  }, null);
  // A tab that comes later has it as well.
  await incognito.visit('https://www.bilibili.com/?new');
  await expect.poll(() => buttonsOf(incognito)).toEqual([told, told]);
  const others = ordinary.inExtension(() => chrome.action.getBadgeText({}), null);
  expect(await others, 'nothing of it is told outside').toBe('');
});

/** What the button shows in the tabs of the site. */
function buttonsOf(browser: ExtensionBrowser): Promise<{ badge: string; title: string }[]> {
  return browser.inExtension(async () => {
    const tabs = await chrome.tabs.query({ url: 'https://www.bilibili.com/*' });
    return Promise.all(
      tabs.map(async ({ id: tabId = 0 }) => ({
        badge: await chrome.action.getBadgeText({ tabId }),
        title: await chrome.action.getTitle({ tabId }),
      })),
    );
  }, null);
}

test('a worker that starts leaves the other one’s rules alone', async ({ windows, standIn }) => {
  const session = await logIn(windows.ordinary, standIn, { uname: 'Ordinary' });
  const popup = await openPopup(windows.ordinary);
  await popup.waitForText('Ordinary');
  const { hold, open } = gate();
  standIn.script('exit', { hold });
  await popup.press('log-out');
  await standIn.waitForRequests('exit', 1);
  const idsNow = () =>
    windows.ordinary.inExtension(
      async () => (await chrome.declarativeNetRequest.getSessionRules()).map(({ id }) => id),
      null,
    );
  // That of the popup's question goes in a moment.
  await expect.poll(async () => (await idsNow()).length).toBe(1);
  const ids = await idsNow();
  // A rule of the incognito worker's former life, and its next start.
  await windows.incognito.inExtension(async () => {
    const condition = { urlFilter: '|https://left.behind.example/|' };
    const action = {
      type: 'modifyHeaders',
      requestHeaders: [{ header: 'cookie', operation: 'set', value: 'x=y' }],
    };
    await chrome.declarativeNetRequest.updateSessionRules({
      addRules: [{ id: 77_777, condition, action } as unknown as chrome.declarativeNetRequest.Rule],
    });
  }, null);
  await windows.restartIncognitoWorker();
  await expect.poll(idsNow).toEqual(ids);
  open();
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
  expect(standIn.requestsTo('exit'), 'its worker was not stopped').toHaveLength(1);
});

/** In which stores of incognito windows a tab of the site has been seen open. */
const openInIncognito = (incognito: ExtensionBrowser) =>
  incognito.inExtension(async () => {
    const memory = await caches.open('memory');
    const rules = await memory.match('https://memory.invalid/rules');
    return ((await rules?.json()) as RulesState | undefined)?.open ?? [];
  }, null);

test('the last incognito tab is closed: that log-in ends by itself, and nothing of it is on disk', async ({
  windows: { incognito, ordinary },
  standIn,
}) => {
  const kept = await logIn(ordinary, standIn);
  const session = await logIn(incognito, standIn);
  await ordinary.visit('https://www.bilibili.com/');
  const page = await incognito.visit('https://www.bilibili.com/');
  await setRules(ordinary, { logOutAfterLastTab: 15 });
  // Each worker looks at its own tabs.
  await expect.poll(async () => (await storedRules(ordinary)).open).toHaveLength(1);
  await expect.poll(() => openInIncognito(incognito)).toHaveLength(1);
  await page.close();
  const popup = await openPopup(incognito);
  await popup.waitForText('Will log out');
  expect((await storedRules(ordinary)).due, 'on disk').toEqual([]);
  await setRules(ordinary, { logOutAfterLastTab: 0 });
  const again = await incognito.visit('https://www.bilibili.com/?again');
  await expect.poll(async () => (await popup.shown()).text).not.toContain('Will log out');
  await again.close();
  await popup.waitFor({ view: 'finished', outcome: 'logged-out', revocation: 'proven' });
  await popup.waitForText('last Bilibili tab closed');
  expect([session.alive, kept.alive]).toEqual([false, true]);
  expect((await storedRules(ordinary)).done, 'on disk').toEqual([]);
});

test('the first ordinary window beside an incognito one counts as a start', async ({
  windows,
  standIn,
}) => {
  const { incognito, ordinary } = windows;
  const session = await logIn(ordinary, standIn);
  const kept = await logIn(incognito, standIn);
  await setRules(ordinary, { logOutAtStart: true });
  expect(session.alive).toBe(true);
  await windows.reopenOrdinary();
  await expect.poll(() => session.alive).toBe(false);
  await expect
    .poll(async () => (await storedRules(ordinary)).done)
    .toMatchObject([{ rule: 'start', revocation: 'proven' }]);
  expect(kept.alive, 'incognito has no start').toBe(true);
});

test('when nobody uses the computer: a whole minute without a key or the mouse', {
  tag: '@all',
}, async ({ windows: { incognito, ordinary }, standIn }) => {
  test.setTimeout(5 * 60_000);
  const sessions = [await logIn(incognito, standIn), await logIn(ordinary, standIn)];
  await setRules(ordinary, { logOutWhenIdle: 1 });
  await expect
    .poll(() => sessions.map(({ alive }) => alive), { timeout: 3 * 60_000 })
    .toEqual([false, false]);
  for (const window of [incognito, ordinary]) {
    await (await openPopup(window)).waitForText('computer not in use');
  }
});

test('nothing of an incognito log-in, or of its log-out, is on disk when the browser is closed', {
  tag: '@all',
}, async ({ server: standIn, display }) => {
  standIn.reset();
  const profile = createProfile();
  const windows = await launchTwoWindows({ standIn, display: display?.name, profile });
  const { ordinary, incognito } = windows;
  const kept = standIn.createSession({ uid: '2718281828459', uname: 'Who is at home' });
  const session = standIn.createSession({ uid: '3141592653589', uname: 'Who is hidden' });
  // In both windows the same is done: what the one keeps shows that the other keeps nothing.
  await storeIn(await ordinary.visit(logInUrl(kept)), textsOf(kept));
  await storeIn(await incognito.visit(logInUrl(session)), textsOf(session));
  standIn.script('avatar', { headers: { 'cache-control': 'max-age=100000' } });
  const popup = await openLoggedIn(incognito, session);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  const record = await incognito.inExtension(async () => {
    const memory = await caches.open('memory');
    return Promise.all((await memory.matchAll()).map((kept) => kept.json()));
  }, null);
  const control = randomUUID();
  await ordinary.inExtension((text) => chrome.storage.local.set({ control: text }), control);
  await windows.close();

  const mustBeFound = [...textsOf(kept), control];
  expect(foundIn(profile.folder, mustBeFound)).toEqual(mustBeFound);
  const texts = [...textsOf(session), ...textsOfRecords(record)];
  expect(texts.length, 'a record with its number and a digest').toBeGreaterThan(6);
  expect(foundIn(profile.folder, texts)).toEqual([]);
  profile.remove();
});
