import type { ChromiumBrowser } from '../../browsers/chromium.ts';
import {
  accountCookiesOf,
  allFour,
  expect,
  layCookies,
  logIn,
  openLoggedIn,
  setCookie,
  test,
} from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';
import type { StandIn } from '../../stand-in/index.ts';

/** Lets a page of some host set cookies, which no API could. */
async function setByServer(
  browser: ChromiumBrowser,
  standIn: StandIn,
  url: string,
  ...lines: string[]
): Promise<void> {
  const route = new URL(url).host.endsWith('.bilibili.com') ? 'site' : 'unknown';
  // Without an icon of its own, a page has the browser ask for one: a request more.
  const body = '<!doctype html><title>Cookies</title><link rel="icon" href="data:,">';
  standIn.script(route, { status: 200, headers: { 'set-cookie': lines }, body });
  const page = await browser.visit(url);
  await page.close();
}

test('every shape of the account cookies goes, everything else stays', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  const { sessdata } = session;
  const shapes: chrome.cookies.SetDetails[] = [
    { url: 'https://www.bilibili.com/', name: 'SESSDATA', value: sessdata, secure: true },
    { url: 'https://t.bilibili.com/', name: 'DedeUserID', value: '1' },
    { url: 'http://live.bilibili.com/', name: 'bili_jct', value: 'not-secure' },
    { url: 'https://www.bilibili.com/', path: '/video/deep', name: 'DedeUserID', value: '1' },
    {
      url: 'https://www.bilibili.com/',
      domain: '.bilibili.com',
      name: 'SESSDATA__ckMd5',
      value: 'c',
    },
    {
      url: 'https://www.bilibili.com/',
      domain: '.bilibili.com',
      name: 'bili_jct__ckMd5',
      value: 'c',
    },
    {
      url: 'https://www.bilibili.com/',
      name: 'SESSDATA',
      value: sessdata,
      secure: true,
      sameSite: 'no_restriction',
      partitionKey: { topLevelSite: 'https://example.com' },
    },
    // The person's own.
    { url: 'https://www.bilibili.com/', name: 'theme', value: 'dark' },
    { url: 'https://www.bilibili.com/', name: 'SESSDATA2', value: 'x' },
  ];
  for (const shape of shapes) await setCookie(chromium, shape);
  for (const host of ['notbilibili.com', 'bilibili.com.example']) {
    await setByServer(chromium, standIn, `https://${host}/`, 'SESSDATA=theirs; Path=/');
  }
  expect(await accountCookiesOf(chromium)).toHaveLength(12);

  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(shown.fates).toEqual({
    ...allFour('removed-by-extension'),
    DedeUserID__ckMd5: 'deleted-by-server',
  });
  expect(await accountCookiesOf(chromium)).toEqual(['SESSDATA2']);
  const left = (await chromium.context.cookies()).map(({ name, domain }) => `${name} ${domain}`);
  expect(left.sort()).toEqual([
    'SESSDATA bilibili.com.example',
    'SESSDATA notbilibili.com',
    'SESSDATA2 www.bilibili.com',
    'b_nut .bilibili.com',
    'buvid3 .bilibili.com',
    'sid .bilibili.com',
    'theme www.bilibili.com',
  ]);
});

test('a server that deletes nothing: all four are removed by the extension', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  const popup = await openLoggedIn(chromium, session);
  standIn.script('exit', { deleteCookies: false });
  await popup.press('log-out');
  const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(shown.fates).toEqual(allFour('removed-by-extension'));
  expect(await accountCookiesOf(chromium)).toEqual([]);
});

test('cookies-remain: a cookie that no extension can remove is named', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  await setByServer(
    chromium,
    standIn,
    'https://www.bilibili.com/',
    'DedeUserID=1; Domain=.bilibili.com; Path=/odd?path',
  );
  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  const shown = await popup.waitFor({ view: 'failed', outcome: 'cookies-remain' });
  expect(shown.fates).toEqual({ ...allFour('deleted-by-server'), DedeUserID: 'remaining' });
  expect(shown.text).toContain('could not be removed: DedeUserID');
  expect(shown.text).toContain('Ended at Bilibili');
  expect(session.alive).toBe(false);
});

test('a dead id that no extension can remove is named, and is no session', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  const planted = 'SESSDATA=dead; Path=/a?b';
  await setByServer(chromium, standIn, 'https://www.bilibili.com/', planted);
  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  const shown = await popup.waitFor({ view: 'failed', outcome: 'cookies-remain' });
  expect(shown.text).toContain('could not be removed: SESSDATA');
  expect(shown.text).toContain('Delete the site data of bilibili.com');
  expect(session.alive).toBe(false);
  await popup.close();

  const again = await openPopup(chromium);
  await again.waitFor({ view: 'failed', outcome: 'cookies-remain' });
  await again.press('retry');
  await again.waitFor({ view: 'failed', outcome: 'cookies-remain' });
});

test('the token is the one that was set with the session, URL-encoded', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn, { biliJct: 'a+b=c&d%2F e'.replace(' ', '_') });
  const own = { url: 'https://passport.bilibili.com/', domain: '.bilibili.com', name: 'bili_jct' };
  // Sent first, because its path is longer.
  await setCookie(chromium, { ...own, path: '/login', value: 'stale' });
  await setCookie(chromium, {
    url: 'https://www.bilibili.com/',
    name: 'bili_jct',
    value: 'elsewhere',
  });
  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  const [request] = standIn.requestsTo('exit');
  expect(request?.body).toBe(`biliCSRF=${encodeURIComponent(session.biliJct)}`);
  expect(await accountCookiesOf(chromium)).toEqual([]);
});

test('a session hidden from the endpoint is logged out with its cookies attached', async ({
  chromium,
  standIn,
}) => {
  const session = standIn.createSession();
  await layCookies(chromium, session, { url: 'https://www.bilibili.com/' });
  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
  expect(await accountCookiesOf(chromium)).toEqual([]);
});

test('where all cookies are blocked, a living session is found and logged out', async ({
  chromium,
  standIn,
}) => {
  await chromium.blockCookies();
  const session = standIn.createSession();
  await layCookies(chromium, session);
  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(shown.fates).toEqual(allFour('removed-by-extension'));
  const [ambient, attached] = standIn.requestsTo('exit');
  expect(ambient?.session).toBeUndefined();
  expect(attached?.session).toBe(session);
  expect(session.alive).toBe(false);
});

test('where all cookies are blocked, only this browser clears the jar', { tag: '@all' }, async ({
  chromium,
  standIn,
}) => {
  await chromium.blockCookies();
  const session = standIn.createSession();
  await layCookies(chromium, session);
  const popup = await openLoggedIn(chromium, session);
  await popup.removeLocally();
  await popup.waitFor({ view: 'finished', outcome: 'removed-locally' });
  expect(session.alive).toBe(true);
  expect(await accountCookiesOf(chromium)).toEqual([]);
});

test('where all cookies are blocked, biligame’s go, and no site can hold a token', async ({
  chromium,
  standIn,
}) => {
  await chromium.switchOn('biligame');
  await chromium.switchOn('siteData');
  await chromium.blockCookies();
  const session = standIn.createSession();
  await layCookies(chromium, session);
  const url = 'https://www.biligame.com/';
  await setCookie(chromium, { url, name: 'SESSDATA', value: session.sessdata });
  const site = await chromium.visit('https://www.bilibili.com/');
  const use = site.evaluate(() => localStorage.setItem('ac_time_value', 'token'));
  await expect(use).rejects.toThrow('Access is denied');
  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  await popup.waitForFollowUp('biligame', 'done');
  await popup.waitForFollowUp('siteData', 'done');
  expect(await chromium.context.cookies(url)).toEqual([]);
});
