import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { describe, expect, it, vi } from 'vitest';
import { accountCookieNames } from '../core/cookie.ts';
import type { FollowUp, FollowUpResult } from '../core/follow-ups.ts';
import type { Result } from '../core/log-out.ts';
import type { Needs } from '../core/needs.ts';
import type { Mode } from '../core/order.ts';
import { beginning, type Progress } from '../core/order.ts';
import { fatesOf, type Outcome } from '../core/outcome.ts';
import {
  begun,
  type LogOutRecord,
  recordSchema,
  withFollowUp,
  withOutcome,
  withProgress,
  withSeen,
} from '../core/record.ts';
import type { Due } from '../core/rules.ts';
import { lost, navAlive, navDead } from '../core/testing/answers.ts';
import { bystanders, logIn, valuesOf, www } from '../core/testing/cookies.ts';
import { createWorld, type Script, type World, type WorldOptions } from '../core/testing/world.ts';
import { createLogOutService } from './log-out-service.ts';

const printOf = (salt: string, id: string) =>
  createHash('sha256').update(`${salt} ${id}`).digest('hex');
const print = (salt: string, letter: string) => printOf(salt, valuesOf(letter).SESSDATA);
const now = 1_000_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function fails(): Promise<never> {
  throw new Error('broken');
}

/** Records as a browser stores them: as JSON, one for each store, and not at once. */
function createRecords(options: Pick<SetUp, 'before' | 'broken'>) {
  const stored = new Map(
    (options.before ?? []).map((record) => [record.storeId, JSON.stringify(record)]),
  );
  const history: LogOutRecord[] = [];
  const read = (storeId = '0'): LogOutRecord | undefined => {
    const text = stored.get(storeId);
    return text === undefined ? undefined : v.parse(recordSchema, JSON.parse(text));
  };
  const broken = new Set<'all' | 'put' | 'remove'>(options.broken);
  let last: Promise<unknown> = Promise.resolve();
  /** One after another, as the real ones are. */
  const inTurn = <T>(name: 'all' | 'put' | 'remove', task: () => T): Promise<T> => {
    const result = last.then(turn).then(() => (broken.has(name) ? fails() : task()));
    last = result.catch(() => undefined);
    return result;
  };
  return {
    broken,
    history,
    read,
    all: () =>
      inTurn('all', () => [...stored.keys()].map(read).filter((record) => record !== undefined)),
    put: (record: LogOutRecord) =>
      inTurn('put', () => {
        stored.set(record.storeId, JSON.stringify(record));
        history.push(structuredClone(record));
      }),
    remove: (storeId: string) => inTurn('remove', () => void stored.delete(storeId)),
  };
}

interface SetUp extends Partial<WorldOptions> {
  /** What a former worker has left. */
  readonly before?: readonly LogOutRecord[];
  /** What the storage fails to do. */
  readonly broken?: readonly ('all' | 'put' | 'remove')[];
  /** What differs in each store; without it, there is the store 0 alone. */
  readonly stores?: Readonly<Record<string, Partial<WorldOptions>>>;
  readonly needs?: (needs: Needs) => Needs;
  readonly isGone?: (storeId: string) => Promise<boolean>;
  readonly fingerprint?: () => Promise<string>;
  readonly switchedOn?: () => Promise<FollowUp[]>;
  readonly follow?: (task: FollowUp, storeId: string, r: Result) => Promise<FollowUpResult>;
  readonly watchdog?: () => Promise<void>;
}

function setUp(options: SetUp = {}) {
  const { stores = { '0': {} }, needs = (usual) => usual } = options;
  const worlds = new Map(
    Object.entries(stores).map(([storeId, parts]) => [
      storeId,
      createWorld({ cookies: [...bystanders, ...logIn('A')], ...options, ...parts }),
    ]),
  );
  const worldOf = (storeId = '0'): World => {
    const world = worlds.get(storeId);
    if (!world) throw new Error('No such store.');
    return world;
  };
  const records = createRecords(options);
  const shown: LogOutRecord[] = [];
  const feedback = {
    show: vi.fn((record: LogOutRecord) => void shown.push(structuredClone(record))),
    forget: vi.fn(),
    renew: vi.fn(),
  };
  const watchdog = {
    set: vi.fn(options.watchdog ?? (async () => {})),
    clear: vi.fn(options.watchdog ?? (async () => {})),
  };
  const followUps = {
    switchedOn: vi.fn(options.switchedOn ?? (async () => [])),
    after: vi.fn((_: Outcome, tasks: readonly FollowUp[]) => [...tasks]),
    run: vi.fn(options.follow ?? (async () => 'done' as const)),
  };
  let ids = 0;
  const reloadTabs = vi.fn(async (_storeId: string) => {});
  const service = createLogOutService({
    records,
    needsOf: (storeId) => needs(worldOf(storeId).needs),
    serves: (storeId) => worlds.has(storeId),
    isGone: options.isGone ?? (async () => false),
    fingerprint: options.fingerprint ?? (async (salt, id) => printOf(salt, id)),
    followUps,
    reloadTabs,
    watchdog,
    feedback,
    now: () => now,
    newId: () => `id-${++ids}`,
  });
  const state = (storeId = '0') => records.read(storeId)?.state;
  const untilEnded = (storeId = '0') =>
    vi.waitFor(() => {
      const current = state(storeId);
      if (current?.phase !== 'ended') throw new Error('Not ended yet.');
      return current;
    });
  return {
    ...{ world: worldOf('0' in stores ? '0' : Object.keys(stores)[0]), worldOf },
    ...{ records, shown, feedback, watchdog, followUps, reloadTabs, service, state },
    outcome: async (storeId = '0') => (await untilEnded(storeId)).outcome,
    proof: async () => {
      await vi.waitFor(async () => expect((await untilEnded()).revocation).not.toBe('asking'));
      return (await untilEnded()).revocation;
    },
    /** Waits until the former life is dealt with. */
    async started() {
      await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalled());
      watchdog.clear.mockClear();
    },
  };
}

/** An answer that comes when it is let go. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const script: Script = async (truth) => {
    await opened;
    return truth();
  };
  return { opened, script, open };
}

/** Long enough for everything that waits for nothing outside. */
async function settle() {
  for (let i = 0; i < 60; i += 1) await turn();
}

const found = [...accountCookieNames];
const everythingStays = fatesOf(found, found, found);
const offline: Outcome = { kind: 'offline', cookies: everythingStays, othersEnded: false };

/** What a worker that was stopped at work has left: asked for when session A was in the jar. */
function workingRecord(progress: Partial<Progress> = {}, parts: Partial<LogOutRecord> = {}) {
  const start = { trigger: 'shortcut', mode: 'server', startedAt: now - 1, found } as const;
  const record = begun({ id: 'old', storeId: '0', sessions: [print('old', 'A')], ...start });
  return { ...withProgress(record, { ...beginning, ...progress }), ...parts };
}

function endedRecord({ outcome = offline, isProving = false, kept = [print('old', 'A')] } = {}) {
  const end = { endedAt: now - 1, tasks: [], dead: [] };
  return withOutcome(workingRecord(), { ...end, outcome, isProving, kept });
}
const loggedOut: Outcome = { kind: 'logged-out', cookies: fatesOf(found, [], []) };

describe('one log-out', () => {
  it('is told step by step, to the record and to the feedback alike', async () => {
    const { service, records, shown, proof } = setUp();
    await service.logOut('0', 'shortcut', 'server');
    expect(await proof()).toBe('proven');
    const told = ({ state }: LogOutRecord) =>
      state.phase === 'working' ? state.progress.step : (state.revocation ?? '');
    const steps = records.history.map(told);
    expect([...new Set(steps)]).toEqual(['revoke', 'asking', 'proven']);
    // The first one is shown before it is stored, with the first progress.
    expect(shown.slice(1)).toEqual(records.history.slice(1));
    expect(shown.at(-1)).toEqual({
      id: 'id-1',
      storeId: '0',
      trigger: 'shortcut',
      mode: 'server',
      startedAt: now,
      sessions: [print('id-1', 'A')],
      found,
      state: {
        phase: 'ended',
        endedAt: now,
        outcome: loggedOut,
        revocation: 'proven',
        seen: false,
        kept: [],
        dead: [],
      },
    });
  });

  it('never writes or shows a cookie’s value', async () => {
    const { service, records, shown, proof } = setUp();
    await service.logOut('0', 'popup', 'server');
    await proof();
    const text = JSON.stringify([records.history, shown]);
    for (const value of Object.values(valuesOf('A'))) expect(text).not.toContain(value);
  });

  it.each<[Mode, string, number]>([
    ['server', 'logged-out', 1],
    ['local', 'removed-locally', 0],
  ])('keeps to its mode: %s', async (mode, kind, requests) => {
    const { service, outcome, world } = setUp();
    await service.logOut('0', 'popup', mode);
    expect(await outcome()).toMatchObject({ kind });
    expect(world.exits).toHaveLength(requests);
  });

  it('resolves when its record is there; has its outcome, and only then its proof', async () => {
    const [exit, nav] = [gate(), gate()];
    const { service, state, outcome, proof } = setUp({ exit: [exit.script], nav: [nav.script] });
    await service.logOut('0', 'popup', 'server');
    expect(state()?.phase).toBe('working');
    exit.open();
    await outcome();
    expect(state()).toMatchObject({ revocation: 'asking' });
    nav.open();
    expect(await proof()).toBe('proven');
  });

  it.each<[string, SetUp, string | undefined]>([
    ['dead', { nav: [navDead] }, 'proven'],
    ['alive', { nav: [navAlive, navAlive] }, 'still-alive'],
    ['unclear', { nav: [lost] }, 'unknown'],
    ['failing', { nav: [fails] }, 'unknown'],
    ['not asked after a failure', { exit: [lost, lost] }, undefined],
  ])('is proved: %s', async (_, options, revocation) => {
    const { service, proof } = setUp(options);
    await service.logOut('0', 'popup', 'server');
    expect(await proof()).toBe(revocation);
  });
});

describe('one at a time', () => {
  it('ten presses at once, of all kinds, are one log-out', async () => {
    const { service, world, records, proof } = setUp();
    const triggers = ['popup', 'context-menu', 'shortcut'] as const;
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        service.logOut('0', triggers[i % 3] ?? 'popup', i % 2 ? 'local' : 'server'),
      ),
    );
    await proof();
    expect(world.exits).toHaveLength(1);
    expect(new Set(records.history.map(({ id }) => id))).toEqual(new Set(['id-1']));
    expect(records.read()).toMatchObject({ trigger: 'popup', mode: 'server' });
  });

  it('until the outcome is there, whatever it is', async () => {
    const { script, open } = gate();
    const { service, world, records, outcome } = setUp({ exit: [script, lost, lost] });
    await service.logOut('0', 'popup', 'server');
    await settle();
    await service.logOut('0', 'popup', 'local');
    expect(world.exits).toHaveLength(1);
    open();
    await outcome();
    await settle();
    world.alive.add(valuesOf('A').SESSDATA);
    world.set(...logIn('A'));
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ kind: 'offline' });
    await settle();
    await service.logOut('0', 'popup', 'server');
    await settle();
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
    expect(records.read()?.id).toBe('id-3');
  });

  it('in each store, and several stores beside one another', async () => {
    const { script, open } = gate();
    const { service, outcome } = setUp({ stores: { '0': { exit: [script] }, '1': {} } });
    await service.logOut('0', 'popup', 'server');
    await service.logOut('1', 'popup', 'server');
    expect(await outcome('1')).toMatchObject({ kind: 'logged-out' });
    open();
    expect(await outcome('0')).toMatchObject({ kind: 'logged-out' });
  });

  it('is under way until its end has been shown', async () => {
    const { script, open } = gate();
    const { service, shown, outcome } = setUp({ exit: [script] });
    expect(await service.isUnderWay('0')).toBe(false);
    await service.logOut('0', 'rule', 'server');
    expect(await service.isUnderWay('0')).toBe(true);
    open();
    await outcome();
    while (await service.isUnderWay('0')) await turn();
    expect(shown.at(-1)).toMatchObject({ trigger: 'rule', state: { phase: 'ended' } });
  });

  it('is under way again as soon as the next worker has taken it up', async () => {
    const { script } = gate();
    const { service } = setUp({ before: [workingRecord()], exit: [script] });
    expect(await service.isUnderWay('0')).toBe(true);
  });

  it('and none for a store that another worker serves', async () => {
    const { service, world, records } = setUp();
    await expect(service.logOut('1', 'popup', 'server')).rejects.toThrow();
    await expect(service.logOutAll(['0', '1'])).rejects.toThrow();
    expect(records.history).toEqual([]);
    expect(world.events).toEqual([]);
  });
});

describe('“everywhere”', () => {
  it('logs out one store after another, each once, as one batch', async () => {
    const { script, open } = gate();
    const stores = { '0': { exit: [script] }, '1': {} };
    const { service, worldOf, records, outcome, state } = setUp({ stores });
    await service.logOutAll(['0', '1', '0']);
    await settle();
    expect(worldOf('1').exits).toEqual([]);
    expect(state('1')?.phase).toBe('working');
    await service.logOut('1', 'popup', 'local');
    open();
    await outcome('1');
    const written = [records.read('0'), records.read('1')];
    expect(written).toMatchObject([{ mode: 'server' }, { mode: 'server' }]);
    expect(new Set(written.map((record) => record?.batch))).toEqual(new Set([expect.any(String)]));
    expect(new Set(records.history.map(({ id }) => id)).size).toBe(2);
  });

  it('tells of a container that was deleted while it waited, also when that has been seen', async () => {
    const { script, open } = gate();
    const stores = { '0': { exit: [script] }, '1': {} };
    const { service, worldOf, outcome, records } = setUp({ stores });
    await service.logOutAll(['0', '1']);
    worldOf('1').exists = false;
    open();
    expect(await outcome('1')).toMatchObject({ kind: 'unexpected-reply', reason: 'store-gone' });
    await service.forgetOutdated();
    await service.markSeen('1');
    await service.forgetOutdated();
    expect(records.read('1')).toBeDefined();
  });
});

describe('by a rule', () => {
  const dueOf = (...letters: string[]): Due => ({
    ...{ id: 'due', storeId: '0', rule: 'idle', at: now },
    fired: {
      ...{ at: now, tries: 1, notBefore: 0 },
      sessions: letters.map((letter) => print('due', letter)),
    },
  });

  it('whoever has logged in since it fired is kept, also beside one that was there', async () => {
    const { service, world, records, outcome } = setUp({
      cookies: [...logIn('A', www), ...logIn('B')],
      alive: ['A', 'B'],
    });
    await service.logOutDue([dueOf('A')]);
    const remain = { kind: 'cookies-remain', reason: 'other-session', sessionEnded: true };
    expect(await outcome()).toMatchObject(remain);
    expect([...world.alive]).toEqual([valuesOf('B').SESSDATA]);
    expect(world.jar.map(({ value }) => value)).toEqual(
      expect.arrayContaining(Object.values(valuesOf('B'))),
    );
    expect(records.read()).toMatchObject({ trigger: 'rule', due: 'due' });
  });

  it('whoever took its place a moment before it begins is kept', async () => {
    const { service, world, outcome } = setUp({ cookies: logIn('B'), alive: ['B'] });
    await service.logOutDue([dueOf('A')]);
    expect(await outcome()).toMatchObject({ kind: 'cookies-remain', reason: 'other-session' });
    expect(world.exits).toEqual([]);
  });

  it('where nobody could be seen when it fired, whoever is there is logged out', async () => {
    const { service, outcome } = setUp();
    await service.logOutDue([dueOf()]);
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
  });
});

describe('storage that fails', () => {
  const internalError = { kind: 'unexpected-reply', reason: 'internal-error' };
  const fromRevoke = (record: LogOutRecord) =>
    record.state.phase === 'ended' ? record.state.outcome.kind : record.state.progress.step;

  it('when the shortcut is pressed: it is told as an end, and trying again works', async () => {
    const { service, world, records, shown, watchdog, outcome, started } = setUp();
    await started();
    records.broken.add('put');
    await expect(service.logOut('0', 'shortcut', 'server')).rejects.toThrow('broken');
    await settle();
    // First the work: without it, the feedback would not know whose end it is.
    expect(shown.map(fromRevoke)).toEqual(['revoke', 'unexpected-reply']);
    expect(shown.at(-1)?.state).toMatchObject({ outcome: internalError });
    expect([...world.exits, ...world.removed]).toEqual([]);
    expect(watchdog.clear).toHaveBeenCalledTimes(1);
    // Whoever opens the popup is told, once.
    expect(await service.markSeen('0')).toBe(true);
    expect(await service.markSeen('0')).toBe(false);
    records.broken.clear();
    await service.logOut('0', 'shortcut', 'server');
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
  });

  it('for one store of “everywhere”: none is left at work', async () => {
    const { service, records, shown } = setUp({ stores: { '0': {}, '1': {} } });
    await settle();
    const { put } = records;
    records.put = (record) => (record.storeId === '1' ? fails() : put(record));
    await expect(service.logOutAll(['0', '1'])).rejects.toThrow('broken');
    await settle();
    expect(records.read('0')?.state).toMatchObject({ outcome: internalError });
    expect(records.read('1')).toBeUndefined();
    for (const storeId of ['0', '1']) {
      expect(shown.findLast((record) => record.storeId === storeId)?.state.phase).toBe('ended');
    }
  });

  it('half-way: the log-out goes on, nothing stays at “Logging out…”', async () => {
    const { script, open } = gate();
    const { service, records, shown, watchdog, started } = setUp({ exit: [script] });
    await started();
    await service.logOut('0', 'context-menu', 'server');
    records.broken.add('put');
    open();
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
    expect(shown.at(-1)?.state).toMatchObject({ outcome: loggedOut, revocation: 'proven' });
    await settle();
    expect(records.read()).toBeUndefined();
  });

  it('for everything but the first write: the feedback tells the end all the same', async () => {
    const { script, open } = gate();
    const { service, records, shown, watchdog, started } = setUp({ exit: [script] });
    await started();
    await service.logOut('0', 'popup', 'server');
    for (const name of ['put', 'remove', 'all'] as const) records.broken.add(name);
    open();
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
    expect(shown.at(-1)?.state).toMatchObject({ outcome: loggedOut });
  });

  it('once, at the end: what is written next is not taken away again', async () => {
    const [nav, task] = [gate(), gate()];
    const { service, records, outcome, state } = setUp({
      nav: [nav.script],
      switchedOn: async () => ['siteData'],
      follow: () => task.opened.then(() => 'done'),
    });
    await service.logOut('0', 'popup', 'server');
    await outcome();
    const { put } = records;
    let isFirst = true;
    records.put = (record) => {
      if (isFirst) records.broken.add('put');
      const done = put(record);
      if (isFirst) void done.catch(() => records.broken.clear());
      isFirst = false;
      return done;
    };
    nav.open();
    task.open();
    await settle();
    expect(state()).toMatchObject({ revocation: 'proven', followUps: { siteData: 'done' } });
  });

  it('at the start of a worker: what a former one left is not given up', async () => {
    const { watchdog, feedback } = setUp({ before: [workingRecord()], broken: ['all'] });
    await settle();
    expect(feedback.renew).toHaveBeenCalled();
    // It wakes the next worker, which may be able to read.
    expect(watchdog.clear).not.toHaveBeenCalled();
  });
});

describe('a fault of our own is an outcome, too', () => {
  it.each<[string, SetUp]>([
    ['no access to ask for', { needs: (needs) => ({ ...needs, access: { isGranted: fails } }) }],
    ['no jar', { needs: (needs) => ({ ...needs, jar: { ...needs.jar, list: fails } }) }],
    ['no server', { exit: [fails] }],
    ['no fingerprint', { fingerprint: fails }],
  ])('%s', async (_, options) => {
    const { service, outcome, watchdog, started } = setUp(options);
    await started();
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ kind: 'unexpected-reply', reason: 'internal-error' });
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
  });
});

describe('the watchdog', () => {
  it('watches from before the first step until the proof', async () => {
    const { script, open } = gate();
    const { service, world, watchdog, outcome, proof, started } = setUp({ nav: [script] });
    await started();
    watchdog.set.mockImplementation(async () => expect(world.exits).toEqual([]));
    await service.logOut('0', 'popup', 'server');
    await outcome();
    await settle();
    expect(watchdog.set).toHaveBeenCalledTimes(1);
    expect(watchdog.clear).not.toHaveBeenCalled();
    open();
    await proof();
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
  });

  it('stays while another log-out is unfinished', async () => {
    const { script, open } = gate();
    const { service, watchdog, outcome, started } = setUp({
      stores: { '0': { exit: [script] }, '1': {} },
    });
    await started();
    await service.logOut('0', 'popup', 'server');
    await service.logOut('1', 'popup', 'local');
    await outcome('1');
    await settle();
    expect(watchdog.clear).not.toHaveBeenCalled();
    open();
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
  });

  it.each<[string, LogOutRecord[]]>([
    ['nothing at all', []],
    ['an end', [endedRecord()]],
    ['an end without its proof', [endedRecord({ isProving: true })]],
    ['a log-out of another worker', [workingRecord({}, { storeId: '1' })]],
  ])('that a former life left goes where nothing is unfinished: %s', async (_, before) => {
    const { watchdog } = setUp({ before });
    await settle();
    expect(watchdog.clear).toHaveBeenCalledTimes(1);
    expect(watchdog.clear).toHaveBeenCalledTimes(1);
  });

  it('that a former life left stays while its log-out is unfinished', async () => {
    const { script, open } = gate();
    const { watchdog } = setUp({ before: [workingRecord()], exit: [script] });
    await settle();
    expect(watchdog.set).toHaveBeenCalledTimes(1);
    expect(watchdog.clear).not.toHaveBeenCalled();
    open();
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
  });

  it('that cannot be set or cleared keeps no log-out from its end', async () => {
    const { service, proof } = setUp({ watchdog: fails });
    await service.logOut('0', 'popup', 'server');
    expect(await proof()).toBe('proven');
    await settle();
  });
});

describe('what a stopped worker left is taken up', () => {
  const ended = [{ fingerprint: print('old', 'A'), by: 'yes' }] as const;
  const stages: [string, Progress][] = [
    ['not asked yet', beginning],
    ['asked', { ...beginning, asked: true }],
  ];
  const cleared: Progress = { ...beginning, step: 'clear', asked: true, ended };

  it.each(stages)('with its session: it is logged out, %s', async (_, progress) => {
    const { outcome, proof, world, records } = setUp({ before: [workingRecord(progress)] });
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
    expect(await proof()).toBe('proven');
    expect(world.exits).toHaveLength(1);
    expect(records.read()).toMatchObject({ id: 'old', trigger: 'shortcut' });
  });

  it.each<[string, SetUp, string]>([
    ['dead', { alive: [] }, 'proven'],
    ['alive', {}, 'still-alive'],
    ['out of the jar', { cookies: bystanders }, 'unknown'],
  ])('after a yes: it is cleared without a second request, %s', async (_, options, proven) => {
    const { proof, outcome, world } = setUp({ before: [workingRecord(cleared)], ...options });
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
    expect(await proof()).toBe(proven);
    expect(world.exits).toEqual([]);
    expect(world.jar).toEqual(bystanders);
  });

  it.each([...stages, ['cleared', cleared] as [string, Progress]])(
    'and never ends a session that came after the press: %s',
    async (_, progress) => {
      const options = { cookies: logIn('B'), alive: ['A', 'B'] };
      const { outcome, world } = setUp({ before: [workingRecord(progress)], ...options });
      const hasEnded = progress.ended.length > 0;
      expect((await outcome()).kind).toBe(hasEnded ? 'cookies-remain' : 'unexpected-reply');
      await settle();
      expect(world.alive).toContain(valuesOf('B').SESSDATA);
      expect(world.jar).toEqual(logIn('B'));
      expect([...world.removed, ...world.exits]).toEqual([]);
    },
  );

  it.each<[string, Progress, string]>([
    ['not asked yet', beginning, 'nothing-sent'],
    ['asked', { ...beginning, asked: true }, 'nothing-sent'],
  ])('and without access it ends there, %s', async (_, progress) => {
    const { outcome, world } = setUp({ before: [workingRecord(progress)], isGranted: false });
    expect(await outcome()).toMatchObject({ kind: 'no-access' });
    expect(world.jar).toEqual([...bystanders, ...logIn('A')]);
  });

  it('in its own mode, shown first as it was left', async () => {
    const record = workingRecord({}, { mode: 'local' });
    const { outcome, world, shown } = setUp({ before: [record] });
    expect(await outcome()).toMatchObject({ kind: 'removed-locally' });
    expect(shown[0]).toEqual(record);
    expect(world.exits).toEqual([]);
  });

  it('before anything new begins, which joins it', async () => {
    const { script, open } = gate();
    const { service, world, records, outcome } = setUp({
      before: [workingRecord()],
      exit: [script],
    });
    await service.logOut('0', 'popup', 'local');
    expect(records.read()?.id).toBe('old');
    open();
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
    expect(world.exits).toHaveLength(1);
    expect(new Set(records.history.map(({ id }) => id))).toEqual(new Set(['old']));
  });

  it('a proof that was lost is unknown, a follow-up interrupted, and both are shown', async () => {
    const proving = endedRecord({ outcome: loggedOut, isProving: true, kept: [] });
    const done = withFollowUp(proving, 'siteData', 'done');
    const { proof, shown, world, state, followUps } = setUp({
      before: [withFollowUp(done, 'biligame', 'working')],
      cookies: bystanders,
    });
    expect(await proof()).toBe('unknown');
    expect(state()).toMatchObject({ followUps: { biligame: 'interrupted', siteData: 'done' } });
    expect(shown.at(-1)?.state).toEqual(state());
    expect(world.navs).toEqual([]);
    expect(followUps.run).not.toHaveBeenCalled();
  });

  it('an end is shown as it is, and the badge of the former life drawn over', async () => {
    const record = endedRecord();
    const { shown, records, feedback } = setUp({ before: [record] });
    await settle();
    expect(shown).toEqual([record]);
    expect(records.history).toEqual([]);
    expect(feedback.renew).toHaveBeenCalledTimes(1);
  });

  it('but not the record of another worker’s store: it is neither touched nor on our badge', async () => {
    const before = [workingRecord({}, { storeId: '1' }), { ...endedRecord(), storeId: '2' }];
    const { shown, records, feedback } = setUp({ before });
    await settle();
    expect(shown).toEqual([]);
    expect(records.history).toEqual([]);
    expect([records.read('1'), records.read('2')]).toEqual(before);
    expect(feedback.renew).toHaveBeenCalledTimes(1);
  });
});

describe('a record is forgotten', () => {
  const gone = async ({ records, feedback }: ReturnType<typeof setUp>, storeId = '0') => {
    await settle();
    expect(records.read(storeId)).toBeUndefined();
    expect(feedback.forget).toHaveBeenCalledWith(storeId);
  };

  it('when somebody logs in again, with no popup open; when those cookies go, it stays so', async () => {
    const parts = setUp();
    await parts.service.logOut('0', 'popup', 'server');
    expect(await parts.proof()).toBe('proven');
    parts.world.set(...logIn('B'));
    await parts.service.forgetOutdated();
    await gone(parts);
    parts.world.jar = [];
    await parts.service.forgetOutdated();
    expect(parts.records.read()).toBeUndefined();
  });

  it('when somebody logs in while the proof is asked for, and for good', async () => {
    const { script, open } = gate();
    const parts = setUp({ nav: [script] });
    await parts.service.logOut('0', 'popup', 'server');
    await parts.outcome();
    parts.world.set(...logIn('B'));
    await parts.service.forgetOutdated();
    await gone(parts);
    open();
    await vi.waitFor(() => expect(parts.watchdog.clear).toHaveBeenCalledTimes(2));
    expect(parts.state()).toBeUndefined();
  });

  it('when somebody logs in whose cookies are gone again before anybody looks', async () => {
    const parts = setUp();
    await parts.service.logOut('0', 'popup', 'server');
    await parts.outcome();
    await parts.service.sessionsChanged('0', valuesOf('B').SESSDATA);
    await gone(parts);
  });

  it('when somebody logs in while the server is asked about another log-in, and before the proof', async () => {
    const [exit, nav] = [gate(), gate()];
    const sweeps: Script = (truth, world) => {
      world.logIn('B', logIn('B'));
      return truth();
    };
    // Asked twice about the first one, whose yes may have been about the other.
    const truly: Script = (truth) => truth();
    const navs = [truly, truly, nav.script, nav.script];
    const parts = setUp({ exit: [sweeps, exit.script], nav: navs });
    await parts.service.logOut('0', 'shortcut', 'server');
    await settle();
    parts.world.logIn('C', logIn('C'));
    await parts.service.sessionsChanged('0', valuesOf('C').SESSDATA);
    exit.open();
    await vi.waitFor(() => expect(parts.state()).toBeUndefined());
    expect(parts.feedback.forget).toHaveBeenCalledWith('0');
    nav.open();
    await settle();
    expect([...parts.world.alive]).toEqual([valuesOf('C').SESSDATA]);
  });

  it('but not when the session that woke the worker is kept by what a former worker had begun', async () => {
    const parts = setUp({
      before: [workingRecord({ asked: true })],
      cookies: logIn('B'),
      alive: ['B'],
    });
    await parts.service.sessionsChanged('0');
    await parts.service.sessionsChanged('0', valuesOf('B').SESSDATA);
    expect(await parts.outcome()).toMatchObject({ reason: 'interrupted' });
    await settle();
    expect(parts.state()).toMatchObject({ outcome: { reason: 'interrupted' } });
  });

  it('but not when a session of its own comes up once more', async () => {
    const parts = setUp({ exit: [lost, lost] });
    await parts.service.logOut('0', 'popup', 'server');
    await parts.outcome();
    await parts.service.sessionsChanged('0', valuesOf('A').SESSDATA);
    expect(parts.state()).toMatchObject({ outcome: { kind: 'offline' } });
  });

  it.each<[string, (world: World) => void]>([
    [
      'goes another way',
      (world) => {
        world.jar = [];
      },
    ],
    ['gets company', (world) => world.set(...logIn('B', { domain: 'www.bilibili.com' }))],
  ])('of a failure when the session that it kept %s', async (_, change) => {
    const parts = setUp({ before: [endedRecord()] });
    change(parts.world);
    await parts.service.forgetOutdated();
    await gone(parts);
  });

  it('but not of a failure whose session got a new token, nor of one whose jar cannot be read', async () => {
    let list: Needs['jar']['list'] | undefined;
    const { service, world, records } = setUp({
      before: [endedRecord()],
      needs: (needs) => ({ ...needs, jar: { ...needs.jar, list: list ?? needs.jar.list } }),
    });
    world.set({ ...logIn('A')[1], value: 'fresh' } as never);
    await service.forgetOutdated();
    list = fails;
    await service.forgetOutdated();
    expect(records.read()).toBeDefined();
  });

  it('with the dead id that the browser would not remove, a record stays until a session comes', async () => {
    const unremovable = ({ name }: { name: string }) => name === 'SESSDATA';
    const parts = setUp({ unremovable, deletesCookies: false });
    await parts.service.logOut('0', 'popup', 'server');
    expect(await parts.outcome()).toMatchObject({ kind: 'cookies-remain' });
    await settle();
    await parts.service.forgetOutdated();
    expect(parts.state()).toMatchObject({ dead: [print('id-1', 'A')], kept: [] });
    parts.world.set(...logIn('B', { domain: 'www.bilibili.com' }));
    await parts.service.forgetOutdated();
    await gone(parts);
  });

  it('when the last private window closes, also a failure that nobody has seen', async () => {
    let isGone = false;
    const parts = setUp({
      stores: { '0': {}, private: { exit: [lost, lost] } },
      isGone: async (storeId) => storeId === 'private' && isGone,
    });
    await parts.service.logOut('private', 'shortcut', 'server');
    expect(await parts.outcome('private')).toMatchObject({ kind: 'offline' });
    await settle();
    await parts.service.forgetOutdated();
    expect(parts.records.read('private')).toBeDefined();
    isGone = true;
    parts.worldOf('private').jar = [];
    await parts.service.forgetOutdated();
    await gone(parts, 'private');
  });

  it('when the private window is closed half-way, as soon as it has ended', async () => {
    const { script, open } = gate();
    let isGone = false;
    const parts = setUp({ exit: [script], isGone: async () => isGone });
    await parts.service.logOut('0', 'shortcut', 'server');
    isGone = true;
    parts.world.jar = [];
    await parts.service.forgetOutdated();
    expect(parts.state()?.phase).toBe('working');
    open();
    await gone(parts);
  });

  it.each<[string, LogOutRecord]>([
    ['a good end', endedRecord({ outcome: loggedOut, kept: [] })],
    ['a failure', endedRecord()],
  ])('with the container that is deleted: %s', async (_, record) => {
    const parts = setUp({ before: [record], cookies: [] });
    parts.world.exists = false;
    await parts.service.forgetOutdated();
    await gone(parts);
  });

  it.each<[string, seen: boolean, endedAt: number, stays: boolean]>([
    ['nobody has seen it', false, 0, true],
    ['somebody is looking at it', true, now - 1_000, true],
    ['it was seen long ago', true, now - 61_000, false],
  ])(
    'that a container was deleted before its log-out is told: %s',
    async (_, seen, endedAt, stays) => {
      const storeGone = { kind: 'unexpected-reply', reason: 'store-gone', detail: {} } as const;
      const outcome: Outcome = { ...storeGone, othersEnded: false };
      const end = { outcome, endedAt, isProving: false, tasks: [], kept: [], dead: [] };
      const told = withOutcome(workingRecord(), end);
      const before = [seen ? withSeen(told) : told];
      const parts = setUp({ before, cookies: [] });
      parts.world.exists = false;
      await parts.service.forgetOutdated();
      expect(parts.records.read() !== undefined).toBe(stays);
    },
  );

  it('also when it is marked as seen at the same moment', async () => {
    const parts = setUp({ before: [endedRecord()] });
    await parts.started();
    parts.world.set(...logIn('B', { domain: 'www.bilibili.com' }));
    await Promise.all([parts.service.forgetOutdated(), parts.service.markSeen('0')]);
    await gone(parts);
  });

  it('but takes no log-out with it that begins at the same moment', async () => {
    const { script, open } = gate();
    const { service, world, records, started } = setUp({
      before: [endedRecord()],
      exit: [script],
      alive: ['A', 'B'],
    });
    await started();
    world.set(...logIn('B', { domain: 'www.bilibili.com' }));
    const { put } = records;
    records.put = async (record) => {
      const done = put(record);
      await service.forgetOutdated();
      return done;
    };
    await service.logOut('0', 'popup', 'server');
    records.put = put;
    expect(records.read()).toMatchObject({ id: 'id-1', state: { phase: 'working' } });
    open();
    await settle();
  });
});

describe('an earlier log-out that still waits', () => {
  it('for its proof never writes over a later one', async () => {
    const { script, open } = gate();
    const { service, records, shown, outcome } = setUp({ nav: [script] });
    await service.logOut('0', 'popup', 'server');
    await outcome();
    await settle();
    const { put } = records;
    records.put = async (record) => {
      const done = put(record);
      // The proof comes while the later one is being written down.
      open();
      await settle();
      return done;
    };
    await service.logOut('0', 'popup', 'server');
    records.put = put;
    const later = records.history.findIndex(({ id }) => id === 'id-2');
    expect(records.history.slice(later).map(({ id }) => id)).not.toContain('id-1');
    expect(await outcome()).toMatchObject({ kind: 'already-logged-out' });
    await settle();
    expect(shown.at(-1)).toMatchObject({ id: 'id-2' });
  });

  it('for a follow-up neither', async () => {
    const task = gate();
    const tasks: FollowUp[] = ['biligame'];
    const { service, outcome, state, records } = setUp({
      switchedOn: async () => tasks.splice(0),
      follow: () => task.opened.then(() => 'done'),
    });
    await service.logOut('0', 'popup', 'server');
    await outcome();
    await settle();
    await service.logOut('0', 'popup', 'server');
    task.open();
    await settle();
    expect(records.read()?.id).toBe('id-2');
    expect(state()).not.toHaveProperty('followUps');
  });
});

describe('access', () => {
  /** A browser in which access can be withdrawn: every jar looks empty then. */
  const revocable = (options: SetUp = {}) => {
    let isGranted = true;
    const parts = setUp({
      ...options,
      needs: (needs) => ({
        ...needs,
        access: { isGranted: async () => isGranted },
        jar: { ...needs.jar, list: async () => (isGranted ? needs.jar.list() : []) },
      }),
    });
    const grant = (isNow: boolean) => {
      isGranted = isNow;
    };
    return { ...parts, grant };
  };

  it.each<[string, SetUp, string]>([
    ['Bilibili said yes', {}, 'accepted'],
    ['nobody answered', { exit: [lost, lost] }, 'asked'],
  ])(
    'withdrawn while the request is in flight: what was sent is told; %s',
    async (_, options, reached) => {
      const { opened, open } = gate();
      const [script, ...more] = options.exit ?? [];
      const exit: Script[] = [
        async (truth) => {
          await opened;
          return script === undefined || typeof script === 'function' ? truth() : script;
        },
        ...more,
      ];
      const { service, outcome, grant, state } = revocable({ exit });
      await service.logOut('0', 'shortcut', 'server');
      await settle();
      grant(false);
      open();
      expect(await outcome()).toEqual({ kind: 'no-access', reached });
      await service.forgetOutdated();
      expect(state()).toBeDefined();
    },
  );

  it('that is back makes every end go: nobody saw what came and went since', async () => {
    const stores = { '0': {}, '1': { exit: [lost, lost] } };
    const { service, outcome, grant, records } = revocable({ stores });
    await service.logOut('1', 'popup', 'server');
    await outcome('1');
    await settle();
    grant(false);
    await service.logOut('0', 'shortcut', 'server');
    expect(await outcome('0')).toEqual({ kind: 'no-access', reached: 'nothing-sent' });
    await service.forgetOutdated();
    expect(records.read('0')).toBeDefined();
    grant(true);
    await service.forgetEnded();
    expect(records.read('0')).toBeUndefined();
    expect(records.read('1')).toBeUndefined();
  });
});

describe('what follows a good end', () => {
  const both = async (): Promise<FollowUp[]> => ['biligame', 'siteData'];

  it('is done in the store that was logged out, and told task by task', async () => {
    const { service, followUps, outcome, records, shown } = setUp({
      stores: { '7': {} },
      switchedOn: both,
      follow: async (task) => (task === 'biligame' ? 'other-session' : 'done'),
    });
    await service.logOut('7', 'popup', 'server');
    await outcome('7');
    await settle();
    const result = expect.objectContaining({
      redirectUrl: 'https://passport.biligame.com/crossDomain?x=1',
      endedIds: [valuesOf('A').SESSDATA],
    });
    expect(followUps.run.mock.calls).toEqual([
      ['biligame', '7', result],
      ['siteData', '7', result],
    ]);
    const ends = records.history.flatMap(({ state }) => (state.phase === 'ended' ? [state] : []));
    expect(ends[0]?.followUps).toEqual({ biligame: 'working', siteData: 'working' });
    expect(ends.at(-1)?.followUps).toEqual({ biligame: 'other-session', siteData: 'done' });
    expect(shown.slice(1)).toEqual(records.history.slice(1));
  });

  it.each<[string, SetUp, Mode, number]>([
    ['a yes', {}, 'server', 1],
    ['an expired session', { alive: [] }, 'server', 1],
    ['no session', { cookies: [] }, 'server', 1],
    ['only this browser', {}, 'local', 1],
    ['a failure', { exit: [lost, lost] }, 'server', 0],
    ['no access', { isGranted: false }, 'server', 0],
    ['a fault of our own', { fingerprint: fails }, 'server', 0],
  ])('follows a good end only: %s', async (_, options, mode, count) => {
    const switchedOn = async (): Promise<FollowUp[]> => ['biligame'];
    const { service, followUps, reloadTabs, outcome, state } = setUp({ switchedOn, ...options });
    await service.logOut('0', 'popup', mode);
    await outcome();
    await settle();
    expect(reloadTabs.mock.calls).toEqual(count === 0 ? [] : [['0']]);
    expect(followUps.after).toHaveBeenCalledTimes(count);
    expect(followUps.run).toHaveBeenCalledTimes(count);
    if (count === 0) expect(state()).not.toHaveProperty('followUps');
  });

  it('is nothing where it cannot be told what is switched on', async () => {
    const { service, followUps, proof, state } = setUp({ switchedOn: fails });
    await service.logOut('0', 'popup', 'server');
    expect(await proof()).toBe('proven');
    expect(followUps.run).not.toHaveBeenCalled();
    expect(state()).not.toHaveProperty('followUps');
  });

  it('failed where it fails, and takes nothing with it', async () => {
    const { service, proof, state, watchdog, started } = setUp({
      switchedOn: both,
      follow: async (task) => (task === 'biligame' ? fails() : 'done'),
    });
    await started();
    await service.logOut('0', 'popup', 'server');
    expect(await proof()).toBe('proven');
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
    expect(state()).toMatchObject({ followUps: { biligame: 'failed', siteData: 'done' } });
  });

  it('does not wait for the proof, nor the proof for it, but the watchdog for both', async () => {
    const [nav, task] = [gate(), gate()];
    const { service, followUps, outcome, state, watchdog, started } = setUp({
      nav: [nav.script],
      switchedOn: async () => ['biligame'],
      follow: () => task.opened.then(() => 'done'),
    });
    await started();
    await service.logOut('0', 'popup', 'server');
    await outcome();
    await settle();
    expect(followUps.run).toHaveBeenCalledTimes(1);
    nav.open();
    await settle();
    expect(state()).toMatchObject({ revocation: 'proven', followUps: { biligame: 'working' } });
    expect(watchdog.clear).not.toHaveBeenCalled();
    task.open();
    await settle();
    expect(state()).toMatchObject({ revocation: 'proven', followUps: { biligame: 'done' } });
    expect(watchdog.clear).toHaveBeenCalledTimes(1);
  });
});

it('an end that has been seen is not written again when the popup is opened once more', async () => {
  const { service, records, proof } = setUp();
  await service.logOut('0', 'popup', 'server');
  await proof();
  await service.markSeen('0');
  const writes = records.history.length;
  await service.markSeen('0');
  expect(records.history).toHaveLength(writes);
});

it('an end is marked as seen in its own store, and a warning after it is news again', async () => {
  const { script, open } = gate();
  const parts = setUp({
    stores: { '0': { nav: [script] }, '1': {} },
    exit: [
      (truth) => {
        const answer = truth();
        // The server lies.
        parts.world.alive.add(valuesOf('A').SESSDATA);
        return answer;
      },
    ],
  });
  const { service, outcome, proof, state, shown } = parts;
  await service.logOut('0', 'popup', 'server');
  await outcome();
  expect(await service.markSeen('1')).toBe(false);
  expect(state()).toMatchObject({ seen: false });
  await service.markSeen('0');
  expect(shown.at(-1)?.state).toMatchObject({ seen: true });
  open();
  expect(await proof()).toBe('still-alive');
  expect(state()).toMatchObject({ seen: false });
});
