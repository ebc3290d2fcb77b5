import { mkdir, readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expectAccessible } from '../../accessibility.ts';
import type { ChromiumBrowser } from '../../browsers/chromium.ts';
import { patience } from '../../browsers/extension-browser.ts';
import {
  expect,
  gate,
  logIn,
  openLoggedIn,
  removeCookie,
  setCookie,
  test,
} from '../../fixtures.ts';
import { openPopup, type Popup } from '../../popup.ts';
import type { StandIn } from '../../stand-in/index.ts';

const output = new URL('../../output/', import.meta.url).pathname;
const themes = ['light', 'dark'] as const;

/** Looks at one state in both themes: nothing that axe finds, nothing cut off, and a picture. */
async function look(page: Page, language: string, state: string): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, `${state}, ${colorScheme}`);
    await page
      .locator('body')
      .screenshot({ path: `${output}screenshots/${language}-${colorScheme}-${state}.png` });
  }
}

async function open(chromium: ChromiumBrowser): Promise<Popup<Page>> {
  const popup = await openPopup(chromium);
  await prepare(popup.page);
  return popup;
}

async function prepare(page: Page): Promise<void> {
  // Wider by a scroll bar than a popup needs to be, and no wider.
  await page.setViewportSize({ width: 368, height: 600 });
}

/** Every state of the popup, one after another, in one browser. */
async function everyState(
  chromium: ChromiumBrowser,
  standIn: StandIn,
  see: (page: Page, state: string) => Promise<void>,
): Promise<void> {
  const popup = await open(chromium);
  const { page } = popup;
  await popup.waitFor({ view: 'logged-out' });
  await see(page, 'logged-out');

  const user = { uid: '3493271456', uname: '一个名字特别特别长的哔哩哔哩用户' };
  let session = await logIn(chromium, standIn, user);
  const longest = await openLoggedIn(chromium, session);
  await longest.close();
  await popup.waitForText(user.uname);
  await see(page, 'logged-in');
  await page.locator('summary').click();
  await see(page, 'logged-in-choices');

  await removeCookie(chromium, 'SESSDATA');
  await popup.waitFor({ view: 'logged-out' });
  await see(page, 'leftovers');
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'already-logged-out' });
  await see(page, 'already-logged-out');

  session = await logIn(chromium, standIn, { uname: 'Ann' });
  await popup.waitForText('Ann');
  session.alive = false;
  const told = await open(chromium);
  await told.page.locator('.notice').waitFor();
  await see(told.page, 'logged-in-dead');
  await told.close();
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'session-expired' });
  await see(page, 'session-expired');

  session = await logIn(chromium, standIn, { uname: 'Ann' });
  await popup.waitForText('Ann');
  const exit = gate();
  const proof = gate();
  standIn.script('exit', { hold: exit.hold });
  standIn.script('nav', { hold: proof.hold });
  await popup.press('log-out');
  await popup.waitFor({ view: 'working', step: 'revoke' });
  await see(page, 'working');
  exit.open();
  await popup.waitFor({ outcome: 'logged-out' });
  await see(page, 'logged-out-asking');
  proof.open();
  await popup.waitFor({ revocation: 'proven' });
  await see(page, 'logged-out-proven');

  session = await logIn(chromium, standIn, { uname: 'Bob' });
  await popup.waitForText('Bob');
  standIn.script('exit', { revoke: false });
  await popup.press('log-out');
  await popup.waitFor({ revocation: 'still-alive' });
  await see(page, 'logged-out-still-alive');

  session = await logIn(chromium, standIn, { uname: 'Cleo' });
  await popup.waitForText('Cleo');
  standIn.script('nav', { status: 500 });
  await popup.press('log-out');
  await popup.waitFor({ revocation: 'unknown' });
  await see(page, 'logged-out-unknown');

  await logIn(chromium, standIn, { uname: 'Dora' });
  await popup.waitForText('Dora');
  const message = '系统繁忙，请稍后再试，如有疑问请联系客服并提供本消息的全部内容与发生时间';
  standIn.script(
    'exit',
    { status: 412, body: '' },
    { status: 429, headers: { 'retry-after': '1800' }, body: '' },
    { status: 503, body: '' },
    { status: 200, body: JSON.stringify({ code: -86_000, message }) },
    { status: 200, body: JSON.stringify({ code: 2202, message: 'csrf 校验失败' }) },
    { reset: 'before-handling' },
    { reset: 'before-handling' },
    { hang: true },
  );
  await popup.press('log-out');
  for (const outcome of [
    'blocked',
    'rate-limited',
    'server-error',
    'unexpected-reply',
    'csrf-rejected',
    'offline',
    'timeout',
  ] as const) {
    await popup.waitFor({ view: 'failed', outcome });
    await see(page, outcome);
    await popup.press('retry');
  }
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });

  await logIn(chromium, standIn, { uname: 'Eve' });
  await popup.waitForText('Eve');
  const late = gate();
  const asked = standIn.requestsTo('exit').length;
  standIn.script('exit', { hold: late.hold, deleteCookies: false });
  await popup.press('log-out');
  await standIn.waitForRequests('exit', asked + 1);
  const other = standIn.createSession();
  await setCookie(chromium, {
    url: 'https://www.bilibili.com/',
    name: 'SESSDATA',
    value: other.sessdata,
  });
  late.open();
  await popup.waitFor({ view: 'failed', outcome: 'cookies-remain' });
  await see(page, 'cookies-remain');
  await popup.press('retry');
  await popup.waitFor({ view: 'failed', outcome: 'no-csrf-token' });
  await see(page, 'no-csrf-token');
  await popup.removeLocally();
  await popup.waitFor({ view: 'finished', outcome: 'removed-locally' });
  await see(page, 'removed-locally');

  await chromium.switchOn('biligame');
  await chromium.switchOn('siteData');
  const options = await chromium.openOwnPage('src/options/index.html');
  await prepare(options);
  await options.locator('input:checked').nth(1).waitFor();
  await see(options, 'settings');
  await options.close();
  await logIn(chromium, standIn, { uname: 'Fay' });
  await popup.waitForText('Fay');
  standIn.script('exit', {
    status: 200,
    effect: true,
    body: JSON.stringify({ code: 0, data: { redirectUrl: 'http://passport.biligame.com/' } }),
  });
  await popup.press('log-out');
  await popup.waitForFollowUp('biligame', 'address-refused');
  await popup.waitForFollowUp('siteData', 'done');
  await popup.waitFor({ revocation: 'proven' });
  await see(page, 'follow-ups');

  await chromium.withdrawAccess();
  await popup.waitFor({ view: 'no-access' });
  await see(page, 'no-access');

  // Only for as long as the browser takes to tell about access: held here, to be looked at.
  await chromium.context.addInitScript(() => {
    if (location.protocol === 'chrome-extension:') {
      chrome.permissions.contains = () => new Promise(() => undefined);
    }
  });
  const held = await open(chromium);
  await held.waitFor({ view: 'loading' });
  await see(held.page, 'loading');
}

for (const language of ['en-US', 'zh-CN']) {
  test.describe(language, () => {
    test(`every state of the popup in ${language}, in both themes`, async ({
      chromium,
      standIn,
    }) => {
      // Some twenty tests in one.
      test.setTimeout(10 * patience);
      await mkdir(`${output}screenshots`, { recursive: true });
      const seen: string[] = [];
      await everyState(chromium, standIn, async (page, state) => {
        seen.push(state);
        await look(page, language, state);
      });
      expect(new Set(seen).size).toBe(seen.length);
      if (language === 'en-US') await paintReadmePicture(chromium);
    });
  });
}

/** Three states beside each other, light and dark: the picture in the README. */
async function paintReadmePicture(chromium: ChromiumBrowser): Promise<void> {
  const page = await chromium.context.newPage();
  await page.setViewportSize({ width: 1180, height: 400 });
  const rows = await Promise.all(
    themes.map(async (theme) => {
      const pictures = await Promise.all(
        ['logged-in', 'working', 'logged-out-proven'].map(async (state) => {
          const file = `${output}screenshots/en-US-${theme}-${state}.png`;
          return `<img src="data:image/png;base64,${(await readFile(file)).toString('base64')}">`;
        }),
      );
      return `<div>${pictures.join('')}</div>`;
    }),
  );
  await page.setContent(`<style>
    body { margin: 0; background: #8a94a3; }
    div { display: flex; align-items: start; gap: 24px; padding: 24px; }
    img { border-radius: 8px; }
  </style>${rows.join('')}`);
  await page.locator('body').screenshot({ path: `${output}popup.png` });
}
