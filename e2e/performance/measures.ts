import type { Page, Worker } from 'playwright';
import { type ChromiumBrowser, extensionIdOf } from '../browsers/chromium.ts';
import { clickInto, type Display } from '../browsers/display.ts';
import { heapOf, workerHeapOf } from '../browsers/heap.ts';
import { logIn, logInUrl } from '../fixtures.ts';
import { openPopup, type Popup } from '../popup.ts';
import type { StandIn } from '../stand-in/index.ts';
import type { Link } from './link.ts';

// Each measure is taken in turns with its floor, so that a busy moment of the machine meets both.

/** What is measured in: one browser, and the way from it to the stand-in. */
export interface Place {
  readonly browser: ChromiumBrowser;
  readonly standIn: StandIn;
  readonly link: Link;
  /** The folder of the extension that does nothing but what is the floor. */
  readonly floors: string;
}

/** What was measured, once for each turn. */
interface Measured<T> {
  readonly ours: T[];
  readonly floor: T[];
}
/** Times in milliseconds. */
export type Times = Measured<number>;

/** The middle one. */
export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function inTurns<T>(
  turns: number,
  ours: () => Promise<T>,
  floor: () => Promise<T>,
): Promise<Measured<T>> {
  const times: Measured<T> = { ours: [], floor: [] };
  // The first turn of each warms up what a browser loads once.
  for (let turn = -1; turn < turns; turn += 1) {
    const [own, least] = [await ours(), await floor()];
    if (turn < 0) continue;
    times.ours.push(own);
    times.floor.push(least);
  }
  return times;
}

/** The extension's worker, awake. */
async function wokenWorker({
  context,
  extensionId,
  inExtension,
}: ChromiumBrowser): Promise<Worker> {
  const isOurs = (worker: Worker) => new URL(worker.url()).host === extensionId;
  await inExtension(() => chrome.runtime.sendMessage('wake'), null);
  return context.serviceWorkers().findLast(isOurs) ?? context.waitForEvent('serviceworker', isOurs);
}

/** The rule that the endpoint needs, put there once: the floor is the request and nothing else. */
async function layRule({ inExtension }: ChromiumBrowser): Promise<() => Promise<void>> {
  const id = 1_000_001;
  await inExtension(async (ruleId) => {
    const set = (header: string, value: string) => ({ header, operation: 'set', value }) as const;
    await chrome.declarativeNetRequest.updateSessionRules({
      removeRuleIds: [ruleId],
      addRules: [
        {
          id: ruleId,
          condition: { urlFilter: '|https://passport.bilibili.com/login/exit/v2?floor|' },
          action: {
            type: 'modifyHeaders',
            requestHeaders: [
              set('origin', 'https://www.bilibili.com'),
              set('referer', 'https://www.bilibili.com/'),
            ],
          },
        } as chrome.declarativeNetRequest.Rule,
      ],
    });
  }, id);
  return () =>
    inExtension(
      (ruleId) => chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: [ruleId] }),
      id,
    );
}

/** When what happened of a log-out: milliseconds since 1970, to a fraction. */
interface Moments {
  readonly began: number;
  /** The request arrived at the stand-in, which answers at once. */
  readonly asked: number;
  /** The reply was read; of ours, the outcome was stored, and the page told of it. */
  readonly told: number;
  /** The outcome is on the page. */
  readonly drawn: number;
}

/** How long log-outs took, from one moment to another. */
function between(
  { ours, floor }: Measured<Moments>,
  from: keyof Moments = 'began',
  to: keyof Moments = 'drawn',
): Times {
  const took = (moments: Moments) => moments[to] - moments[from];
  return { ours: ours.map(took), floor: floor.map(took) };
}

/** When the last request for a log-out arrived, by the same clock. */
function lastAsked({ standIn }: Place): number {
  return performance.timeOrigin + (standIn.requestsTo('exit').at(-1)?.at ?? Number.NaN);
}

/** Logs a new session out by a bare `fetch` of the worker: until its reply was read. */
async function bareFetch(place: Place): Promise<Moments> {
  const { browser, standIn } = place;
  const session = await logIn(browser, standIn);
  const worker = await wokenWorker(browser);
  const { began, told, code } = await worker.evaluate(async (token) => {
    const start = performance.timeOrigin + performance.now();
    const response = await fetch('https://passport.bilibili.com/login/exit/v2?floor', {
      method: 'POST',
      credentials: 'include',
      body: new URLSearchParams({ biliCSRF: token }),
    });
    const { code } = await response.json();
    return { began: start, told: performance.timeOrigin + performance.now(), code };
  }, session.biliJct);
  if (code !== 0 || session.alive) throw new Error(`The bare request was refused: ${code}`);
  return { began, asked: lastAsked(place), told, drawn: told };
}

/** Presses the button in an open popup, and follows it until the outcome is on the page. */
function clickToOutcome({ page }: Popup<Page>): Promise<Omit<Moments, 'asked'>> {
  return page.evaluate(
    () =>
      new Promise<Omit<Moments, 'asked'>>((resolve, reject) => {
        const now = () => performance.timeOrigin + performance.now();
        let told = Number.NaN;
        chrome.storage.session.onChanged.addListener((changes) => {
          for (const { newValue } of Object.values(changes)) {
            const record = newValue as { state?: { phase?: string } } | undefined;
            if (record?.state?.phase === 'ended' && Number.isNaN(told)) told = now();
          }
        });
        const outcome = () => document.querySelector('main')?.dataset['outcome'];
        const observer = new MutationObserver(() => {
          if (outcome() === undefined) return;
          observer.disconnect();
          if (outcome() === 'logged-out') resolve({ began, told, drawn: now() });
          else reject(new Error(`It ended as ${outcome()}.`));
        });
        observer.observe(document, { attributes: true, childList: true, subtree: true });
        const button = document.querySelector<HTMLButtonElement>('[data-action="log-out"]');
        const began = now();
        button?.click();
      }),
  );
}

/** Logs in, opens the popup, and waits until it has told whose session it is, and come to rest. */
async function logOutByClick(place: Place): Promise<Moments> {
  const { browser, standIn, link } = place;
  const session = await logIn(browser, standIn);
  if (link.roundTrip > 0) link.cut();
  const popup = await openPopup(browser);
  await popup.waitFor({ view: 'logged-in' });
  await popup.waitForText(session.uname);
  const moments = await clickToOutcome(popup);
  const asked = lastAsked(place);
  await popup.waitFor({ revocation: 'proven' });
  await popup.close();
  return { ...moments, asked };
}

/** Click → outcome, over a bare fetch; and each part of it. */
export async function measureClick(
  place: Place,
  turns: number,
): Promise<{ readonly whole: Times; readonly parts: ReadonlyMap<string, Times> }> {
  const lift = await layRule(place.browser);
  const moments = await inTurns(
    turns,
    () => logOutByClick(place),
    () => bareFetch(place),
  );
  await lift();
  return {
    whole: between(moments),
    parts: new Map([
      ['click → request at the server', between(moments, 'began', 'asked')],
      ['request → outcome stored', between(moments, 'asked', 'told')],
      ['outcome stored → drawn', between(moments, 'told', 'drawn')],
    ]),
  };
}

/** The same on a long way: the connection is cold when the popup opens, and warm for the floor. */
export async function measureLongWay(
  place: Place,
  turns: number,
  roundTrip: number,
): Promise<Times> {
  const { link, browser } = place;
  const lift = await layRule(browser);
  link.roundTrip = roundTrip;
  try {
    const moments = await inTurns(
      turns,
      () => logOutByClick(place),
      async () => {
        // The first one opens the connection.
        await bareFetch(place);
        return bareFetch(place);
      },
    );
    return between(moments);
  } finally {
    link.roundTrip = 0;
    link.cut();
    await lift();
  }
}

/** Opens a page in a new tab: when it was first painted, and when its log-out button was there. */
async function opening({ context }: ChromiumBrowser, url: string) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    Reflect.set(
      globalThis,
      'ready',
      new Promise<number>((resolve) => {
        const look = () => {
          if (!document.querySelector('[data-action="log-out"]:enabled')) return;
          observer.disconnect();
          resolve(performance.now());
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { attributes: true, childList: true, subtree: true });
      }),
    );
    Reflect.set(
      globalThis,
      'painted',
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const [first] = list.getEntriesByName('first-contentful-paint');
          if (first) resolve(first.startTime);
        }).observe({ type: 'paint', buffered: true });
      }),
    );
  });
  await page.goto(url);
  const painted = await page.evaluate(() => Reflect.get(globalThis, 'painted') as Promise<number>);
  return {
    painted,
    ready: () => page.evaluate(() => Reflect.get(globalThis, 'ready') as Promise<number>),
    close: () => page.close(),
  };
}

/** The popup's first paint against that of a static page; and when its button works. */
export async function measureOpening(
  place: Place,
  turns: number,
): Promise<Times & { readonly ready: number[] }> {
  const { browser, standIn, floors } = place;
  await logIn(browser, standIn);
  const ready: number[] = [];
  const times = await inTurns(
    turns,
    async () => {
      const popup = `chrome-extension://${browser.extensionId}/src/popup/index.html`;
      const opened = await opening(browser, popup);
      ready.push(await opened.ready());
      await opened.close();
      return opened.painted;
    },
    () => paintOf(browser, `chrome-extension://${extensionIdOf(floors)}/button.html`),
  );
  // The first turn warms up.
  return { ...times, ready: ready.slice(1) };
}

/** When a page was first painted. */
export async function paintOf(browser: ChromiumBrowser, url: string): Promise<number> {
  const opened = await opening(browser, url);
  await opened.close();
  return opened.painted;
}

/**
 * A log-out among many cookies of the site, or many open tabs of it, against one without; and the
 * same of a bare `fetch`, which tells how much of it is the browser's own.
 */
export async function measureCrowd(
  place: Place,
  turns: number,
  crowd: 'cookies' | 'tabs',
): Promise<{ readonly logOut: Times; readonly bare: Times }> {
  const { browser } = place;
  const lift = await layRule(browser);
  const amid = (act: (at: Place) => Promise<Moments>) => async () => {
    const leave = crowd === 'cookies' ? await addCookies(browser) : await openTabs(browser);
    const took = await act(place);
    await leave();
    return took;
  };
  const against = async (act: (at: Place) => Promise<Moments>) =>
    between(await inTurns(turns, amid(act), () => act(place)));
  const logOut = await against(logOutByClick);
  const bare = await against(bareFetch);
  await lift();
  return { logOut, bare };
}

async function addCookies({ context }: ChromiumBrowser): Promise<() => Promise<void>> {
  await context.addCookies(
    Array.from({ length: 180 }, (_, index) => ({
      name: `cookie_${index}`,
      value: 'x'.repeat(40),
      domain: index % 2 ? '.bilibili.com' : `host-${index % 20}.bilibili.com`,
      path: '/',
    })),
  );
  return () => context.clearCookies({ name: /^cookie_/ });
}

async function openTabs({ context }: ChromiumBrowser): Promise<() => Promise<void>> {
  const tabs: Page[] = [];
  for (let count = 0; count < 60; count += 1) {
    const tab = await context.newPage();
    await tab.goto('https://www.bilibili.com/');
    tabs.push(tab);
  }
  return async () => {
    for (const tab of tabs) await tab.close();
  };
}

/** A real key press until the request is at the stand-in, all workers asleep before it. */
export async function measureKey(place: Place, display: Display, turns: number): Promise<Times> {
  const { browser, standIn } = place;
  const page = await browser.visit('https://www.bilibili.com/');
  const press = async (keys: string) => {
    await logIn(browser, standIn);
    await page.bringToFront();
    await clickInto(page, display, 'left');
    await wokenWorker(browser);
    await browser.stopWorker();
    const before = standIn.requestsTo('exit').length;
    const arrived = standIn.waitForRequests('exit', before + 1);
    const start = performance.now();
    await display.press(keys);
    const request = (await arrived).at(-1);
    return (request?.at ?? Number.NaN) - start;
  };
  return inTurns(
    turns,
    async () => {
      const took = await press('alt+shift+l');
      // What comes after it must not be in the way of the next one.
      await browser.inExtension(untilProven, null);
      return took;
    },
    () => press('alt+shift+k'),
  );
}

/** Used heaps, in bytes. */
export interface Heaps {
  readonly worker: number;
  /** Of one popup that is open all the time. */
  readonly popup: number;
}

/**
 * Logs in and out again and again.
 * @param times how often; weighed then, and half-way: the first few hundred warm up what a browser
 *   learns of a script.
 */
export async function measureMemory(
  { browser, standIn }: Place,
  times: number,
): Promise<{ readonly first: Heaps; readonly last: Heaps }> {
  const site = await browser.visit('https://passport.bilibili.com/login');
  const popup = await openPopup(browser);
  const weigh = async (): Promise<Heaps> => {
    await wokenWorker(browser);
    return { worker: await workerHeapOf(browser), popup: await heapOf(popup.page) };
  };
  let first: Heaps | undefined;
  for (let count = 1; count <= times; count += 1) {
    const session = standIn.createSession();
    await site.evaluate(async (address) => (await fetch(address)).text(), logInUrl(session));
    await popup.waitFor({ view: 'logged-in' });
    await popup.press('log-out');
    await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    if (count === Math.ceil(times / 2)) first = await weigh();
  }
  const last = await weigh();
  await Promise.all([popup.close(), site.close()]);
  return { first: first ?? last, last };
}

/** Runs in a page of the extension: resolves when its log-out has its proof, or has ended otherwise. */
async function untilProven(): Promise<void> {
  const isProven = async () => {
    const records = JSON.stringify(await chrome.storage.session.get(null));
    return /"phase":"ended"/.test(records) && !/"revocation":"asking"/.test(records);
  };
  await new Promise<void>((resolve) => {
    const look = async () => {
      if (!(await isProven())) return;
      chrome.storage.session.onChanged.removeListener(look);
      resolve();
    };
    chrome.storage.session.onChanged.addListener(look);
    void look();
  });
}
