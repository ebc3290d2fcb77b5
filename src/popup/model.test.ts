import { createHash } from 'node:crypto';
import { effect } from '@preact/signals-core';
import { describe, expect, it, vi } from 'vitest';
import { type AccountCookieName, accountCookieNames, type Cookie } from '../core/cookie.ts';
import { fatesOf, type Outcome } from '../core/outcome.ts';
import {
  begun,
  type LogOutRecord,
  withFollowUp,
  withOutcome,
  withRevocation,
  withSeen,
} from '../core/record.ts';
import type { RulesState } from '../core/rules.ts';
import type { CookieStore } from '../core/store.ts';
import { cookie, logIn, valuesOf } from '../core/testing/cookies.ts';
import { createClient, type Request } from '../protocol/messages.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { createPopupModel, type PopupParts } from './model.ts';

const printOf = (salt: string, value: string) =>
  createHash('sha256').update(`${salt} ${value}`).digest('hex');
/** The fingerprint of a log-in, as the record `i` knows it. */
const print = (letter: string) => printOf('i', valuesOf(letter).SESSDATA);
const own: CookieStore = { id: '0', kind: 'default' };
const work: CookieStore = { id: 'work', kind: 'container', name: '1' };
const home: CookieStore = { id: 'home', kind: 'container', name: '2' };

const names: readonly AccountCookieName[] = accountCookieNames;
const good: Outcome = { kind: 'logged-out', cookies: fatesOf(names, [], []) };
const bad: Outcome = {
  kind: 'timeout',
  cookies: fatesOf(names, names, names),
  othersEnded: false,
};

const remains: Outcome = {
  ...{ kind: 'cookies-remain', reason: 'not-removable', sessionEnded: true },
  cookies: fatesOf(names, names, names),
} as const;

const startedIn = (storeId: string, id = 'i') =>
  begun({
    ...{ id, storeId, trigger: 'popup', mode: 'server', startedAt: 0 },
    ...{ sessions: [print('A')], found: [...names] },
  });
/** An end; of a failure, the session A is kept. */
const endedIn = (
  storeId: string,
  outcome: Outcome = good,
  {
    isProving = false,
    id = 'i',
    kept = outcome === bad ? [print('A')] : [],
    dead = [] as string[],
  } = {},
) =>
  withOutcome(startedIn(storeId, id), {
    ...{ outcome, endedAt: 1, isProving, tasks: [], kept, dead },
  });
const loggedInAs = (uid: string) => ({ name: 'logged-in', uid });
const internalError = {
  name: 'failed',
  outcome: { kind: 'unexpected-reply', reason: 'internal-error', detail: {} },
  endedAt: undefined,
};

interface SetUp {
  readonly stores?: readonly CookieStore[];
  readonly cookies?: Readonly<Record<string, readonly Cookie[]>>;
  readonly records?: readonly LogOutRecord[];
  readonly hasAccess?: boolean;
  readonly tabs?: readonly number[];
  /** What the worker answers; without it, that all is well. */
  readonly answer?: (request: Request) => unknown;
  readonly parts?: Partial<PopupParts>;
  /** Without them, all at their defaults, but for a click that asks first. */
  readonly settings?: Partial<Settings>;
  readonly rules?: Pick<RulesState, 'due' | 'done'>;
  /** What cannot be read the first time. */
  readonly broken?: 'listStores' | 'hasAccess' | 'listCookies' | 'readRecords';
}

const values: Record<Request['type'], unknown> = {
  'log-out': null,
  'log-out-everywhere': null,
  'get-profile': { liveness: 'alive', profile: { name: 'Some' } },
  'mark-seen': false,
  'call-off': null,
  'mark-told': null,
};
const allIsWell = (request: Request) => ({
  ok: true,
  value: values[request.type],
});

/** A browser whose facts can be changed, and a worker that answers what it is asked. */
function setUp(options: SetUp = {}) {
  const browser = {
    stores: [...(options.stores ?? [own])],
    cookies: new Map<string, readonly Cookie[]>(Object.entries(options.cookies ?? {})),
    records: new Map((options.records ?? []).map((record) => [record.storeId, record])),
    hasAccess: options.hasAccess ?? true,
    tabs: options.tabs ?? [],
    reloaded: undefined as string | undefined,
    rules: options.rules ?? { due: [], done: [] },
  };
  const { answer = allIsWell } = options;
  const listeners: (() => void)[] = [];
  const hide: (() => void)[] = [];
  const ruleListeners: (() => void)[] = [];
  const writers: ((storeId: string, record: LogOutRecord | undefined) => void)[] = [];
  const clock = { now: 1_000_000 };
  const timers: { readonly at: number; readonly callback: () => void }[] = [];
  /** Lets time pass; the timers go off so late. */
  const pass = (milliseconds: number, late = 0) => {
    const until = clock.now + milliseconds;
    for (;;) {
      const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      timers.splice(timers.indexOf(next), 1);
      clock.now = next.at + late;
      next.callback();
    }
    clock.now = Math.max(clock.now, until);
  };
  const send = vi.fn(async (message: unknown) => answer(message as Request));
  const stopWatching = vi.fn();
  const parts = {
    ownStoreId: vi.fn(async () => '0'),
    listStores: vi.fn(async () => [...browser.stores]),
    storeOf: (id: string): CookieStore =>
      [own, work, home].find((store) => store.id === id) ?? { id, kind: 'container', name: id },
    ask: createClient(send),
    hasAccess: vi.fn(async () => browser.hasAccess),
    requestAccess: vi.fn(async () => {
      browser.hasAccess = true;
      return true;
    }),
    listCookies: vi.fn(async (storeId: string) => [...(browser.cookies.get(storeId) ?? [])]),
    readRecords: vi.fn(async () => [...browser.records.values()]),
    fingerprint: async (salt: string, value: string) => printOf(salt, value),
    onChange: (listener: () => void) => listeners.push(listener),
    onRecordChanged: (listener: (storeId: string, record: LogOutRecord | undefined) => void) => {
      writers.push(listener);
      listeners.push(() => {
        for (const record of browser.records.values()) listener(record.storeId, record);
      });
    },
    watchWorker: vi.fn(() => stopWatching),
    siteTabIds: vi.fn(async (_storeId: string) => [...browser.tabs]),
    reloadTabs: vi.fn(async (_ids: readonly number[]) => {}),
    readReloaded: vi.fn(async () => browser.reloaded),
    noteReloaded: vi.fn(async (id: string) => {
      browser.reloaded = id;
    }),
    openOptions: vi.fn(async () => {}),
    readSettings: vi.fn(async () => ({
      ...{ ...defaultSettings, toolbarClick: 'ask' as const },
      ...options.settings,
    })),
    readRules: vi.fn(async () => ({ ...browser.rules })),
    onRulesChanged: (listener: () => void) => {
      ruleListeners.push(listener);
    },
    isFirstOffer: vi.fn(async () => true),
    isOpenedByPerson: async () => true,
    onHidden: (listener: () => void) => {
      hide.push(listener);
    },
    now: () => clock.now,
    after: (milliseconds: number, callback: () => void) => {
      timers.push({ at: clock.now + milliseconds, callback });
    },
  };
  if (options.broken) parts[options.broken].mockImplementationOnce(fails);
  const model = createPopupModel({ ...parts, ...options.parts });
  const change = () => {
    for (const listener of listeners) listener();
  };
  const requests = (type: Request['type']) =>
    send.mock.calls.map(([message]) => message as Request).filter((one) => one.type === type);
  /** The worker stores a record, or takes it away; the pages are told of nothing else. */
  const write = (storeId: string, record: LogOutRecord | undefined) => {
    if (record) browser.records.set(storeId, record);
    else browser.records.delete(storeId);
    for (const tell of writers) tell(storeId, record);
  };
  const hidden = () => {
    for (const listener of hide) listener();
  };
  const changeRules = (rules: Pick<RulesState, 'due' | 'done'>) => {
    browser.rules = rules;
    for (const tell of ruleListeners) tell();
  };
  return {
    model,
    browser,
    parts,
    requests,
    stopWatching,
    change,
    changeRules,
    pass,
    hidden,
    write,
  };
}

/** Long enough for everything that waits for nothing outside. */
async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

async function fails(): Promise<never> {
  throw new Error('broken');
}

const loggedIn = { '0': logIn('A') };

describe('the facts', () => {
  it.each(['listStores', 'hasAccess', 'listCookies', 'readRecords', 'ownStoreId'] as const)(
    'are shown when all are there, and not before: %s',
    async (slow) => {
      const { opened, open } = gate();
      const answers = {
        listStores: [own],
        hasAccess: true,
        listCookies: logIn('A'),
        readRecords: [],
        ownStoreId: '0',
      };
      const { model } = setUp({
        cookies: loggedIn,
        parts: { [slow]: () => opened.then(() => answers[slow]) },
      });
      await settle();
      expect(model.state.value.view).toEqual({ name: 'loading' });
      expect(model.state.value.store).toBeUndefined();
      open();
      await settle();
      expect(model.state.value.view).toMatchObject(loggedInAs('uid-A'));
      expect(model.state.value.store).toEqual(own);
    },
  );

  it('change together', async () => {
    const { model, browser, change } = setUp({ cookies: loggedIn });
    const shown: string[] = [];
    effect(() => {
      shown.push(model.state.value.view.name);
    });
    await settle();
    browser.cookies.set('0', []);
    browser.records.set('0', endedIn('0'));
    change();
    await settle();
    expect([...new Set(shown)]).toEqual(['loading', 'logged-in', 'finished']);
  });

  it.each<[string, SetUp, object]>([
    ['nothing', {}, { name: 'logged-out', hasLeftovers: false }],
    [
      'leftovers',
      { cookies: { '0': [cookie('bili_jct', '1')] } },
      { name: 'logged-out', hasLeftovers: true },
    ],
    [
      'cookies of others',
      { cookies: { '0': [cookie('bili_jct', '1', { domain: '.evil.test' })] } },
      { name: 'logged-out', hasLeftovers: false },
    ],
    ['a session', { cookies: loggedIn }, loggedInAs('uid-A')],
    ['no access', { cookies: loggedIn, hasAccess: false }, { name: 'no-access' }],
    ['a log-out', { cookies: loggedIn, records: [startedIn('0')] }, { name: 'working' }],
    ['a good end', { records: [endedIn('0')] }, { name: 'finished' }],
    [
      'a failure, its session there',
      { cookies: loggedIn, records: [endedIn('0', bad)] },
      { name: 'failed', outcome: bad },
    ],
    [
      'a failure, another session there',
      { cookies: { '0': logIn('B') }, records: [endedIn('0', bad)] },
      loggedInAs('uid-B'),
    ],
    ['the session of another store', { cookies: { work: logIn('A') } }, { name: 'logged-out' }],
    ['the log-out of another store', { records: [startedIn('work')] }, { name: 'logged-out' }],
  ])('are those of the own store: %s', async (_, options, view) => {
    const { model } = setUp({ stores: [own, work], ...options });
    await settle();
    expect(model.state.value.view).toMatchObject(view);
  });

  it('are of the store of the tab, also where it is not among those listed', async () => {
    const { model, parts } = setUp({ parts: { ownStoreId: async () => 'new' } });
    await settle();
    expect(model.state.value.store).toMatchObject({ id: 'new', kind: 'container' });
    expect(parts.listCookies.mock.calls).toEqual([['new'], ['0']]);
  });

  it('are read again after each change, the last one included', async () => {
    const { model, browser, change } = setUp();
    await settle();
    for (const letter of ['A', 'B', 'C']) {
      browser.cookies.set('0', logIn(letter));
      change();
    }
    await settle();
    expect(model.state.value.view).toMatchObject(loggedInAs('uid-C'));
  });

  it('are read once for many changes, and never twice at once', async () => {
    const { opened, open } = gate();
    let reading = 0;
    const most: number[] = [];
    const { model, browser, parts, change } = setUp();
    parts.listStores.mockImplementation(async () => {
      reading += 1;
      most.push(reading);
      await opened;
      reading -= 1;
      return [own];
    });
    await settle();
    change();
    await settle();
    for (let i = 0; i < 10; i += 1) change();
    browser.cookies.set('0', logIn('B'));
    change();
    open();
    await settle();
    expect(most).toEqual([1, 1]);
    expect(model.state.value.view).toMatchObject(loggedInAs('uid-B'));
  });

  it.each(['listStores', 'hasAccess', 'listCookies', 'readRecords'] as const)(
    'that cannot be read once are read the next time: %s',
    async (part) => {
      const { model, parts, browser, change } = setUp({ cookies: loggedIn });
      await settle();
      browser.cookies.set('0', logIn('B'));
      parts[part].mockImplementationOnce(fails);
      change();
      await settle();
      expect(model.state.value.view).toMatchObject(loggedInAs('uid-A'));
      change();
      await settle();
      expect(model.state.value.view).toMatchObject(loggedInAs('uid-B'));
    },
  );
});

describe('who is logged in is asked', () => {
  it('once for each session id, by its fingerprint', async () => {
    const { model, browser, requests, change } = setUp({ cookies: loggedIn });
    await settle();
    for (let i = 0; i < 3; i += 1) {
      change();
      await settle();
    }
    const session = printOf('0', valuesOf('A').SESSDATA);
    expect(requests('get-profile')).toEqual([{ type: 'get-profile', storeId: '0', session }]);
    const account = { liveness: 'alive', profile: { name: 'Some' } };
    expect(model.state.value.view).toMatchObject({ ...loggedInAs('uid-A'), account });
    browser.cookies.set('0', logIn('B'));
    change();
    await settle();
    expect(requests('get-profile')).toHaveLength(2);
  });

  it('and shown as unclear until the answer is there', async () => {
    const { opened, open } = gate();
    const { model } = setUp({
      cookies: loggedIn,
      answer: (request) => opened.then(() => allIsWell(request)),
    });
    await settle();
    expect(model.state.value.view).toMatchObject({ account: { liveness: 'unclear' } });
    open();
    await settle();
    expect(model.state.value.view).toMatchObject({ account: { liveness: 'alive' } });
  });

  it('and not asked again where nobody knows', async () => {
    const { model, requests, change } = setUp({
      cookies: loggedIn,
      answer: () => ({ ok: false, refusal: 'failed' }),
    });
    await settle();
    change();
    await settle();
    expect(requests('get-profile')).toHaveLength(1);
    expect(model.state.value.view).toMatchObject({ account: { liveness: 'unclear' } });
  });

  it('and a dead one in front hides nobody: the one behind it is shown', async () => {
    const { model, requests } = setUp({
      cookies: { '0': [cookie('SESSDATA', 'stale', { path: '/login' }), ...logIn('A')] },
      answer: (request) =>
        request.type === 'get-profile' && request.session === printOf('0', 'stale')
          ? { ok: true, value: { liveness: 'dead' } }
          : allIsWell(request),
    });
    await settle();
    const account = { liveness: 'alive', profile: { name: 'Some' } };
    expect(model.state.value.view).toMatchObject({ ...loggedInAs('uid-A'), account });
    expect(requests('get-profile')).toHaveLength(2);
  });

  it('and a page that keeps setting another one keeps nobody busy', async () => {
    const { browser, requests, change } = setUp({ cookies: loggedIn });
    for (let count = 0; count < 40; count += 1) {
      browser.cookies.set('0', [cookie('SESSDATA', `x${count}`)]);
      change();
      await settle();
    }
    expect(requests('get-profile')).toHaveLength(10);
  });

  it('and an answer about an earlier one is dropped', async () => {
    const first = gate();
    let count = 0;
    const { model, browser, change } = setUp({
      cookies: loggedIn,
      answer: async (request) => {
        if (request.type !== 'get-profile') return allIsWell(request);
        count += 1;
        const name = `answer ${count}`;
        if (count === 1) await first.opened;
        return { ok: true, value: { liveness: 'alive', profile: { name } } };
      },
    });
    await settle();
    browser.cookies.set('0', logIn('B'));
    change();
    await settle();
    first.open();
    await settle();
    const account = { profile: { name: 'answer 2' } };
    expect(model.state.value.view).toMatchObject({ ...loggedInAs('uid-B'), account });
  });

  it.each<[string, SetUp]>([
    ['nobody is', {}],
    ['without access', { cookies: loggedIn, hasAccess: false }],
    ['during a log-out', { cookies: loggedIn, records: [startedIn('0')] }],
  ])('not where %s', async (_, options) => {
    const { requests } = setUp(options);
    await settle();
    expect(requests('get-profile')).toEqual([]);
  });
});

describe('a log-out', () => {
  it.each(['server', 'local'] as const)('is asked for in the own store: %s', async (mode) => {
    const { model, requests } = setUp({
      cookies: loggedIn,
      parts: { ownStoreId: async () => '7' },
    });
    await model.logOut(mode);
    expect(requests('log-out')).toEqual([{ type: 'log-out', storeId: '7', mode }]);
  });

  it('can be asked for before anything is known', async () => {
    const { model, requests } = setUp({ parts: { listStores: () => new Promise(() => {}) } });
    await model.logOut('server');
    expect(requests('log-out')).toHaveLength(1);
  });

  const refusals = {
    refused: { ok: false, refusal: 'failed' },
    'not understood': { ok: false, refusal: 'not-understood' },
    'not answered': undefined,
  };
  it.each(Object.entries(refusals))('that the worker has %s is a fault', async (_, response) => {
    const { model, change } = setUp({ cookies: loggedIn, answer: () => response });
    await settle();
    expect(model.state.value.view).toMatchObject(loggedInAs('uid-A'));
    await model.logOut('server');
    expect(model.state.value.view).toMatchObject(internalError);
    change();
    await settle();
    expect(model.state.value.view).toMatchObject(internalError);
  });

  it.each<[string, LogOutRecord | undefined, object]>([
    ['has no record', undefined, internalError],
    ['has an old end', endedIn('0', bad), internalError],
    ['has an old good end', endedIn('0'), internalError],
    ['has a record, which is taken up', startedIn('0'), { name: 'working' }],
  ])('that is not answered is a fault only where it %s', async (_, record, view) => {
    const { model } = setUp({
      cookies: loggedIn,
      records: record ? [record] : [],
      answer: () => undefined,
    });
    await settle();
    await model.logOut('server');
    await settle();
    expect(model.state.value.view).toMatchObject(view);
  });

  it('that is answered is no fault, whatever its record says', async () => {
    const { model } = setUp({ cookies: loggedIn, records: [endedIn('0', bad)] });
    await settle();
    await model.logOut('server');
    expect(model.state.value.view).toMatchObject({ name: 'failed', outcome: bad });
  });

  it('takes back the fault of the one before', async () => {
    let isDown = true;
    const { opened, open } = gate();
    const { model } = setUp({
      cookies: loggedIn,
      answer: (request) => (isDown ? undefined : opened.then(() => allIsWell(request))),
    });
    await settle();
    await model.logOut('server');
    expect(model.state.value.view).toMatchObject(internalError);
    isDown = false;
    const done = model.logOut('server');
    await settle();
    expect(model.state.value.view).toMatchObject(loggedInAs('uid-A'));
    open();
    await done;
    expect(model.state.value.view).toMatchObject(loggedInAs('uid-A'));
  });

  it('that works after all, or another, is shown in place of a fault', async () => {
    const { model, browser, change } = setUp({ cookies: loggedIn, answer: () => undefined });
    await settle();
    await model.logOut('server');
    expect(model.state.value.view).toMatchObject(internalError);
    browser.records.set('0', startedIn('0'));
    change();
    await settle();
    expect(model.state.value.view).toMatchObject({ name: 'working' });
  });
});

describe('everywhere', () => {
  const three = [own, work, home];
  it.each<[string, SetUp, string[]]>([
    ['nothing is known of sessions', {}, []],
    ['the own store alone has one', { cookies: loggedIn }, ['0']],
    ['another has one', { cookies: { home: logIn('A') } }, ['home']],
    ['some have', { cookies: { '0': logIn('A'), home: logIn('B') } }, ['0', 'home']],
    [
      'all have',
      { cookies: { '0': logIn('A'), work: logIn('B'), home: logIn('C') } },
      ['0', 'work', 'home'],
    ],
    ['one has leftovers only', { cookies: { work: [cookie('bili_jct', '1')] } }, []],
    ['there is no access', { cookies: loggedIn, hasAccess: false }, []],
  ])('is where there are sessions: %s', async (_, options, storeIds) => {
    const { model } = setUp({ stores: three, ...options });
    expect(model.state.value.everywhere).toEqual([]);
    await settle();
    expect(model.state.value.everywhere).toEqual(storeIds);
  });

  it('leaves out a store that is no more', async () => {
    const cookies = { '0': logIn('A'), work: logIn('B'), home: logIn('C') };
    const { model, parts, change } = setUp({ stores: three, cookies });
    const usual = parts.listCookies.getMockImplementation();
    parts.listCookies.mockImplementation(async (storeId) =>
      storeId === 'work' ? fails() : (usual?.(storeId) ?? []),
    );
    await settle();
    change();
    await settle();
    expect(model.state.value.everywhere).toEqual(['0', 'home']);
    expect(model.state.value.others.map(({ store }) => store)).toEqual([home]);
    expect(model.state.value.view).toMatchObject(loggedInAs('uid-A'));
  });

  it('is asked for as one, the own store first', async () => {
    const cookies = { '0': logIn('A'), work: logIn('B') };
    const { model, requests } = setUp({ stores: [work, own, home], cookies });
    await settle();
    await model.logOutEverywhere();
    expect(requests('log-out-everywhere')).toEqual([
      { type: 'log-out-everywhere', storeIds: ['0', 'work'] },
    ]);
    expect(requests('log-out')).toEqual([]);
  });

  it.each<[string, LogOutRecord[], object]>([
    ['nothing of it is on record', [], internalError],
    ['it is on record', [startedIn('work')], { name: 'logged-out' }],
  ])('is a fault where nobody answers and %s', async (_, records, view) => {
    const { model } = setUp({
      stores: three,
      cookies: { work: logIn('A'), home: logIn('B') },
      records,
      answer: () => undefined,
    });
    await settle();
    await model.logOutEverywhere();
    await settle();
    expect(model.state.value.view).toMatchObject(view);
  });

  it('is nowhere where no store has a session any more', async () => {
    const { model, requests } = setUp({
      stores: three,
      answer: () => ({ ok: false, refusal: 'not-understood' }),
    });
    await settle();
    await model.logOutEverywhere();
    expect(requests('log-out-everywhere')).toEqual([]);
    expect(model.state.value.view).toMatchObject({ name: 'logged-out' });
  });

  it('the other stores are shown with their views, each in its place whatever happens', async () => {
    const { model } = setUp({
      stores: three,
      cookies: { work: logIn('B') },
      records: [startedIn('home')],
    });
    expect(model.state.value.others).toEqual([]);
    await settle();
    expect(model.state.value.others).toMatchObject([
      { store: work, view: loggedInAs('uid-B') },
      { store: home, view: { name: 'working' } },
    ]);
  });
});

const withoutAccess: Outcome = { kind: 'no-access', reached: 'nothing-sent' };

describe('an end is marked as seen', () => {
  it.each<[string, LogOutRecord]>([
    ['good', endedIn('0')],
    ['bad', endedIn('0', bad)],
    ['of another store', endedIn('work')],
  ])('by its store: %s', async (_, record) => {
    const { requests } = setUp({ stores: [own, work], records: [record] });
    await settle();
    expect(requests('mark-seen')).toEqual([
      // An end that could not be stored is known to the worker alone.
      { type: 'mark-seen', storeId: record.storeId },
      ...(record.storeId === '0' ? [] : [{ type: 'mark-seen', storeId: '0' }]),
    ]);
  });

  it.each<[string, LogOutRecord]>([
    ['before it is there', startedIn('0')],
    ['when it is already', withSeen(endedIn('0'))],
  ])('not %s', async (_, record) => {
    const { requests } = setUp({ records: [record] });
    await settle();
    expect(requests('mark-seen')).toEqual([]);
  });

  it.each<[string, LogOutRecord, number]>([
    ['a failure stays unseen', endedIn('0', bad), 0],
    ['that of another store, too', endedIn('work', bad), 0],
    ['but that there is no access is seen', endedIn('0', withoutAccess), 1],
  ])('only when it is shown: without access %s', async (_, record, count) => {
    const { requests } = setUp({ stores: [own, work], records: [record], hasAccess: false });
    await settle();
    const marks = requests('mark-seen').filter(
      (request) => 'storeId' in request && request.storeId === record.storeId,
    );
    expect(marks).toHaveLength(count);
  });

  it('once', async () => {
    const { opened, open } = gate();
    const { requests, browser, change } = setUp({
      records: [endedIn('0')],
      answer: (request) => opened.then(() => allIsWell(request)),
    });
    await settle();
    change();
    await settle();
    change();
    await settle();
    open();
    browser.records.set('0', withSeen(endedIn('0')));
    change();
    await settle();
    expect(requests('mark-seen')).toHaveLength(1);
  });

  it('each by itself, and again where it is news again', async () => {
    const asking = endedIn('0', good, { isProving: true });
    const { requests, browser, change } = setUp({ records: [asking] });
    await settle();
    browser.records.set('0', withSeen(asking));
    change();
    await settle();
    expect(requests('mark-seen')).toHaveLength(1);
    browser.records.set('0', withRevocation(withSeen(asking), 'still-alive'));
    change();
    await settle();
    expect(requests('mark-seen')).toHaveLength(2);
    browser.records.set('0', endedIn('0', good, { id: 'j' }));
    change();
    await settle();
    expect(requests('mark-seen')).toHaveLength(3);
  });
});

describe('the worker is watched', () => {
  const asking = endedIn('0', good, { isProving: true });
  it.each<[string, LogOutRecord[], boolean]>([
    ['nothing', [], false],
    ['a log-out', [startedIn('0')], true],
    ['a log-out elsewhere', [startedIn('work')], true],
    ['a proof', [asking], true],
    ['a task', [withFollowUp(endedIn('0'), 'siteData', 'working')], true],
    ['an end', [endedIn('0')], false],
    ['a failure', [endedIn('0', bad)], false],
    ['a proven end', [withRevocation(asking, 'proven')], false],
    ['a task that is done', [withFollowUp(endedIn('0'), 'siteData', 'done')], false],
    ['an end, and a proof elsewhere', [endedIn('0'), { ...asking, storeId: 'work' }], true],
  ])('only while something is unsettled: %s', async (_, records, isWatched) => {
    const { parts, stopWatching } = setUp({ stores: [own, work], records });
    expect(parts.watchWorker).not.toHaveBeenCalled();
    await settle();
    expect(parts.watchWorker).toHaveBeenCalledTimes(isWatched ? 1 : 0);
    expect(stopWatching).not.toHaveBeenCalled();
  });

  it('from the beginning to the end, once', async () => {
    const { parts, stopWatching, browser, change } = setUp({ cookies: loggedIn });
    const story = [startedIn('0'), asking, withRevocation(asking, 'proven')];
    for (const record of story) {
      browser.records.set('0', record);
      change();
      await settle();
    }
    expect(parts.watchWorker).toHaveBeenCalledTimes(1);
    expect(stopWatching).toHaveBeenCalledTimes(1);
    browser.records.set('0', startedIn('0', 'j'));
    change();
    await settle();
    expect(parts.watchWorker).toHaveBeenCalledTimes(2);
    expect(stopWatching).toHaveBeenCalledTimes(1);
  });
});

describe('the site’s tabs', () => {
  it('are offered after a good end only', async () => {
    for (const [records, cookies, ids] of [
      [[endedIn('0')], {}, [3, 4]],
      [[endedIn('0', bad)], loggedIn, []],
      [[], loggedIn, []],
      [[], {}, []],
    ] as const) {
      const { model, parts } = setUp({ records, cookies, tabs: [3, 4] });
      await settle();
      expect(model.state.value.tabIds).toEqual(ids);
      expect(parts.siteTabIds.mock.calls).toEqual(ids.length > 0 ? [['0']] : []);
    }
  });

  it('are reloaded, and not offered any more', async () => {
    const { model, parts } = setUp({ records: [endedIn('0')], tabs: [3, 4] });
    await settle();
    await model.reloadTabs();
    expect(parts.reloadTabs.mock.calls).toEqual([[[3, 4]]]);
    expect(model.state.value.tabIds).toEqual([]);
  });

  it('are not offered by the next popup either, unless there is another end', async () => {
    const first = setUp({ records: [endedIn('0')], tabs: [3, 4] });
    await settle();
    await first.model.reloadTabs();
    const readReloaded = async () => first.browser.reloaded;
    const offeredAfter = async (id: string) => {
      const records = [endedIn('0', good, { id })];
      const { model } = setUp({ records, tabs: [3, 4], parts: { readReloaded } });
      await settle();
      return model.state.value.tabIds;
    };
    expect(await offeredAfter('i')).toEqual([]);
    expect(await offeredAfter('another')).toEqual([3, 4]);
  });

  it('are not offered again when the reloaded pages set their cookies', async () => {
    const { model, browser, change } = setUp({ records: [endedIn('0')], tabs: [3, 4] });
    await settle();
    await model.reloadTabs();
    browser.cookies.set('0', [cookie('buvid3', 'new')]);
    change();
    await settle();
    expect(model.state.value.tabIds).toEqual([]);
  });
});

describe('a record', () => {
  it('of a session that has ended is gone when somebody logs in, and stays gone', async () => {
    const { model, browser, change } = setUp({ records: [endedIn('0')] });
    await settle();
    expect(model.state.value.view).toMatchObject({ name: 'finished' });
    browser.cookies.set('0', logIn('B'));
    change();
    await settle();
    expect(model.state.value.view).toMatchObject(loggedInAs('uid-B'));
  });

  it.each<[string, SetUp, object]>([
    [
      'a dead id that the browser would not remove is no session',
      { records: [endedIn('0', remains, { dead: [print('A')] })], cookies: loggedIn },
      { name: 'failed', outcome: remains },
    ],
    [
      'a log-in beside a dead id is the one that is shown',
      {
        records: [endedIn('0', remains, { dead: [print('A')] })],
        cookies: { '0': [...logIn('A', { path: '/login' }), ...logIn('B')] },
      },
      loggedInAs('uid-B'),
    ],
    [
      'a failure with two sessions stays while both are there',
      {
        records: [endedIn('0', bad, { kept: [print('A'), print('B')] })],
        cookies: { '0': [...logIn('A'), ...logIn('B', { domain: 'www.bilibili.com' })] },
      },
      { name: 'failed', outcome: bad },
    ],
    [
      'a failure with two sessions is outdated when one of them goes',
      {
        records: [endedIn('0', bad, { kept: [print('A'), print('B')] })],
        cookies: { '0': logIn('B') },
      },
      loggedInAs('uid-B'),
    ],
  ])('%s', async (_, options, view) => {
    const { model } = setUp(options);
    await settle();
    expect(model.state.value.view).toMatchObject(view);
  });

  it('of a dead id that stays leaves nothing for “everywhere”', async () => {
    const records = [endedIn('0', remains, { dead: [print('A')] })];
    const { model } = setUp({ records, cookies: loggedIn });
    await settle();
    expect(model.state.value.everywhere).toEqual([]);
  });

  it('of a container that was deleted is told, though no such store is listed', async () => {
    const storeGone: Outcome = {
      ...{ kind: 'unexpected-reply', reason: 'store-gone' },
      ...{ othersEnded: false, detail: {} },
    } as const;
    const { model } = setUp({ stores: [own], records: [endedIn('work', storeGone)] });
    await settle();
    expect(model.state.value.others).toMatchObject([
      { store: work, view: { name: 'failed', outcome: storeGone, endedAt: 1 } },
    ]);
  });
});

describe('access', () => {
  it('is asked for, and then looked at', async () => {
    const { model, parts } = setUp({ cookies: loggedIn, hasAccess: false });
    await settle();
    expect(model.state.value.view).toEqual({ name: 'no-access' });
    const done = model.grantAccess();
    // The browser asks only as long as it sees the click.
    expect(parts.requestAccess).toHaveBeenCalledTimes(1);
    await done;
    await settle();
    expect(model.state.value.view).toMatchObject(loggedInAs('uid-A'));
  });

  it('that was lost and is back makes the popup ask anew: the session may have died meanwhile', async () => {
    let liveness = 'alive';
    const { model, browser, requests, change } = setUp({
      cookies: loggedIn,
      answer: () => ({ ok: true, value: { liveness } }),
    });
    await settle();
    expect(model.state.value.view).toMatchObject({ account: { liveness: 'alive' } });
    browser.hasAccess = false;
    change();
    await settle();
    liveness = 'dead';
    browser.hasAccess = true;
    change();
    await settle();
    expect(requests('get-profile')).toHaveLength(2);
    expect(model.state.value.view).toMatchObject({ account: { liveness: 'dead' } });
  });

  it('withdrawn and given back during a log-out makes the popup ask anew', async () => {
    let liveness = 'alive';
    const { model, browser, change } = setUp({
      cookies: loggedIn,
      answer: () => ({ ok: true, value: { liveness } }),
    });
    await settle();
    browser.records.set('0', startedIn('0'));
    change();
    await settle();
    browser.hasAccess = false;
    browser.cookies.set('0', []);
    browser.records.set('0', endedIn('0', { kind: 'no-access', reached: 'asked' }));
    change();
    await settle();
    liveness = 'dead';
    browser.hasAccess = true;
    browser.cookies.set('0', logIn('A'));
    browser.records.delete('0');
    change();
    await settle();
    expect(model.state.value.view).toMatchObject({ account: { liveness: 'dead' } });
  });

  it('withdrawn in the middle of a log-out: what was sent is told, in place of “no access”', async () => {
    const outcome: Outcome = { kind: 'no-access', reached: 'accepted' };
    const { model } = setUp({ records: [endedIn('0', outcome)], hasAccess: false });
    await settle();
    expect(model.state.value.view).toMatchObject({ name: 'failed', outcome });
  });

  it('makes the popup ask anew after a failed log-out, too', async () => {
    const { browser, requests, change } = setUp({ cookies: loggedIn });
    await settle();
    for (const record of [startedIn('0'), endedIn('0', bad)]) {
      browser.records.set('0', record);
      change();
      await settle();
    }
    expect(requests('get-profile')).toHaveLength(2);
  });
});

describe('a fault is never the last word', () => {
  it.each(['listStores', 'hasAccess', 'listCookies', 'readRecords'] as const)(
    'where nothing could be read at first: %s',
    async (part) => {
      const { model, change, parts } = setUp({ cookies: loggedIn, broken: part });
      await settle();
      expect(model.state.value.view).toMatchObject(internalError);
      expect(parts[part]).toHaveBeenCalledTimes(1);
      change();
      await settle();
      expect(model.state.value.view).toMatchObject(loggedInAs('uid-A'));
    },
  );

  it('where the worker refuses and the records cannot be read: it is told, and nothing thrown', async () => {
    const { model, parts } = setUp({
      cookies: loggedIn,
      answer: ({ type }) => (type === 'log-out' ? { ok: false, refusal: 'failed' } : undefined),
    });
    await settle();
    parts.readRecords.mockImplementation(fails);
    await model.logOut('server');
    expect(model.state.value.view).toMatchObject(internalError);
  });

  it('where an end could not be stored: the popup tells it when it opens', async () => {
    const { model } = setUp({
      cookies: loggedIn,
      answer: (request) =>
        request.type === 'mark-seen' ? { ok: true, value: true } : allIsWell(request),
    });
    await settle();
    expect(model.state.value.view).toMatchObject(internalError);
    await model.logOut('server');
    expect(model.state.value.view).toMatchObject(loggedInAs('uid-A'));
  });
});

describe('what the worker writes', () => {
  it('and then takes away, as it could not store the end, is looked for: nothing stays at work', async () => {
    const { model, change, write } = setUp({
      cookies: loggedIn,
      records: [startedIn('0')],
      answer: (request) =>
        request.type === 'mark-seen' ? { ok: true, value: true } : allIsWell(request),
    });
    await settle();
    expect(model.state.value.view).toMatchObject({ name: 'working' });
    write('0', undefined);
    await settle();
    expect(model.state.value.view).toMatchObject(internalError);
    change();
    await settle();
    expect(model.state.value.view).toMatchObject(internalError);
  });

  it('while the jar is being read is not drawn over by what was read', async () => {
    const { opened, open } = gate();
    const { model, browser, parts, change, write } = setUp({ cookies: loggedIn });
    await settle();
    parts.hasAccess.mockImplementationOnce(async () => {
      await opened;
      return true;
    });
    change();
    await settle();
    const stored = startedIn('0');
    // Read before it was there, and shown after it.
    const readRecords = parts.readRecords.getMockImplementation();
    write('0', stored);
    open();
    await settle();
    expect(model.state.value.view).toMatchObject({ name: 'working' });
    expect(browser.records.get('0')).toBe(stored);
    expect(readRecords).toBeDefined();
  });

  it('after a press that was not answered takes the fault’s place, also where it has ended already', async () => {
    const { model, browser, write } = setUp({ cookies: loggedIn, answer: () => undefined });
    await settle();
    await model.logOut('server');
    expect(model.state.value.view).toMatchObject(internalError);
    write('0', startedIn('0', 'j'));
    browser.cookies.set('0', []);
    write('0', endedIn('0', good, { id: 'j' }));
    await settle();
    expect(model.state.value.view).toMatchObject({ name: 'finished', outcome: good });
  });
});

describe('opening the popup', () => {
  const countdown = { cookies: loggedIn, settings: { toolbarClick: 'countdown' } } as const;
  const asked = ({ requests }: ReturnType<typeof setUp>) => requests('log-out').length;

  it('logs out in three seconds, counted down', async () => {
    const popup = setUp(countdown);
    await settle();
    const seen = [popup.model.state.value.countdown];
    for (let second = 0; second < 2; second += 1) {
      popup.pass(1000);
      seen.push(popup.model.state.value.countdown);
    }
    expect(seen).toEqual([3, 2, 1]);
    expect(asked(popup)).toBe(0);
    popup.pass(1000);
    await settle();
    expect(popup.requests('log-out')).toEqual([{ type: 'log-out', storeId: '0', mode: 'server' }]);
    expect(popup.model.state.value.countdown).toBeUndefined();
  });

  it('at once, where that is set', async () => {
    const popup = setUp({ cookies: loggedIn, settings: { toolbarClick: 'at-once' } });
    await settle();
    expect(asked(popup)).toBe(1);
  });

  it.each<[string, SetUp]>([
    ['where it is to ask', { cookies: loggedIn, settings: { toolbarClick: 'ask' } }],
    ['where nobody is logged in', { settings: { toolbarClick: 'at-once' } }],
    [
      'where only another store has a log-in',
      { ...countdown, cookies: { work: logIn('A') }, stores: [own, work] },
    ],
    ['without access', { ...countdown, hasAccess: false }],
    ['after a failure that is being looked at', { ...countdown, records: [endedIn('0', bad)] }],
    ['during a log-out', { ...countdown, records: [startedIn('0')] }],
    [
      'where an extension has opened it',
      { ...countdown, parts: { isOpenedByPerson: async () => false } },
    ],
    [
      'where nobody can tell who has opened it',
      { ...countdown, parts: { isOpenedByPerson: fails } },
    ],
    ['where the settings cannot be read', { ...countdown, parts: { readSettings: fails } }],
  ])('begins nothing by itself %s', async (_, options) => {
    const popup = setUp(options);
    await settle();
    popup.pass(10_000);
    await settle();
    expect(asked(popup)).toBe(0);
    expect(popup.model.state.value.countdown).toBeUndefined();
  });

  it.each<[string, (popup: ReturnType<typeof setUp>) => unknown]>([
    ['the person stays logged in', ({ model }) => model.stayLoggedIn()],
    ['nobody can see it any more', ({ hidden }) => hidden()],
    ['the machine slept', ({ pass }) => pass(1000, 60_000)],
    ['the clock was put back', ({ pass }) => pass(1000, -3_600_000)],
    [
      'another log-in takes its place',
      async ({ browser, change }) => {
        browser.cookies.set('0', logIn('B'));
        change();
        await settle();
      },
    ],
    [
      'the log-in goes another way',
      async ({ browser, change }) => {
        browser.cookies.set('0', []);
        change();
        await settle();
      },
    ],
  ])('is called off for good where %s', async (_, happen) => {
    const popup = setUp(countdown);
    await settle();
    popup.pass(1000);
    await happen(popup);
    popup.pass(10_000);
    await settle();
    expect(asked(popup)).toBe(0);
    expect(popup.model.state.value.countdown).toBeUndefined();
  });

  it.each<[string, (popup: ReturnType<typeof setUp>) => unknown]>([
    ['the person stays logged in', ({ model }) => model.stayLoggedIn()],
    ['nobody can see it', ({ hidden }) => hidden()],
    ['the person chooses this browser only', ({ model }) => model.logOut('local')],
  ])('begins nothing where %s before the settings are there', async (_, happen) => {
    for (const toolbarClick of ['countdown', 'at-once'] as const) {
      const { opened, open } = gate();
      const readSettings = async () => {
        await opened;
        return { ...defaultSettings, toolbarClick };
      };
      const popup = setUp({ cookies: loggedIn, parts: { readSettings } });
      await settle();
      await happen(popup);
      const before = asked(popup);
      open();
      await settle();
      popup.pass(10_000);
      await settle();
      expect(asked(popup)).toBe(before);
    }
  });

  it('logs out once, though the button is pressed before it does by itself', async () => {
    const popup = setUp(countdown);
    await settle();
    popup.pass(1000);
    await popup.model.logOut('server');
    popup.pass(10_000);
    await settle();
    expect(asked(popup)).toBe(1);
  });

  it('never counts down twice: not for who logs in while it is open', async () => {
    const popup = setUp({ settings: { toolbarClick: 'countdown' } });
    await settle();
    popup.browser.cookies.set('0', logIn('A'));
    popup.change();
    await settle();
    popup.pass(10_000);
    await settle();
    expect(asked(popup)).toBe(0);
  });
});

it('tabs that are reloaded by themselves are not offered', async () => {
  const { model } = setUp({
    records: [endedIn('0')],
    tabs: [3, 4],
    settings: { reloadTabs: true },
  });
  await settle();
  expect(model.state.value.tabIds).toEqual([]);
});

it('whose log-in it was is shown with its end, as far as this popup has seen it', async () => {
  const { model, browser, change } = setUp({ cookies: loggedIn });
  await settle();
  for (const record of [startedIn('0'), endedIn('0')]) {
    browser.records.set('0', record);
    if (record.state.phase === 'ended') browser.cookies.set('0', []);
    change();
    await settle();
    expect(model.state.value.view).toMatchObject({
      uid: 'uid-A',
      account: { profile: { name: 'Some' } },
    });
  }
  const fresh = setUp({ records: [endedIn('0')] });
  await settle();
  const failed = setUp({ records: [endedIn('0', bad)], cookies: loggedIn });
  await settle();
  expect(failed.model.state.value.view).toMatchObject({ name: 'failed', uid: 'uid-A' });
  expect(fresh.model.state.value.view).toMatchObject({ name: 'finished', uid: undefined });
});

it('the settings are opened', async () => {
  const { model, parts } = setUp();
  await model.openOptions();
  expect(parts.openOptions).toHaveBeenCalledTimes(1);
});

describe('what rules do by themselves', () => {
  const due = { id: 'due', storeId: '0', rule: 'last-tab', at: 2_000_000 } as const;
  const doneIn = (storeId: string, id = 'r') =>
    ({ id, storeId, rule: 'start', at: 1, outcome: good }) as const;

  it('what is due is shown, and what becomes of it', async () => {
    const { model, changeRules } = setUp({ cookies: loggedIn, rules: { due: [due], done: [] } });
    await settle();
    expect(model.state.value.due).toEqual([due]);
    changeRules({ due: [], done: [] });
    await settle();
    expect(model.state.value.due).toEqual([]);
  });

  it('is shown once for each store, and not while it is being done', async () => {
    const later = { ...due, id: 'later', rule: 'idle', at: 3_000_000 } as const;
    const elsewhere = { ...later, id: 'elsewhere', storeId: 'work' };
    const rules = { due: [later, due, elsewhere], done: [] };
    const { model, write } = setUp({ cookies: loggedIn, rules });
    await settle();
    expect(model.state.value.due).toEqual([due, elsewhere]);
    write('0', startedIn('0'));
    await settle();
    expect(model.state.value.due).toEqual([elsewhere]);
    write('0', endedIn('0', bad));
    await settle();
    expect(model.state.value.due).toEqual([due, elsewhere]);
  });

  it('is called off by the worker', async () => {
    const { model, requests } = setUp({ cookies: loggedIn, rules: { due: [due], done: [] } });
    await settle();
    await model.callOff('0');
    expect(requests('call-off')).toEqual([{ type: 'call-off', storeId: '0' }]);
  });

  it('whoever stays logged in does so altogether: no countdown goes on, and nothing is due', async () => {
    const options = { cookies: loggedIn, settings: { toolbarClick: 'countdown' } } as const;
    const rules = { due: [due, { ...due, id: 'other', storeId: 'work' }], done: [] };
    for (const stay of ['callOff', 'stayLoggedIn'] as const) {
      const { model, requests } = setUp({ ...options, rules });
      await settle();
      expect(model.state.value.countdown).toBeDefined();
      await model[stay]('0');
      await settle();
      expect(model.state.value.countdown).toBeUndefined();
      expect(requests('call-off')).toEqual([{ type: 'call-off', storeId: '0' }]);
    }
    const { model, requests } = setUp(options);
    await settle();
    model.stayLoggedIn();
    await settle();
    expect(requests('call-off')).toEqual([]);
  });

  it('whoever leaves the popup by Escape while nothing counts down calls off nothing', async () => {
    const { model, requests } = setUp({ cookies: loggedIn, rules: { due: [due], done: [] } });
    await settle();
    expect(model.state.value.countdown).toBeUndefined();
    model.stayLoggedIn();
    await settle();
    expect(requests('call-off')).toEqual([]);
  });

  it('what was done is told, once for each store, and stays as long as the popup is open', async () => {
    const done = [doneIn('0'), doneIn('0', 's'), doneIn('work', 'w')];
    const { model, requests, changeRules } = setUp({ rules: { due: [], done } });
    await settle();
    expect(requests('mark-told').map((one) => 'storeId' in one && one.storeId)).toEqual([
      '0',
      'work',
    ]);
    changeRules({ due: [], done: [doneIn('work', 'w')] });
    changeRules({ due: [], done: [doneIn('work', 'x')] });
    await settle();
    expect(model.state.value.done.map(({ id }) => id)).toEqual(['r', 's', 'w', 'x']);
    expect(requests('mark-told')).toHaveLength(3);
  });

  it('what was done is refuted by a proof that comes later', async () => {
    const done = [{ ...doneIn('work'), revocation: 'unknown' as const }];
    const { model, write } = setUp({ rules: { due: [], done }, stores: [work] });
    await settle();
    const asking = endedIn('work', good, { id: 'r', isProving: true });
    write('work', asking);
    await settle();
    expect(model.state.value.done).toEqual(done);
    write('work', withRevocation(asking, 'still-alive'));
    await settle();
    expect(model.state.value.done).toMatchObject([{ id: 'r', revocation: 'still-alive' }]);
  });

  it('what cannot be read hides nothing else', async () => {
    const { model } = setUp({ cookies: loggedIn, parts: { readRules: fails } });
    await settle();
    expect(model.state.value).toMatchObject({ view: { name: 'logged-in' }, due: [], done: [] });
  });

  it('rules are offered after the first good end', async () => {
    const popup = setUp({ records: [endedIn('0')] });
    await settle();
    expect(popup.model.state.value.offersRules).toBe(true);
    expect(popup.parts.isFirstOffer).toHaveBeenCalledOnce();
  });

  it.each<[string, SetUp]>([
    ['a later one', { parts: { isFirstOffer: async () => false } }],
    ['a failure', { records: [endedIn('0', bad)], cookies: loggedIn }],
    [
      'one in an incognito window',
      { parts: { storeOf: (id): CookieStore => ({ id, kind: 'incognito' }) } },
    ],
    ['an end that a rule has brought', { records: [{ ...endedIn('0'), trigger: 'rule' }] }],
    ['one where a rule is on', { settings: { logOutWhenIdle: 5 } }],
  ])('but not after %s', async (_, options) => {
    const { model } = setUp({ records: [endedIn('0')], ...options });
    await settle();
    expect(model.state.value.offersRules).toBe(false);
  });
});
