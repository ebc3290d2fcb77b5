import { randomUUID } from 'node:crypto';
import { type FirefoxBrowser, launchFirefox } from '../../browsers/firefox.ts';
import { createProfile } from '../../browsers/profile.ts';
import {
  accountCookiesOf,
  allFour,
  cookieNamesOf,
  expect,
  gate,
  logIn,
  logInUrl,
  readState,
  setCookie,
  test,
  theFour,
} from '../../fixtures.ts';
import { foundIn, storeIn, textsOf, textsOfRecords } from '../../left-on-disk.ts';
import { openPopup } from '../../popup.ts';
import type { Session, StandIn } from '../../stand-in/index.ts';

const container = 'firefox-container-1';
const privateWindow = 'firefox-private';

async function logInTo(
  firefox: FirefoxBrowser,
  standIn: StandIn,
  store: string,
  uname: string,
): Promise<Session> {
  const session = standIn.createSession({ uname });
  const page = await firefox.visit(logInUrl(session), store);
  // The private store lives as long as its last window.
  if (store !== privateWindow) await page.close();
  return session;
}

const jars = [
  { name: 'a container', store: container, label: 'Container 1' },
  { name: 'a private window', store: privateWindow, label: 'Private window' },
];

for (const { name, store, label } of jars) {
  test(`${name} is logged out of with its own cookies; the default store is untouched`, async ({
    firefox,
    standIn,
  }) => {
    const ordinary = await logIn(firefox, standIn, { uname: 'Ordinary' });
    const session = await logInTo(firefox, standIn, store, 'Hidden');
    expect(await accountCookiesOf(firefox, store)).toEqual(theFour);

    const popup = await openPopup(firefox, store);
    const before = await popup.waitForText('Hidden');
    expect(before.text).toContain(label);
    await popup.press('log-out');
    const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    expect(shown.fates).toEqual(allFour('removed-by-extension'));
    expect(session.alive).toBe(false);
    expect(ordinary.alive).toBe(true);
    expect(await accountCookiesOf(firefox, store)).toEqual([]);
    expect(await accountCookiesOf(firefox, 'firefox-default')).toEqual(theFour);
    const onDisk = await firefox.inExtension(() => chrome.storage.local.get(null), null);
    expect(onDisk).toEqual(store === privateWindow ? {} : { rulesOffered: true });
    const exits = standIn.requestsTo('exit');
    expect(exits.map((request) => request.session)).toEqual([session]);
    const rules = () => chrome.declarativeNetRequest.getSessionRules();
    await expect.poll(() => firefox.inExtension(rules, null)).toEqual([]);
  });

  test(`a failure leaves ${name} as it was`, { tag: '@all' }, async ({ firefox, standIn }) => {
    const session = await logInTo(firefox, standIn, store, 'Hidden');
    const popup = await openPopup(firefox, store);
    await popup.waitForText('Hidden');
    standIn.script('exit', { status: 503, body: '' });
    await popup.press('log-out');
    await popup.waitFor({ view: 'failed', outcome: 'server-error' });
    expect(session.alive).toBe(true);
    expect(await accountCookiesOf(firefox, store)).toEqual(theFour);
    await popup.removeLocally();
    await popup.waitFor({ view: 'finished', outcome: 'removed-locally' });
    expect(await accountCookiesOf(firefox, store)).toEqual([]);
  });
}

test('the default store is logged out of; a container is untouched', async ({
  firefox,
  standIn,
}) => {
  const hidden = await logInTo(firefox, standIn, container, 'Hidden');
  const session = await logIn(firefox, standIn, { uname: 'Ordinary' });
  const popup = await openPopup(firefox);
  await popup.waitForText('Ordinary');
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
  expect(hidden.alive).toBe(true);
  expect(await accountCookiesOf(firefox, container)).toEqual(theFour);
});

test('everywhere: every store, one after another, each with its own outcome', async ({
  firefox,
  standIn,
}) => {
  const ordinary = await logIn(firefox, standIn, { uname: 'Ordinary' });
  const contained = await logInTo(firefox, standIn, container, 'Contained');
  const hidden = await logInTo(firefox, standIn, privateWindow, 'Hidden');
  const popup = await openPopup(firefox);
  const before = await popup.waitForText('Log out of all 3');
  expect(before.others.map(({ store, view }) => [store, view])).toEqual([
    [container, 'logged-in'],
    [privateWindow, 'logged-in'],
  ]);
  expect(before.text).toContain(`UID ${contained.uid}`);

  const { hold, open } = gate();
  standIn.script('exit', { hold }, { status: 503, body: '' });
  await popup.press('log-out-everywhere');
  await standIn.waitForRequests('exit', 1);
  expect(standIn.requestsTo('exit'), 'one after another').toHaveLength(1);
  open();
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  await popup.waitForOther(privateWindow, { outcome: 'logged-out', revocation: 'proven' });
  await popup.waitForOther(container, { view: 'failed', outcome: 'server-error' });
  expect([ordinary.alive, contained.alive, hidden.alive]).toEqual([false, true, false]);
  expect(standIn.requestsTo('exit').map(({ session }) => session)).toEqual([
    ordinary,
    contained,
    hidden,
  ]);

  const left = await popup.waitForText('Log out there');
  expect(left.others.find(({ store }) => store === privateWindow)?.fates).toEqual(
    allFour('removed-by-extension'),
  );
  await popup.press('log-out-everywhere');
  await popup.waitForOther(container, { outcome: 'logged-out', revocation: 'proven' });
  expect(contained.alive).toBe(false);
  expect(await accountCookiesOf(firefox, container)).toEqual([]);
});

test('two stores at once: each request carries its own store’s cookies', async ({
  firefox,
  standIn,
}) => {
  const ordinary = await logIn(firefox, standIn, { uname: 'Ordinary' });
  const contained = await logInTo(firefox, standIn, container, 'Contained');
  const [first, second] = [gate(), gate()];
  standIn.script('exit', { hold: first.hold }, { hold: second.hold });
  await firefox.inExtension(
    (requests) => Promise.all(requests.map((request) => chrome.runtime.sendMessage(request))),
    ['firefox-default', container].map((storeId) => ({ type: 'log-out', storeId, mode: 'server' })),
  );
  const both = await standIn.waitForRequests('exit', 2);
  expect(new Set(both.map(({ session }) => session))).toEqual(new Set([ordinary, contained]));
  for (const { cookies, body } of both) {
    expect(body).toBe(`biliCSRF=${cookies.get('bili_jct')}`);
  }
  first.open();
  second.open();
  const popup = await openPopup(firefox);
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect([ordinary.alive, contained.alive]).toEqual([false, false]);
});

test('everywhere: what a person must not miss of another store is told in its row', async ({
  firefox,
  standIn,
}) => {
  await logIn(firefox, standIn, { uname: 'Ordinary' });
  const contained = await logInTo(firefox, standIn, container, 'Contained');
  const popup = await openPopup(firefox);
  const before = await popup.waitForText('Contained');
  expect(before.text).toContain('Container 1');
  expect(before.text).toContain(`UID ${contained.uid}`);
  standIn.script('exit', {}, { revoke: false });
  await popup.press('log-out-everywhere');
  await popup.waitForOther(container, { outcome: 'logged-out', revocation: 'still-alive' });
  const row = await popup.page.evaluate((store) => {
    const part = document.querySelector(`[data-store="${store}"]`);
    return {
      isOpen: part?.querySelector('details')?.open,
      warning: part?.querySelector('.loud')?.textContent,
    };
  }, container);
  expect(row.isOpen).toBe(true);
  expect(row.warning).toContain('change your Bilibili password');
  expect(contained.alive).toBe(true);
});

test('another store’s failure has its own “Try again”', async ({ firefox, standIn }) => {
  const contained = await logInTo(firefox, standIn, container, 'Contained');
  const popup = await openPopup(firefox);
  await popup.waitForText('Contained');
  standIn.script('exit', { status: 503, body: '' });
  await popup.press('log-out-everywhere');
  await popup.waitForOther(container, { view: 'failed', outcome: 'server-error' });
  await popup.page.evaluate((store) => {
    document
      .querySelector<HTMLElement>(`[data-store="${store}"] button[data-action="retry"]`)
      ?.click();
  }, container);
  await popup.waitForOther(container, { outcome: 'logged-out', revocation: 'proven' });
  expect(contained.alive).toBe(false);
});

test('a container deleted while its log-out waits is told of, until that is seen', async ({
  firefox,
  standIn,
}) => {
  const store = await firefox.createContainer();
  await logIn(firefox, standIn, { uname: 'Ordinary' });
  const contained = await logInTo(firefox, standIn, store, 'Contained');
  const popup = await openPopup(firefox);
  await popup.waitForText('Log out of all 2');
  const { hold, open } = gate();
  standIn.script('exit', { hold });
  await popup.press('log-out-everywhere');
  await standIn.waitForRequests('exit', 1);
  await firefox.removeContainer(store);
  open();
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  const shown = await popup.waitForOther(store, {
    view: 'failed',
    outcome: 'unexpected-reply',
  });
  expect(shown.text).toContain('The container was deleted');
  expect(contained.alive).toBe(true);
});

test('a container deleted after its failure takes the badge with it', async ({
  firefox,
  standIn,
}) => {
  const store = await firefox.createContainer();
  await logInTo(firefox, standIn, store, 'Contained');
  await firefox.visit('https://www.bilibili.com/', store);
  standIn.script('exit', { status: 503, body: '' });
  const message = { type: 'log-out', storeId: store, mode: 'server' };
  await firefox.inExtension((request) => chrome.runtime.sendMessage(request), message);
  const badge = () => firefox.inExtension(() => chrome.action.getBadgeText({}), null);
  await expect.poll(badge).toBe('!');
  const popup = await openPopup(firefox);
  await popup.waitForOther(store, { view: 'failed', outcome: 'server-error' });
  await expect.poll(badge, 'seen').toBe('');
  await popup.close();
  expect(await recordsOf(firefox)).toEqual([`log-out:${store}`]);
  await firefox.removeContainer(store);
  await expect.poll(() => recordsOf(firefox)).toEqual([]);
});

test('a private window’s failure goes with the window', async ({ firefox, standIn }) => {
  await logInTo(firefox, standIn, privateWindow, 'Hidden');
  const popup = await openPopup(firefox, privateWindow);
  await popup.waitForText('Hidden');
  standIn.script('exit', { status: 503, body: '' });
  await popup.press('log-out');
  await popup.waitFor({ view: 'failed', outcome: 'server-error' });
  expect(await recordsOf(firefox)).toEqual([`log-out:${privateWindow}`]);
  await firefox.closePrivateWindow();
  await expect.poll(() => recordsOf(firefox)).toEqual([]);
  const ordinary = await openPopup(firefox);
  expect((await ordinary.waitFor({ view: 'logged-out' })).others).toEqual([]);
});

/** The stores of which something is remembered. */
async function recordsOf(firefox: FirefoxBrowser): Promise<string[]> {
  return Object.keys(await readState(firefox));
}

const tokens = [
  { name: 'a container', store: container, result: 'done', left: null },
  // Firefox has no way to do it, and says so to nobody: we do.
  { name: 'a private window', store: privateWindow, result: 'failed', left: 'token' },
] as const;

for (const { name, store, result, left } of tokens) {
  test(`site data of ${name}: ${result}; the default store keeps its own`, async ({
    firefox,
    standIn,
  }) => {
    await firefox.switchOn('siteData');
    const session = standIn.createSession({ uname: 'Hidden' });
    const site = 'https://www.bilibili.com/';
    const key = 'ac_time_value';
    const pages = [await firefox.visit(site, store), await firefox.visit(site)];
    for (const page of pages) {
      await page.evaluate((item) => localStorage.setItem(item, 'token'), key);
    }
    await (await firefox.visit(logInUrl(session), store)).close();
    const popup = await openPopup(firefox, store);
    await popup.waitForText('Hidden');
    await popup.press('log-out');
    await popup.waitForFollowUp('siteData', result);
    const read = (item: string) => localStorage.getItem(item);
    expect(await (await firefox.visit(site, store)).evaluate(read, key)).toBe(left);
    expect(await (await firefox.visit(site)).evaluate(read, key)).toBe('token');
  });
}

for (const { name, store } of jars) {
  test(`biligame in ${name}: its cookies go, the default store keeps its own`, async ({
    firefox,
    standIn,
  }) => {
    await firefox.switchOn('biligame');
    const session = await logInTo(firefox, standIn, store, 'Hidden');
    const cookie = { url: 'https://www.biligame.com/', name: 'SESSDATA', value: session.sessdata };
    for (const storeId of [store, 'firefox-default']) {
      await setCookie(firefox, { ...cookie, storeId });
    }
    const popup = await openPopup(firefox, store);
    await popup.waitForText('Hidden');
    await popup.press('log-out');
    await popup.waitForFollowUp('biligame', 'done');
    expect(await cookieNamesOf(firefox, 'biligame.com', store)).toEqual([]);
    expect(await cookieNamesOf(firefox, 'biligame.com', 'firefox-default')).toEqual(['SESSDATA']);
    expect(standIn.requestsTo('cross-domain')).toEqual([]);
  });
}

test('nothing of a private log-in, or of its log-out, is on disk when Firefox is closed', {
  tag: '@all',
}, async ({ server: standIn }) => {
  standIn.reset();
  const profile = createProfile();
  const firefox = await launchFirefox({ standIn, profile });
  const kept = standIn.createSession({ uid: '2718281828459', uname: 'Who is at home' });
  const session = standIn.createSession({ uid: '3141592653589', uname: 'Who is hidden' });
  // In both windows the same is done: what the one keeps shows that the other keeps nothing.
  await storeIn(await firefox.visit(logInUrl(kept)), textsOf(kept));
  await storeIn(await firefox.visit(logInUrl(session), privateWindow), textsOf(session));
  standIn.script('avatar', { headers: { 'cache-control': 'max-age=100000' } });
  const popup = await openPopup(firefox, privateWindow);
  await popup.waitForText(session.uname);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  const records = await readState(firefox);
  expect(Object.keys(records)).toEqual([`log-out:${privateWindow}`]);
  const control = randomUUID();
  await firefox.inExtension((text) => chrome.storage.local.set({ control: text }), control);
  await firefox.close();

  const mustBeFound = [...textsOf(kept), control];
  expect(foundIn(profile.folder, mustBeFound)).toEqual(mustBeFound);
  const texts = [...textsOf(session), ...textsOfRecords(records)];
  expect(texts.length, 'a record with its number and a digest').toBeGreaterThan(6);
  expect(foundIn(profile.folder, texts)).toEqual([]);
  profile.remove();
});
