import type { ExtensionBrowser } from '../../browsers/extension-browser.ts';
import {
  accountCookiesOf,
  alarmsOf,
  expect,
  gate,
  layCookies,
  logIn,
  openLoggedIn,
  readState,
  removeCookie,
  setCookie,
  test,
  theFour,
} from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';

// What belongs to one session, and what a record may say of it.

const site = { url: 'https://passport.bilibili.com/', domain: '.bilibili.com' };

/** Takes every cookie of the site away, as a person or another tool might. */
function clearByHand(browser: ExtensionBrowser): Promise<unknown> {
  return browser.inExtension(async (domain) => {
    for (const { name, path } of await chrome.cookies.getAll({ domain })) {
      await chrome.cookies.remove({ url: `https://www.${domain}${path}`, name });
    }
  }, 'bilibili.com');
}

test('logged out of A; B logs in and is cleared by hand: no proof is shown for B', {
  tag: '@once',
}, async ({ extension, standIn }) => {
  const first = await logIn(extension, standIn);
  const popup = await openLoggedIn(extension, first);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  await popup.close();

  const second = await logIn(extension, standIn);
  await expect.poll(() => readState(extension), 'with no popup open').toEqual({});
  await clearByHand(extension);
  const next = await openPopup(extension);
  await next.waitFor({ view: 'logged-out' });
  expect(second.alive).toBe(true);
});

test('the end is shown with the time that it came', { tag: '@all' }, async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  const popup = await openLoggedIn(extension, session);
  const before = Date.now();
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out' });
  const at = await popup.page.evaluate(
    () => Date.parse(document.querySelector('main time')?.getAttribute('datetime') ?? ''),
    null,
  );
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
});

test('a dead leftover before a living log-in: both go in one log-out', { tag: '@once' }, async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  await setCookie(extension, { ...site, path: '/login', name: 'SESSDATA', value: 'stale' });
  const popup = await openPopup(extension);
  // The living one is shown, though the server calls the one in front dead.
  await popup.waitForText(session.uname);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
  expect(await accountCookiesOf(extension)).toEqual([]);
});

test('another log-in takes its place while Bilibili fails: the one that was meant is ended all the same', {
  tag: '@once',
}, async ({ extension, standIn }) => {
  const session = await logIn(extension, standIn);
  const popup = await openLoggedIn(extension, session);
  const { hold, open } = gate();
  standIn.script('exit', { hold, status: 503, body: '' });
  await popup.press('log-out');
  await standIn.waitForRequests('exit', 1);
  const later = await logIn(extension, standIn);
  open();
  const shown = await popup.waitFor({ view: 'failed', outcome: 'cookies-remain' });
  expect(shown.text).toContain('Another log-in was kept');
  expect([session.alive, later.alive]).toEqual([false, true]);
  expect(await accountCookiesOf(extension)).toEqual(theFour);
});

test('a dead log-in without its token ends as expired', { tag: '@all' }, async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  session.alive = false;
  await removeCookie(extension, 'bili_jct');
  const popup = await openPopup(extension);
  await popup.waitFor({ view: 'logged-in' });
  await popup.press('log-out');
  await popup.waitFor({ view: 'finished', outcome: 'session-expired' });
  expect(standIn.requestsTo('exit')).toEqual([]);
  expect(await accountCookiesOf(extension)).toEqual([]);
});

test('two log-ins that the endpoint both receives: each is ended with its own token', async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  const front = standIn.createSession();
  await layCookies(extension, front, { ...site, path: '/login' });
  const popup = await openPopup(extension);
  await popup.waitFor({ view: 'logged-in' });
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect([session.alive, front.alive]).toEqual([false, false]);
  for (const { session: presented, body } of standIn.requestsTo('exit')) {
    expect(body).toBe(`biliCSRF=${presented?.biliJct}`);
  }
  expect(await accountCookiesOf(extension)).toEqual([]);
});

test('one of two log-ins is refused: the other one is ended, and that is told', {
  tag: '@all',
}, async ({ extension, standIn }) => {
  const session = await logIn(extension, standIn);
  const front = standIn.createSession();
  await layCookies(extension, front, { ...site, path: '/login' });
  const popup = await openPopup(extension);
  await popup.waitFor({ view: 'logged-in' });
  standIn.script('exit', {}, { status: 503, body: '' });
  await popup.press('log-out');
  const shown = await popup.waitFor({ view: 'failed', outcome: 'server-error' });
  expect(shown.text).toContain('Another log-in in this window has been ended');
  expect([front.alive, session.alive]).toEqual([false, true]);
  expect(await accountCookiesOf(extension)).toEqual(theFour);
  await popup.press('retry');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
});

test('a new log-in that the server’s answer deletes is ended too', { tag: '@once' }, async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  const popup = await openLoggedIn(extension, session);
  const { hold, open } = gate();
  standIn.script('exit', { hold });
  await popup.press('log-out');
  await standIn.waitForRequests('exit', 1);
  const late = await logIn(extension, standIn);
  open();
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect([session.alive, late.alive]).toEqual([false, false]);
  expect(await accountCookiesOf(extension)).toEqual([]);
});

test('a page that plants one dead id after the other keeps no log-out busy', async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  const hostile = await extension.visit('https://www.bilibili.com/');
  await hostile.evaluate(plantForEver, null);
  const popup = await openLoggedIn(extension, session);
  await popup.press('log-out');
  const planted = () => hostile.evaluate(() => Reflect.get(globalThis, 'planted'), null);
  await expect.poll(planted, 'its first one was removed').toBeGreaterThan(1);
  await expect.poll(() => alarmsOf(extension), 'all is done').toEqual([]);
  // Whether the next one is there before the end or after it, it is told of as a log-in that is left.
  await expect.poll(async () => (await popup.shown()).actions).toContain('remove-local');
  expect(session.alive).toBe(false);
  const asked = [...standIn.requestsTo('exit'), ...standIn.requestsTo('nav')];
  expect(asked.length, 'the server was asked of a few').toBeLessThan(20);
  await hostile.close();
});

/** Runs in a page: whenever its planted session id goes, plants another one that nobody knows. */
function plantForEver(): void {
  let planted = 0;
  const plant = () => {
    planted += 1;
    Reflect.set(globalThis, 'planted', planted);
    // biome-ignore lint/suspicious/noDocumentCookie: any page of the site may do this.
    document.cookie = `SESSDATA=planted-${planted}; domain=.www.bilibili.com; secure`;
  };
  const jar: EventTarget = Reflect.get(globalThis, 'cookieStore');
  jar.addEventListener('change', (event) => {
    const deleted: { name: string }[] = Reflect.get(event, 'deleted');
    if (deleted.some(({ name }) => name === 'SESSDATA')) plant();
  });
  plant();
}

test('cookies planted over plain HTTP: a failure is told as one, and then all log-ins end, and are proven', {
  tag: '@all',
}, async ({ extension, standIn }) => {
  const http = { secure: false, url: 'http://passport.bilibili.com/' };
  // The endpoint receives a dead one, and one of a stranger, before the person's own.
  const [dead, theirs] = [standIn.createSession(), standIn.createSession()];
  dead.alive = false;
  await layCookies(extension, dead, { ...http, path: '/login/exit' });
  await layCookies(extension, theirs, { ...http, domain: '.bilibili.com', path: '/login' });
  await layCookies(extension, dead, { ...http, url: 'http://live.bilibili.com/' });
  const session = await logIn(extension, standIn);
  // Not Secure, and so anybody's to replace.
  const token = { url: 'http://live.bilibili.com/', domain: '.bilibili.com', name: 'bili_jct' };
  await setCookie(extension, { ...token, value: 'planted' });

  const popup = await openPopup(extension);
  await popup.waitFor({ view: 'logged-in' });
  await popup.press('log-out');
  await popup.waitFor({ view: 'failed', outcome: 'csrf-rejected' });
  expect([theirs.alive, session.alive]).toEqual([false, true]);
  expect(await accountCookiesOf(extension), 'what ends it is kept').toEqual(theFour);

  await setCookie(extension, { ...token, value: session.biliJct });
  await popup.press('retry');
  const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(shown.view).toBe('finished');
  expect(session.alive).toBe(false);
  expect(await accountCookiesOf(extension)).toEqual([]);
});

test('a new log-in that stays is kept, and told of', { tag: '@once' }, async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  const popup = await openLoggedIn(extension, session);
  const { hold, open } = gate();
  standIn.script('exit', { hold, deleteCookies: false });
  await popup.press('log-out');
  await standIn.waitForRequests('exit', 1);
  const late = await logIn(extension, standIn);
  open();
  const shown = await popup.waitFor({ view: 'failed', outcome: 'cookies-remain' });
  expect(shown.text).toContain('Another log-in was kept');
  expect([session.alive, late.alive]).toEqual([false, true]);
  expect(await accountCookiesOf(extension)).toEqual(theFour);
  await popup.press('retry');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(late.alive).toBe(false);
});

test('access withdrawn while Bilibili is asked: what was sent is told, and asked anew later', async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  const popup = await openLoggedIn(extension, session);
  const { hold, open } = gate();
  standIn.script('exit', { hold });
  await popup.press('log-out');
  await standIn.waitForRequests('exit', 1);
  await extension.withdrawAccess();
  open();
  const shown = await popup.waitFor({ view: 'failed', outcome: 'no-access' });
  expect(shown.text).toMatch(/Access to bilibili.com|Bilibili said yes/);
  expect(shown.actions).toEqual(['grant-access']);
  expect(session.alive).toBe(false);

  await extension.giveAccessBack();
  // Whether the server's Set-Cookie still took effect is the browser's choice.
  await expect
    .poll(async () => (await popup.shown()).text)
    .toMatch(/already ended|Nobody is logged in/);
  const { text } = await popup.shown();
  expect(text, 'the dead session is not greeted by its name').not.toContain(session.uname);
});
