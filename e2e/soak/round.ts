import type { Page } from 'playwright';
import type { ChromiumBrowser } from '../browsers/chromium.ts';
import { heapOf, workerHeapOf } from '../browsers/heap.ts';
import { gate } from '../fixtures.ts';
import { openPopup, type Popup } from '../popup.ts';
import type { Fault, Route, Session, StandIn } from '../stand-in/index.ts';
import { type Bench, createBench, type JarCookie } from './bench.ts';
import {
  accountCookiesIn,
  type Evidence,
  isComplete,
  isUnremovable,
  judge,
  livingIn,
  restRule,
  type Told,
  type Violation,
} from './oracle.ts';
import {
  type Act,
  type Happening,
  type Plan,
  type PlannedSession,
  places,
  type Shape,
  strays,
} from './plan.ts';
import { exitReplies, navReplies } from './replies.ts';
import { createTurns } from './turns.ts';
import { createWorkerControl, type WorkerControl } from './worker.ts';

/** What came of a round. */
export interface Result {
  readonly violations: readonly Violation[];
  /** What was told, first after the faults, and then after each honest try to log out. */
  readonly told: readonly Told[];
  /** What was asked and answered, and what became of the account's cookies, one line each. */
  readonly exchanges: readonly string[];
  readonly cookies: readonly string[];
}

/** One browser, and all that its rounds share. */
export interface Soak {
  play(plan: Plan): Promise<Result>;
  /** The used heaps after garbage was collected, in bytes. */
  heaps(): Promise<{ worker: number; popup: number }>;
}

/** How often a person is expected to press until an honest server has ended everything. */
const patience = 3;

/** Cookies that are none of the extension's business; the two hosts only look like the site. */
const foreignCookies = ['notbilibili.com', 'bilibili.com.example', 'www.biligame.com'].flatMap(
  (domain) => [
    { name: 'SESSDATA', value: 'of-another-site', domain, path: '/' },
    { name: 'bili_jct', value: 'of-another-site', domain, path: '/' },
  ],
);
const bystanders = [
  { name: 'sessdata', value: 'in-small-letters', domain: '.bilibili.com', path: '/' },
  { name: 'bili_jct_old', value: 'another-name', domain: 'www.bilibili.com', path: '/' },
];

export async function createSoak(browser: ChromiumBrowser, standIn: StandIn): Promise<Soak> {
  const { context } = browser;
  const benchPage = await browser.openOwnPage('manifest.json');
  const bench = await createBench(benchPage);
  const worker = await createWorkerControl(browser, benchPage, bench.ping);
  const site = await browser.visit('https://passport.bilibili.com/login');
  const popups: SoakPopup[] = [];
  for (let count = 0; count < 3; count += 1) popups.push(createPopup(await openPopup(browser)));
  const [look, ...others] = popups as [SoakPopup, SoakPopup, SoakPopup];
  await Promise.all(popups.map((popup) => popup.close()));
  /** Waiting for what has not ended after a whole limit would end nothing. */
  let isAtRest = true;

  return {
    async play(plan) {
      await Promise.all(popups.map((popup) => popup.close()));
      standIn.reset();
      if (isAtRest) await bench.rest(0);
      await context.clearCookies();
      await bench.reset();
      await context.addCookies([...foreignCookies, ...bystanders]);
      const world = { browser, standIn, bench, worker, site, look, popups: others };
      const result = await playRound(world, plan);
      isAtRest = !result.violations.some(({ rule }) => rule === restRule);
      return result;
    },
    async heaps() {
      await look.open();
      await bench.rest(0);
      await bench.ping();
      const heaps = { worker: await workerHeapOf(browser), popup: await heapOf(look.page) };
      await look.close();
      return heaps;
    },
  };
}

/** A popup that is opened and closed again and again in one tab. */
interface SoakPopup extends Pick<Popup<Page>, 'page' | 'shown' | 'waitFor'> {
  readonly isOpen: boolean;
  /** Opens it anew, and waits until it shows what there is. */
  open(): Promise<void>;
  close(): Promise<void>;
}

function createPopup(popup: Popup<Page>): SoakPopup {
  const { page } = popup;
  const url = page.url();
  const inTurn = createTurns();
  let isOpen = true;
  return {
    ...popup,
    get isOpen() {
      return isOpen;
    },
    // Two who do so at once do it one after another.
    open: () =>
      inTurn(async () => {
        isOpen = true;
        await page.goto(url, { waitUntil: 'commit' });
        await page.evaluate(untilLoaded);
      }),
    close: () =>
      inTurn(async () => {
        // In the same process, which is quicker than a page of any other.
        if (isOpen) await page.goto(new URL('/manifest.json', url).href, { waitUntil: 'commit' });
        isOpen = false;
      }),
  };
}

/** Runs in the popup, and can use nothing from outside itself. */
function untilLoaded(): Promise<void> {
  const isLoaded = () => {
    const view = document.querySelector('main')?.dataset['view'];
    return view !== undefined && view !== 'loading';
  };
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!isLoaded()) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(document, { attributes: true, childList: true, subtree: true });
    if (isLoaded()) resolve();
  });
}

/** Runs in the popup: presses what logs out, if it is offered. */
function pressLogOut(): boolean {
  const names = ['log-out', 'retry'].map((name) => `button[data-action="${name}"]`);
  const button = document.querySelector<HTMLButtonElement>(names.join());
  button?.click();
  return button !== null;
}

interface World {
  readonly browser: ChromiumBrowser;
  readonly standIn: StandIn;
  readonly bench: Bench;
  readonly worker: WorkerControl;
  /** A page of the site, whose requests set cookies as the site does. */
  readonly site: Page;
  /** The popup that is opened when all is at rest. */
  readonly look: SoakPopup;
  /** Those that a person has open meanwhile. */
  readonly popups: readonly SoakPopup[];
}

async function playRound(world: World, plan: Plan): Promise<Result> {
  const { browser, standIn, bench, worker, site, look, popups } = world;
  const { context } = browser;
  const sessions: Session[] = [];
  /** What cookie values are called in a report. */
  const names = new Map<string, string>();
  const clearedByHand = new Set<string>();
  let localPressed = false;
  let foreign: string[] = [];
  const told: Told[] = [];
  const violations: Violation[] = [];

  /** Every cookie of the browser that no log-out may touch. */
  const readForeign = async () =>
    (await context.cookies())
      .filter(
        ({ name, domain }) =>
          !/^(SESSDATA|bili_jct|DedeUserID)(__ckMd5)?$/.test(name) ||
          !/(^|\.)bilibili\.com$/.test(domain),
      )
      .map(({ name, value, domain, path }) => `${name}=${value} of ${domain}${path}`);

  const accounts = { Ann: {}, Bob: {} } as Record<string, { uid?: string; uname?: string }>;
  const createSession = (account: string) => {
    const session = standIn.createSession(accounts[account]);
    accounts[account] = { uid: session.uid, uname: session.uname };
    sessions.push(session);
    const name = `${account} ${sessions.length}`;
    for (const value of [session.sessdata, session.biliJct, session.ckMd5]) names.set(value, name);
    return session;
  };
  // A log-in that lands while cookies are being cleared by hand would be cleared unnoted.
  const inTurn = createTurns();
  const logIn = (account: string) =>
    inTurn(async () => {
      const session = createSession(account);
      const path = `/stand-in/log-in?sessdata=${encodeURIComponent(session.sessdata)}`;
      await site.evaluate(async (address) => {
        await (await fetch(address)).text();
      }, path);
      foreign = await readForeign();
      return session;
    });

  const clearByHand = (values?: readonly string[]) =>
    inTurn(async () => {
      const { jar } = await bench.traces();
      for (const { value } of accountCookiesIn(jar)) {
        if (!values || values.includes(value)) clearedByHand.add(value);
      }
      await bench.remove(values);
    });

  const plant = async ({ place, alive, account, lacks }: PlannedSession) => {
    if (place === 'site') {
      const session = await logIn(account);
      session.alive = alive;
      const { biliJct: bili_jct, uid: DedeUserID, ckMd5: DedeUserID__ckMd5 } = session;
      if (lacks) await clearByHand([{ bili_jct, DedeUserID, DedeUserID__ckMd5 }[lacks]]);
      return;
    }
    const session = createSession(account);
    session.alive = alive;
    const cookies = {
      SESSDATA: session.sessdata,
      bili_jct: session.biliJct,
      DedeUserID: session.uid,
      DedeUserID__ckMd5: session.ckMd5,
    };
    const wanted = Object.entries(cookies).filter(([name]) => name !== lacks);
    await bench.set(wanted.map(([name, value]) => detailsOf(places[place], name, value)));
  };

  const plantStrays = async () => {
    for (const name of plan.strays) {
      const { cookies, ...shape }: Shape & { cookies: Record<string, string> } = strays[name];
      if (name === 'unremovable') {
        // No extension can set it either.
        const lines = Object.entries(cookies).map(
          ([key, value]) => `${key}=${value}; domain=${shape.domain}; path=${shape.path}; secure`,
        );
        await site.evaluate((all) => {
          // biome-ignore lint/suspicious/noDocumentCookie: the way of a page, which sets it for good.
          for (const line of all) document.cookie = line;
        }, lines);
      } else {
        await bench.set(
          Object.entries(cookies).map(([key, value]) => detailsOf(shape, key, value)),
        );
      }
    }
  };

  const isStopping = plan.meanwhile.some(({ what }) => what === 'the worker stops');
  const send = async (message: unknown): Promise<void> => {
    const ask = () => bench.send(message).catch(() => undefined);
    const isTaken = (answer: unknown) => (answer as { ok?: boolean } | undefined)?.ok === true;
    let answer = await ask();
    // A worker that is stopped answers nothing: a person is told so, and presses again.
    if (!isTaken(answer) && isStopping) answer = await ask();
    if (!isTaken(answer)) {
      throw new Error(`${JSON.stringify(message)} was answered ${JSON.stringify(answer)}`);
    }
  };
  const pressMessage = (mode: 'server' | 'local') => {
    if (mode === 'local') localPressed = true;
    return send({ type: 'log-out', storeId: '0', mode });
  };
  const comeIn = async (by: 'shortcut' | 'context-menu') => {
    await bench.ping();
    // A worker that is stopped under the call takes the event with it, where the browser itself
    // would hand a real key press to the next one.
    await browser.trigger(by).catch(async (error: Error) => {
      if (!isStopping) throw error;
      await bench.ping();
      await browser.trigger(by);
    });
  };
  /** Nobody uses the computer for a while. Resolves when the rules have looked at that. */
  const beIdle = async () => {
    for (const presence of ['idle', 'active'] as const) {
      await bench.ping();
      await browser.tellPresence(presence).catch(async (error: Error) => {
        if (!isStopping) throw error;
        await bench.ping();
        await browser.tellPresence(presence);
      });
      // One look comes after the other: when this has been looked at, the presence has been, too.
      await send({ type: 'call-off', storeId: 'none' });
    }
  };
  const pressPopup = async (popup: SoakPopup | undefined) => {
    return (popup?.isOpen && (await popup.page.evaluate(pressLogOut))) || false;
  };

  const press = async () => {
    switch (plan.entry) {
      case 'popup':
        if (!(await pressPopup(popups[0]))) await pressMessage('server');
        return;
      case 'two popups at once': {
        const pressed = await Promise.all(popups.map(pressPopup));
        if (!pressed.includes(true)) await pressMessage('server');
        return;
      }
      case 'message':
        return pressMessage('server');
      case 'everywhere':
        return send({ type: 'log-out-everywhere', storeIds: ['0'] });
      case 'only this browser':
        return pressMessage('local');
      case 'rule':
        return beIdle();
      default:
        return comeIn(plan.entry);
    }
  };

  const acts: Record<Act, () => Promise<unknown>> = {
    'the worker stops': async () => {
      await worker.stop();
      // Chromium starts it anew by itself only if it was at work: something wakes it.
      await bench.ping();
    },
    'another log-in': () => logIn('Ann'),
    'a log-in of somebody else': () => logIn('Bob'),
    'a log-in of somebody else, whose cookies go again': async () => {
      const { sessdata, biliJct, uid, ckMd5 } = await logIn('Bob');
      await clearByHand([sessdata, biliJct, uid, ckMd5]);
    },
    'cookies cleared by hand': () => clearByHand(),
    'the server ends the session': async () => {
      for (const session of sessions) session.alive = false;
    },
    'the popup closes': () => Promise.all(popups.map((popup) => popup.close())),
    'a popup opens': async () => popups.find(({ isOpen }) => !isOpen)?.open(),
    'press again': () => pressMessage('server'),
    shortcut: () => comeIn('shortcut'),
    rule: beIdle,
    'only this browser': () => pressMessage('local'),
  };

  /** What the popup says that is opened when all is at rest. */
  const lookAt = async (unrest: readonly string[]) => {
    const traces = await bench.traces();
    await look.open();
    const { view, outcome, revocation, actions } = await look.shown();
    const now: Told = {
      view,
      actions,
      ...(outcome && { outcome }),
      ...(revocation && { revocation }),
    };
    told.push(now);
    const evidence: Evidence = {
      ...traces,
      told: now,
      requests: standIn.requests,
      sessions,
      unrest,
      localPressed,
      clearedByHand,
      foreign: { before: foreign, after: await readForeign() },
    };
    violations.push(...judge(evidence));
    return evidence;
  };

  const nameOf = (session: Session) =>
    `${names.get(session.sessdata)} (${session.alive ? 'living' : 'dead'} in the end)`;

  // What there is before.
  for (const session of plan.sessions) await plant(session);
  await plantStrays();
  foreign = await readForeign();
  for (const popup of popups.slice(0, plan.popups)) await popup.open();
  // An open popup asks whose session it is: that comes before the faults.
  await bench.rest(0);

  // The log-out, and what comes in between.
  let isOver = () => {};
  const over = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  const faults = {
    exit: plan.exit.map((name): Fault => exitReplies[name]),
    nav: plan.nav.map((name): Fault => navReplies[name]),
  };
  const begin = ({ at, what }: Happening): (() => Promise<void>) | undefined => {
    if (at === 'ended') return undefined;
    if (typeof at === 'object') {
      return async () => {
        const isTime = await Promise.race([
          bench.untilWritten(at.writes).then(() => true),
          over.then(() => false),
        ]);
        if (isTime) await acts[what]();
      };
    }
    const { hold, open } = gate();
    const [first = {}, ...rest] = faults[at];
    faults[at] = [{ ...first, hold: Promise.allSettled([first.hold, hold]) }, ...rest];
    const count = standIn.requestsTo(at).length + 1;
    return async () => {
      const arrived = standIn.waitForRequests(at as Route, count).catch(() => undefined);
      const isThere = await Promise.race([arrived.then(() => true), over.then(() => false)]);
      if (isThere) await acts[what]();
      open();
    };
  };
  const tasks = plan.meanwhile.map(begin);
  standIn.script('exit', ...faults.exit);
  standIn.script('nav', ...faults.nav);
  const running = tasks.map((task) => task?.());
  // A rule begins nothing where nobody is logged in.
  const atLeast = plan.entry === 'rule' ? 0 : 1;
  await press();
  const finishing = bench.rest(atLeast);
  void finishing.then(isOver, isOver);
  const [stuck] = await Promise.all([finishing, ...running]);
  // What came in between may have begun anew.
  let unrest = stuck.length > 0 ? stuck : await bench.rest(atLeast);
  for (const { at, what } of plan.meanwhile) {
    if (at !== 'ended' || unrest.length > 0) continue;
    await acts[what]();
    unrest = await bench.rest(atLeast);
  }
  const first = await lookAt(unrest);
  for (const popup of popups.filter(({ isOpen }) => isOpen)) {
    const { view, outcome, revocation } = first.told;
    const wanted = { view, ...(outcome && { outcome }), ...(revocation && { revocation }) };
    await popup.waitFor(wanted).catch((error: Error) => {
      violations.push({ rule: 'all popups tell the same', detail: error.message });
    });
  }

  // With an honest server, a few presses end everything.
  standIn.unscript();
  if (unrest.length === 0 && accountCookiesIn(first.jar).length > 0) await mopUp(first);

  async function mopUp(before: Evidence): Promise<void> {
    const living = livingIn(before.jar, sessions);
    // A session without its token is no log-out's to end; "only this browser" is its way out.
    // So it is of cookies whose session has gone.
    const isLeftAlone = living.length === 0 && !before.told.actions.includes('retry');
    const isHopeless =
      (isLeftAlone && before.told.actions.includes('remove-local')) ||
      living.some((session) => !isComplete(before.jar, session));
    const isLeft = (cookie: JarCookie) => !isUnremovable(cookie);
    let now = before;
    const isNeeded = () => accountCookiesIn(now.jar).some(isLeft);
    const tries = isHopeless ? 1 : patience;
    for (let count = 0; count < tries && isNeeded(); count += 1) {
      await bench.rest(0);
      const writes = await bench.writes();
      if (!(await pressPopup(look))) break;
      now = await lookAt(await bench.rest(writes + 1));
    }
    const deadEnd = (detail: string) => violations.push({ rule: 'there is no dead end', detail });
    const left = () =>
      JSON.stringify(accountCookiesIn(now.jar).map(({ name, path }) => name + path));
    const words = () => `${now.told.view} ${now.told.outcome ?? ''}`;
    if (isHopeless) {
      if (!isNeeded()) return;
      await pressMessage('local');
      now = await lookAt(await bench.rest(0));
      if (isNeeded()) deadEnd(`“only this browser” leaves ${left()}: ${words()}`);
      return;
    }
    if (isNeeded()) deadEnd(`an honest server, ${tries} tries, and still ${words()}: ${left()}`);
    for (const { uid } of living.filter(({ alive }) => alive)) {
      deadEnd(`an honest server, and ${uid} still lives: ${words()}`);
    }
    const hasUnremovable = accountCookiesIn(now.jar).length > 0;
    if (!isNeeded() && hasUnremovable && now.told.view !== 'failed') {
      deadEnd(`a cookie that cannot be removed is told as ${words()}`);
    }
  }

  return {
    violations: distinct(violations),
    told,
    exchanges: standIn.requests
      .filter(({ route }) => route === 'exit' || route === 'nav')
      .map(({ route, session, reply }) => {
        const whose = session ? nameOf(session) : 'nobody';
        const what = reply
          ? `${reply.status} ${reply.body.trim().replace(/\s+/g, ' ').slice(0, 50)}`
          : 'no reply';
        return `${route} of ${whose}: ${what}${reply?.isWhole === false ? ' (cut)' : ''}`;
      }),
    cookies: (await bench.traces()).log.map((entry) => {
      if (entry.kind === 'ended') return 'the log-out has its outcome';
      const { name, value, domain, path, partition = '' } = entry.cookie;
      const sign = entry.removed ? '-' : '+';
      const why = entry.removed ? `, ${entry.cause}` : '';
      return `${sign} ${name} of ${names.get(value) ?? '?'} at ${domain}${path} ${partition}${why}`;
    }),
  };
}

function detailsOf(shape: Shape, name: string, value: string): chrome.cookies.SetDetails {
  const { host, domain, path, topLevelSite } = shape;
  return {
    url: `https://${host}${path}`,
    name,
    value,
    path,
    secure: true,
    ...(domain && { domain }),
    ...(topLevelSite && { sameSite: 'no_restriction', partitionKey: { topLevelSite } }),
  };
}

function distinct(violations: readonly Violation[]): Violation[] {
  return [...new Map(violations.map((each) => [`${each.rule}${each.detail}`, each])).values()];
}
