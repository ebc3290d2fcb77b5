import type { Page } from 'playwright';
import { test as base } from 'playwright/test';
import { type ChromiumBrowser, launchChromium } from './browsers/chromium.ts';
import { type Display, startDisplay } from './browsers/display.ts';
import type { ExtensionBrowser, SettingsBrowser } from './browsers/extension-browser.ts';
import { type FirefoxBrowser, launchFirefox } from './browsers/firefox.ts';
import { openPopup } from './popup.ts';
import { type Session, type StandIn, startStandIn } from './stand-in/index.ts';

/** What a browser is started with: tests that want another one need a file of their own. */
interface BrowserOptions {
  /** Whether the browser has windows, on a screen of its own. */
  headed: boolean;
  language: string;
  /** What `about:config` of Firefox would be set to. */
  preferences: Record<string, unknown>;
}

/** What the tests of one process share: starting a browser takes longer than most tests. */
interface Shared {
  /** There in headed tests only. */
  display: Display | undefined;
  server: StandIn;
  /** Gives the browser as new. */
  renewed: () => Promise<SettingsBrowser>;
}

interface Fixtures {
  standIn: StandIn;
  /** A browser as new: of the kind that the project is for. */
  extension: SettingsBrowser;
  chromium: ChromiumBrowser;
  firefox: FirefoxBrowser;
}

export const test = base.extend<Fixtures, BrowserOptions & Shared>({
  headed: [false, { option: true, scope: 'worker' }],
  language: ['en-US', { option: true, scope: 'worker' }],
  preferences: [{}, { option: true, scope: 'worker' }],

  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its first parameter.
    async ({}, use) => {
      const server = await startStandIn();
      await use(server);
      await server.close();
    },
    { scope: 'worker' },
  ],
  display: [
    async ({ headed }, use) => {
      const display = headed ? await startDisplay() : undefined;
      await use(display);
      await display?.close();
    },
    { scope: 'worker' },
  ],
  renewed: [
    async ({ server: standIn, display, language, preferences }, use, { project }) => {
      const launch = () =>
        project.name === 'firefox'
          ? launchFirefox({ standIn, preferences })
          : launchChromium({ standIn, display: display?.name, language });
      let browser: SettingsBrowser | undefined;
      await use(async () => {
        if (browser && !(await browser.reset())) {
          await browser.close();
          browser = undefined;
        }
        if (!browser) {
          browser = await launch();
          // As after a reset: a popup that opens is to begin nothing by itself.
          await browser.inExtension(() => chrome.storage.sync.set({ toolbarClick: 'ask' }), null);
          // At its start, on a busy machine, Chromium takes longer for a policy than a popup waits.
          // Firefox rejects where there is none.
          await browser.inExtension(
            () => chrome.storage.managed.get(null).catch(() => undefined),
            null,
          );
        }
        standIn.reset();
        return browser;
      });
      await browser?.close();
    },
    { scope: 'worker' },
  ],

  standIn: ({ server }, use) => use(server),
  extension: async ({ renewed }, use) => use(await renewed()),
  // The project says which of the two it is.
  chromium: ({ extension }, use) => use(extension as ChromiumBrowser),
  firefox: ({ extension }, use) => use(extension as FirefoxBrowser),
});

export { expect } from './expect.ts';

/** Logs in as the site does, and closes the tab that did it. */
export async function logIn(
  browser: ExtensionBrowser,
  standIn: StandIn,
  options: Parameters<StandIn['createSession']>[0] = {},
): Promise<Session> {
  const session = standIn.createSession(options);
  const page = await browser.visit(logInUrl(session));
  await page.close();
  return session;
}

/** The address that logs a browser in to a session of the stand-in. */
export function logInUrl(session: Session): string {
  return `https://passport.bilibili.com/stand-in/log-in?sessdata=${encodeURIComponent(session.sessdata)}`;
}

/** Opens the popup on a session, and waits until the server has told whose it is. */
export async function openLoggedIn<B extends ExtensionBrowser>(browser: B, session: Session) {
  const popup = await openPopup(browser);
  await popup.waitFor({ view: 'logged-in' });
  await popup.waitForText(session.uname);
  return popup;
}

/**
 * The names of the account cookies and their companions in the jar, partitioned ones too.
 * @param store a cookie store of Firefox; without one, the only one that the extension's page sees.
 */
export async function accountCookiesOf(
  browser: ExtensionBrowser,
  store?: string,
): Promise<string[]> {
  const names = await cookieNamesOf(browser, 'bilibili.com', store);
  return names.filter((name) => /^(SESSDATA|bili_jct|DedeUserID)/.test(name));
}

/** The names of all cookies of a site, in the order of the alphabet. */
export async function cookieNamesOf(
  browser: ExtensionBrowser,
  domain: string,
  store?: string,
): Promise<string[]> {
  // Chromium knows no first parties, and refuses to be asked about them.
  const place = store === undefined ? {} : { storeId: store, firstPartyDomain: null };
  const names = await browser.inExtension(
    async (details) => (await chrome.cookies.getAll(details)).map(({ name }) => name),
    { domain, partitionKey: {}, ...place },
  );
  return names.sort();
}

/** The four, in the order of `accountCookiesOf`. */
export const theFour = ['DedeUserID', 'DedeUserID__ckMd5', 'SESSDATA', 'bili_jct'];

/** All four with one fate. */
export function allFour(fate: string): Record<string, string> {
  return Object.fromEntries(theFour.map((name) => [name, fate]));
}

/** What a cookie is set with; Firefox knows first parties too. */
type SetDetails = chrome.cookies.SetDetails & { firstPartyDomain?: string };

/** Sets or removes a cookie of the jar, as the person or another program might. */
export function setCookie(browser: ExtensionBrowser, details: SetDetails): Promise<unknown> {
  return browser.inExtension((cookie) => chrome.cookies.set(cookie), details);
}

/**
 * Puts a session into the jar where no page may: the browser blocks cookies, say.
 * @param where what its cookies have besides name and value; of the whole site if it names no URL.
 */
export async function layCookies(
  browser: ExtensionBrowser,
  session: Session,
  where: Partial<SetDetails> = {},
): Promise<void> {
  const values = {
    SESSDATA: session.sessdata,
    bili_jct: session.biliJct,
    DedeUserID: session.uid,
    DedeUserID__ckMd5: session.ckMd5,
  };
  const site = where.url
    ? { url: where.url }
    : { url: 'https://www.bilibili.com/', domain: '.bilibili.com' };
  for (const [name, value] of Object.entries(values)) {
    await setCookie(browser, { secure: true, ...site, ...where, name, value });
  }
}

/** What the extension remembers of log-outs, by store. */
export function readState(browser: ExtensionBrowser): Promise<Record<string, unknown>> {
  return browser.inExtension(() => chrome.storage.session.get(null), null);
}

/** The extension's alarms. */
export function alarmsOf(browser: ExtensionBrowser): Promise<chrome.alarms.Alarm[]> {
  return browser.inExtension(() => chrome.alarms.getAll(), null);
}

/** Lets the alarm of an unfinished log-out go off now, instead of in half a minute. */
export function bringAlarmForward(browser: ExtensionBrowser): Promise<void> {
  return browser.inExtension(async () => {
    const alarm = await chrome.alarms.get('watchdog');
    if (!alarm?.periodInMinutes) throw new Error('There is no such alarm.');
    const { periodInMinutes } = alarm;
    await chrome.alarms.create('watchdog', { when: Date.now(), periodInMinutes });
  }, null);
}

export function removeCookie(browser: ExtensionBrowser, name: string): Promise<unknown> {
  return browser.inExtension(
    (cookie) => chrome.cookies.remove({ url: 'https://www.bilibili.com/', name: cookie }),
    name,
  );
}

/** Lets a held request go on. */
export function gate(): { hold: Promise<void>; open: () => void } {
  let open = () => {};
  const hold = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { hold, open };
}

/** The same browser, whose own pages run these before anything else. */
export function withScripts(
  chromium: ChromiumBrowser,
  ...scripts: readonly (() => void)[]
): ChromiumBrowser {
  const openOwnPage = async (path: string) => {
    const page = await chromium.context.newPage();
    for (const script of scripts) await page.addInitScript(script);
    await page.goto(`chrome-extension://${chromium.extensionId}/${path}`);
    return page;
  };
  return { ...chromium, openOwnPage };
}

/**
 * Lets time pass in a page with a driven clock, in milliseconds.
 * @param isAsleep whether the page sleeps meanwhile, as in a suspended machine: what was to happen
 *   then happens late, when it wakes.
 */
export async function passTime(page: Page, milliseconds: number, isAsleep = false): Promise<void> {
  await page.evaluate((details) => Reflect.get(globalThis, 'passTime')(...details), [
    milliseconds,
    isAsleep,
  ] as const);
}

/** Runs in a page of ours: it is on the toolbar button, where the popup may begin something by itself. */
export function beOnButton(): void {
  const { browser = chrome } = globalThis as unknown as { browser?: typeof chrome };
  for (const { tabs } of [chrome, browser]) {
    Reflect.set(tabs, 'getCurrent', () => Promise.resolve(undefined));
  }
}

/**
 * Runs in a page: its clock stands until it is told to go on, see `passTime`. Short waits, by which a
 * page is drawn, go on by themselves. Playwright's own clock would stand in every page of the browser,
 * and in those of later tests too.
 */
export function driveClock(): void {
  const { setTimeout: wait, clearTimeout: stopWaiting } = window;
  const shortest = 100;
  let now = Date.now();
  let timers: { id: number; at: number; call: () => void }[] = [];
  let lastId = 1_000_000;
  Date.now = () => now;
  const setTimer = (call: () => void, milliseconds = 0) => {
    if (milliseconds < shortest) return wait(call, milliseconds);
    lastId += 1;
    timers.push({ id: lastId, at: now + milliseconds, call });
    return lastId;
  };
  const clearTimer = (id: number) => {
    timers = timers.filter((timer) => timer.id !== id);
    stopWaiting(id);
  };
  const passTime = (milliseconds: number, isAsleep: boolean) => {
    const end = now + milliseconds;
    if (isAsleep) now = end;
    for (;;) {
      const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      clearTimer(next.id);
      now = Math.max(now, next.at);
      next.call();
    }
    now = end;
  };
  Object.assign(window, { setTimeout: setTimer, clearTimeout: clearTimer, passTime });
}
