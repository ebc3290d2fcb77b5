import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { describe, expect, it, vi } from 'vitest';
import type { AftercareResult, AftercareTask } from '../core/aftercare.ts';
import { type AccountCookieName, accountCookieNames, type Cookie } from '../core/cookie.ts';
import type { Mode, Needs, Result } from '../core/log-out.ts';
import { fatesOf, type Outcome } from '../core/outcome.ts';
import { begun, ended, type LogOutRecord, recordSchema, tended } from '../core/record.ts';
import type { Answer } from '../core/reply.ts';
import { lost, navAlive, navDead, yes } from '../core/testing/answers.ts';
import { bystanders, logIn, valuesOf } from '../core/testing/cookies.ts';
import { createWorld, type Script, type World, type WorldOptions } from '../core/testing/world.ts';
import { createLogOutService } from './log-out-service.ts';

const print = (salt: string, value: string) =>
  createHash('sha256').update(`${salt} ${value}`).digest('hex');
const now = 1_000_000;

/** Records as a browser stores them: as JSON, and one for each store. */
function createRecords(initial: readonly LogOutRecord[]) {
  const stored = new Map<string, string>();
  const history: LogOutRecord[] = [];
  const read = (storeId: string): LogOutRecord | undefined => {
    const text = stored.get(storeId);
    return text === undefined ? undefined : v.parse(recordSchema, JSON.parse(text));
  };
  const write = (record: LogOutRecord) => {
    stored.set(record.storeId, JSON.stringify(record));
    history.push(structuredClone(record));
  };
  for (const record of initial) stored.set(record.storeId, JSON.stringify(record));
  return {
    history,
    read,
    all: async () => [...stored.keys()].map(read).filter((record) => record !== undefined),
    async put(record: LogOutRecord) {
      await new Promise((resolve) => setImmediate(resolve));
      write(record);
    },
    async change(storeId: string, id: string, change: (record: LogOutRecord) => LogOutRecord) {
      const record = read(storeId);
      if (record?.id !== id) return undefined;
      const changed = change(record);
      write(changed);
      return changed;
    },
  };
}

interface SetUp extends Partial<WorldOptions> {
  readonly before?: readonly LogOutRecord[];
  readonly serves?: (storeId: string) => boolean;
  readonly needs?: (needs: Needs) => Omit<Needs, 'report'>;
  readonly fingerprint?: (salt: string, value: string) => Promise<string>;
  readonly setWatchdog?: () => Promise<void>;
  readonly clearWatchdog?: () => Promise<void>;
  readonly brokenRecords?: boolean;
  readonly planned?: () => Promise<AftercareTask[]>;
  readonly tend?: (
    task: AftercareTask,
    storeId: string,
    result: Result,
  ) => Promise<AftercareResult>;
}

function setUp(options: SetUp = {}) {
  const world = createWorld({ cookies: [...bystanders, ...logIn('A')], ...options });
  const records = createRecords(options.before ?? []);
  if (options.brokenRecords) records.all = fails;
  const shown: LogOutRecord[] = [];
  const watchdog = {
    set: vi.fn(options.setWatchdog ?? (async () => {})),
    clear: vi.fn(options.clearWatchdog ?? (async () => {})),
  };
  const aftercare = {
    planned: vi.fn(options.planned ?? (async () => [])),
    run: vi.fn(options.tend ?? (async () => 'done' as const)),
  };
  let ids = 0;
  const service = createLogOutService({
    records,
    needsOf: () => (options.needs ? options.needs(world.needs) : world.needs),
    serves: options.serves ?? ((storeId) => storeId === '0'),
    fingerprint: options.fingerprint ?? (async (salt, value) => print(salt, value)),
    aftercare,
    watchdog,
    show: (record) => shown.push(structuredClone(record)),
    now: () => now,
    newId: () => `id-${++ids}`,
  });
  const state = (storeId = '0') => records.read(storeId)?.state;
  /** Waits for what is under way: an outcome, or with the proof. */
  const outcome = (storeId = '0') =>
    vi.waitFor(() => {
      const current = state(storeId);
      if (current?.phase !== 'ended') throw new Error('Not ended yet.');
      return current.outcome;
    });
  const proof = () =>
    vi.waitFor(() => {
      const current = state();
      if (current?.phase !== 'ended' || current.revocation === 'asking') throw new Error('Asking.');
      return current.revocation;
    });
  /** Waits until the former life is dealt with. */
  const started = async () => {
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalled());
    watchdog.clear.mockClear();
  };
  return { world, records, shown, watchdog, aftercare, service, state, outcome, proof, started };
}

/** An answer that comes when it is let go. */
function gate(answer?: Answer) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const script: Script = async (truth) => {
    await opened;
    return answer ?? truth();
  };
  return { script, open };
}

/** Long enough for everything that waits for nothing outside. */
async function settle() {
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function fails(): Promise<never> {
  throw new Error('broken');
}

describe('one log-out', () => {
  it('is told step by step, to the record and to the feedback alike', async () => {
    const { service, records, shown, proof } = setUp();
    await service.logOut('0', 'shortcut', 'server');
    expect(await proof()).toBe('proven');
    const told = ({ state }: LogOutRecord) =>
      state.phase === 'working' ? state.progress.step : (state.revocation ?? state.outcome.kind);
    const steps = ['access', 'access', 'read', 'exit', 'judge', 'confirm', 'asking', 'proven'];
    expect(records.history.map(told)).toEqual(steps);
    expect(shown).toEqual(records.history);
    expect(shown.at(-1)).toEqual({
      id: 'id-1',
      storeId: '0',
      trigger: 'shortcut',
      mode: 'server',
      startedAt: now,
      fingerprint: print('id-1', valuesOf('A').SESSDATA),
      state: {
        phase: 'ended',
        endedAt: now,
        outcome: { kind: 'logged-out', cookies: fatesOf(accountCookieNames, [], []) },
        revocation: 'proven',
        seen: false,
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

  it('resolves when its record is there, before it has an outcome', async () => {
    const { script, open } = gate();
    const { service, state, outcome } = setUp({ exit: [script] });
    await service.logOut('0', 'popup', 'server');
    expect(state()?.phase).toBe('working');
    open();
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
  });

  it('has its outcome before its proof', async () => {
    const { script, open } = gate();
    const { service, state, outcome, proof } = setUp({ nav: [script] });
    await service.logOut('0', 'popup', 'server');
    await outcome();
    expect(state()).toMatchObject({ revocation: 'asking' });
    open();
    expect(await proof()).toBe('proven');
  });

  it.each<[string, SetUp, string]>([
    ['dead', { nav: [navDead] }, 'proven'],
    ['alive', { nav: [navAlive, navAlive] }, 'still-alive'],
    ['unclear', { nav: [lost] }, 'unknown'],
    ['failing', { nav: [fails] }, 'unknown'],
  ])('is proved: %s', async (_, options, revocation) => {
    const { service, proof } = setUp(options);
    await service.logOut('0', 'popup', 'server');
    expect(await proof()).toBe(revocation);
  });

  it('has no proof to wait for after a failure', async () => {
    const { service, outcome, state } = setUp({ exit: [lost, lost] });
    await service.logOut('0', 'popup', 'server');
    await outcome();
    expect(state()).not.toHaveProperty('revocation');
  });

  it('is about the session that was kept, where it ended at one', async () => {
    const { service, outcome, records } = setUp({
      cookies: [...logIn('A'), ...logIn('B', { domain: 'www.bilibili.com' })],
      alive: ['A', 'B'],
    });
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ reason: 'other-session' });
    expect(records.read('0')?.fingerprint).toBe(print('id-1', valuesOf('B').SESSDATA));
  });
});

describe('one at a time', () => {
  it('ten calls are one log-out', async () => {
    const { service, world, records, proof } = setUp();
    const doors = ['popup', 'context-menu', 'shortcut'] as const;
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        service.logOut('0', doors[i % 3] ?? 'popup', i % 2 ? 'local' : 'server'),
      ),
    );
    await proof();
    expect(world.exits).toHaveLength(1);
    expect(new Set(records.history.map(({ id }) => id))).toEqual(new Set(['id-1']));
    expect(records.read('0')).toMatchObject({ trigger: 'popup', mode: 'server' });
  });

  it('until the outcome is there', async () => {
    const { script, open } = gate();
    const { service, world, records, outcome } = setUp({ exit: [script] });
    await service.logOut('0', 'popup', 'server');
    await settle();
    await service.logOut('0', 'popup', 'local');
    expect(world.exits).toHaveLength(1);
    open();
    await outcome();
    await settle();
    await service.logOut('0', 'popup', 'server');
    await outcome();
    expect(records.read('0')?.id).toBe('id-2');
  });

  it('in each store, and all stores at once', async () => {
    const { script, open } = gate(yes);
    const { service, world, outcome } = setUp({
      exit: [script, yes],
      nav: Array(9).fill(navDead),
      serves: () => true,
    });
    await service.logOut('0', 'popup', 'server');
    await service.logOut('1', 'popup', 'server');
    expect(await outcome('1')).toMatchObject({ kind: 'logged-out' });
    open();
    await outcome('0');
    expect(world.exits).toHaveLength(2);
  });

  it('and none for a store that another worker serves', async () => {
    const { service, world, records } = setUp();
    await expect(service.logOut('1', 'popup', 'server')).rejects.toThrow();
    expect(records.history).toEqual([]);
    expect(world.events).toEqual([]);
  });

  it('a failure does not block the next', async () => {
    const { service, outcome, records } = setUp({ exit: [lost, lost] });
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ kind: 'offline' });
    await settle();
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
    expect(records.read('0')?.id).toBe('id-2');
  });
});

describe('several stores', () => {
  it('are logged out one after another, each once, as one batch', async () => {
    const { script, open } = gate(yes);
    const { service, world, records, outcome } = setUp({
      exit: [script, lost, lost],
      serves: () => true,
    });
    await service.logOutAll(['0', '1', '0'], 'popup');
    await settle();
    expect(world.exits).toHaveLength(1);
    expect(records.read('1')?.state.phase).toBe('working');
    await service.logOut('1', 'popup', 'local');
    open();
    await outcome('1');
    const written = [records.read('0'), records.read('1')];
    expect(written).toMatchObject([{ mode: 'server' }, { mode: 'server' }]);
    expect(new Set(written.map((record) => record?.batch))).toEqual(new Set([written[0]?.batch]));
    expect(written[0]?.batch).toBeTypeOf('string');
    expect(new Set(records.history.map(({ id }) => id)).size).toBe(2);
  });

  it('are all served by this worker, or none is logged out', async () => {
    const { service, world, records } = setUp();
    await expect(service.logOutAll(['0', '1'], 'popup')).rejects.toThrow();
    expect(records.history).toEqual([]);
    expect(world.events).toEqual([]);
  });
});

describe('a record', () => {
  it('that cannot be written starts nothing, and stands in nobody’s way', async () => {
    const { service, world, records, outcome } = setUp();
    const put = records.put;
    records.put = fails;
    await expect(service.logOut('0', 'popup', 'server')).rejects.toThrow('broken');
    await settle();
    expect(world.events).toEqual([]);
    records.put = put;
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
  });

  it('is never written by the proof of an earlier log-out', async () => {
    const { script, open } = gate(navAlive);
    const { service, world, records, shown, state, outcome } = setUp({ nav: [script, navAlive] });
    await service.logOut('0', 'popup', 'server');
    await outcome();
    await settle();
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ kind: 'already-logged-out' });
    const before = records.history.length;
    open();
    await settle();
    expect(world.navs).toHaveLength(2);
    expect(state()).not.toHaveProperty('revocation');
    expect(records.history).toHaveLength(before);
    expect(shown).toHaveLength(before);
  });

  it('is marked as seen by its id only', async () => {
    const { service, proof, state, shown } = setUp();
    await service.logOut('0', 'popup', 'server');
    await proof();
    await service.markSeen('0', 'id-0');
    await service.markSeen('1', 'id-1');
    expect(state()).toMatchObject({ seen: false });
    const before = shown.length;
    await service.markSeen('0', 'id-1');
    expect(state()).toMatchObject({ seen: true });
    expect(shown).toHaveLength(before + 1);
    expect(shown.at(-1)?.state).toMatchObject({ seen: true });
  });
});

describe('a fault of our own is an outcome, too', () => {
  const internalError = { kind: 'unexpected-reply', reason: 'internal-error', detail: {} };
  it.each<[string, SetUp]>([
    [
      'no needs',
      {
        needs: () => {
          throw new Error('broken');
        },
      },
    ],
    ['no access to ask for', { needs: (needs) => ({ ...needs, access: { isGranted: fails } }) }],
    ['no jar', { needs: (needs) => ({ ...needs, jar: { ...needs.jar, list: fails } }) }],
    ['no server', { exit: [fails] }],
    ['no fingerprint', { fingerprint: fails }],
  ])('%s', async (_, options) => {
    const { service, outcome, watchdog, started } = setUp(options);
    await started();
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toEqual(internalError);
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
  });
});

const found: AccountCookieName[] = [...accountCookieNames];
const kept = fatesOf(found, found, found);

type StoredProgress = Extract<LogOutRecord['state'], { phase: 'working' }>['progress'];

function workingRecord(progress: StoredProgress, parts: Partial<LogOutRecord> = {}): LogOutRecord {
  return {
    ...begun({ id: 'old', storeId: '0', trigger: 'shortcut', mode: 'server', startedAt: now - 1 }),
    fingerprint: print('old', valuesOf('A').SESSDATA),
    state: { phase: 'working', progress },
    ...parts,
  };
}

function endedRecord(parts: { outcome?: Outcome; isProving?: boolean } = {}): LogOutRecord {
  const outcome: Outcome = { kind: 'logged-out', cookies: fatesOf(found, [], []) };
  const end = { outcome, endedAt: now - 1, isProving: false, tasks: [], ...parts };
  return ended(workingRecord({ step: 'access' }), end, undefined);
}

const otherWorkers = workingRecord({ step: 'exit', found }, { storeId: '1' });

describe('the watchdog', () => {
  it('watches from before the first step until the proof', async () => {
    const { script, open } = gate();
    const { service, world, watchdog, outcome, proof, started } = setUp({
      nav: [script],
      setWatchdog: async () => {
        expect(world.events).toEqual([]);
      },
    });
    await started();
    await service.logOut('0', 'popup', 'server');
    await outcome();
    await settle();
    expect(watchdog.set).toHaveBeenCalledTimes(1);
    expect(watchdog.clear).not.toHaveBeenCalled();
    open();
    await proof();
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
  });

  it.each<[string, SetUp]>([
    ['a failure', { exit: [lost, lost] }],
    ['no session', { cookies: [] }],
    ['a failing proof', { nav: [fails] }],
  ])('goes after %s', async (_, options) => {
    const { service, watchdog, started } = setUp(options);
    await started();
    await service.logOut('0', 'popup', 'server');
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
  });

  it('stays while another log-out is unfinished', async () => {
    const { script, open } = gate();
    const { service, watchdog, outcome, started } = setUp({
      exit: [script, yes],
      serves: () => true,
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

  it.each<[string, SetUp]>([
    ['nothing at all', {}],
    ['an end', { before: [endedRecord()] }],
    ['an end without its proof', { before: [endedRecord({ isProving: true })] }],
    ['a log-out of another worker', { before: [otherWorkers] }],
  ])('that a former life left goes at once where nothing is unfinished: %s', async (_, options) => {
    const { watchdog } = setUp(options);
    await settle();
    expect(watchdog.clear).toHaveBeenCalledTimes(1);
    expect(watchdog.set).not.toHaveBeenCalled();
  });

  it('that a former life left stays while its log-out is unfinished', async () => {
    const { script, open } = gate();
    const before = [workingRecord({ step: 'exit', found })];
    const { watchdog, proof } = setUp({ before, exit: [script] });
    await settle();
    expect(watchdog.clear).not.toHaveBeenCalled();
    open();
    await proof();
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
  });

  it('also goes where the records cannot be read', async () => {
    const { service, outcome } = setUp({ brokenRecords: true });
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
  });

  it('that cannot be cleared keeps no log-out from its end', async () => {
    const { service, proof } = setUp({ clearWatchdog: fails });
    await service.logOut('0', 'popup', 'server');
    expect(await proof()).toBe('proven');
    await settle();
  });

  it('that cannot be set keeps no log-out from its end', async () => {
    const { service, outcome } = setUp({ setWatchdog: fails });
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
  });
});

describe('what a stopped worker left is taken up', () => {
  const confirm: StoredProgress = { step: 'confirm', found, left: [], ending: 'logged-out' };
  const asked: StoredProgress[] = [
    { step: 'read', found },
    { step: 'exit', found },
    { step: 'judge', found },
  ];

  it.each(asked)('with its session: it starts over, at $step', async (progress) => {
    const { outcome, proof, world, records } = setUp({ before: [workingRecord(progress)] });
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
    expect(await proof()).toBe('proven');
    expect(world.exits).toHaveLength(1);
    expect(records.read('0')).toMatchObject({ id: 'old', trigger: 'shortcut' });
  });

  it.each<[string, SetUp, string]>([
    ['dead', { alive: [] }, 'proven'],
    ['alive', {}, 'still-alive'],
  ])('with its session: it goes on at confirm, to a proof: %s', async (_, options, revocation) => {
    const before = [workingRecord(confirm)];
    const { outcome, proof, world } = setUp({ before, ...options });
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
    expect(await proof()).toBe(revocation);
    expect(world.exits).toEqual([]);
    expect(world.jar).toEqual(bystanders);
  });

  it.each([...asked, confirm])('and without access it ends there, at $step', async (progress) => {
    const { outcome, world } = setUp({ before: [workingRecord(progress)], isGranted: false });
    expect(await outcome()).toEqual({ kind: 'no-access' });
    expect(world.jar).toEqual([...bystanders, ...logIn('A')]);
  });

  it.each([...asked, confirm])('and shown as it was left, at $step', async (progress) => {
    const record = workingRecord(progress);
    const { shown, outcome } = setUp({ before: [record] });
    await outcome();
    expect(shown[0]).toEqual(record);
  });

  it.each<[string, readonly Cookie[]]>([
    ['without it', bystanders],
    ['with another', logIn('B')],
  ])('%s: it was interrupted, and nothing is removed', async (_, cookies) => {
    for (const progress of asked) {
      const before = [workingRecord(progress)];
      const { outcome, world } = setUp({ before, cookies, alive: ['A', 'B'] });
      const interrupted = { kind: 'unexpected-reply', reason: 'interrupted' };
      expect(await outcome()).toMatchObject(interrupted);
      expect([...world.removed, ...world.exits, ...world.navs]).toEqual([]);
    }
  });

  it('without a fingerprint: no session is the one', async () => {
    const { fingerprint: _, ...record } = workingRecord({ step: 'exit', found });
    const { outcome, world } = setUp({ before: [record] });
    expect(await outcome()).toMatchObject({ reason: 'interrupted' });
    expect(world.exits).toEqual([]);
  });

  it('after a yes that was seen: it is completed, without proof', async () => {
    const { outcome, proof } = setUp({ before: [workingRecord(confirm)], cookies: bystanders });
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
    expect(await proof()).toBe('unknown');
  });

  it.each([
    [0, 'logged-out'],
    [119_999, 'logged-out'],
    [120_000, 'unexpected-reply'],
    [86_400_000, 'unexpected-reply'],
  ])('at access: %i ms later it is %s', async (age, kind) => {
    const record = workingRecord({ step: 'access' }, { startedAt: now - age });
    const { outcome, world } = setUp({ before: [record] });
    expect(await outcome()).toMatchObject({ kind });
    expect(world.exits).toHaveLength(kind === 'logged-out' ? 1 : 0);
  });

  it('in its own mode', async () => {
    const record = workingRecord({ step: 'read', found }, { mode: 'local' });
    const { outcome, world } = setUp({ before: [record] });
    expect(await outcome()).toMatchObject({ kind: 'removed-locally' });
    expect(world.exits).toEqual([]);
  });

  it('before anything new begins, which joins it', async () => {
    const { script, open } = gate();
    const before = [workingRecord({ step: 'exit', found })];
    const { service, world, records, outcome } = setUp({ before, exit: [script] });
    await service.logOut('0', 'popup', 'local');
    expect(records.read('0')?.id).toBe('old');
    open();
    expect(await outcome()).toMatchObject({ kind: 'logged-out' });
    expect(world.exits).toHaveLength(1);
    expect(records.history.map(({ id }) => id)).not.toContain('id-1');
  });

  it('under the watchdog', async () => {
    const { watchdog } = setUp({ before: [workingRecord({ step: 'exit', found })] });
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
    expect(watchdog.set).toHaveBeenCalledTimes(1);
  });

  it('a proof that was lost is unknown, and shown', async () => {
    const { proof, shown, world } = setUp({ before: [endedRecord({ isProving: true })] });
    expect(await proof()).toBe('unknown');
    expect(shown.map(({ state }) => state)).toMatchObject([{ revocation: 'unknown' }]);
    expect(world.navs).toEqual([]);
  });

  it.each<[string, LogOutRecord]>([
    ['good', endedRecord()],
    ['bad', endedRecord({ outcome: { kind: 'timeout', cookies: kept } })],
  ])('an end is shown as it is: %s', async (_, record) => {
    const { shown, records, world } = setUp({ before: [record] });
    await settle();
    expect(shown).toEqual([record]);
    expect(records.history).toEqual([]);
    expect(world.events).toEqual([]);
  });

  it('the record of another worker’s store is left alone', async () => {
    const before = [otherWorkers, { ...endedRecord({ isProving: true }), storeId: '2' }];
    const { shown, records, world } = setUp({ before });
    await settle();
    // Shown, as there is one button for all; not touched.
    expect(shown).toEqual(before);
    expect(records.history).toEqual([]);
    expect(world.events).toEqual([]);
  });
});

describe('what follows a good end', () => {
  const both = async (): Promise<AftercareTask[]> => ['biligame', 'siteData'];
  const aftercareOf = (record: LogOutRecord | undefined) =>
    record?.state.phase === 'ended' ? record.state.aftercare : undefined;

  it('is told task by task, to the record and to the feedback alike', async () => {
    const { service, records, shown, proof } = setUp({
      planned: both,
      tend: async (task) => (task === 'biligame' ? 'other-session' : 'done'),
    });
    await service.logOut('0', 'popup', 'server');
    await proof();
    await settle();
    expect(aftercareOf(records.history.find(({ state }) => state.phase === 'ended'))).toEqual({
      biligame: 'working',
      siteData: 'working',
    });
    expect(aftercareOf(records.read('0'))).toEqual({ biligame: 'other-session', siteData: 'done' });
    expect(shown).toEqual(records.history);
  });

  it('is done in the store that was logged out, with what its log-out came to', async () => {
    const { service, aftercare, outcome } = setUp({ planned: both, serves: () => true });
    await service.logOut('7', 'popup', 'server');
    await outcome('7');
    await settle();
    const result = expect.objectContaining({
      redirectUrl: 'https://passport.biligame.com/crossDomain?x=1',
      session: expect.objectContaining({ handle: valuesOf('A').SESSDATA }),
    });
    expect(aftercare.run.mock.calls).toEqual([
      ['biligame', '7', result],
      ['siteData', '7', result],
    ]);
  });

  it.each<[string, SetUp, Mode, AftercareTask[]]>([
    ['a yes', {}, 'server', ['biligame']],
    ['an expired session', { alive: [] }, 'server', ['biligame']],
    ['no session', { cookies: [] }, 'server', ['biligame']],
    ['only this browser', {}, 'local', ['biligame']],
    ['a failure', { exit: [lost, lost] }, 'server', []],
    ['no access', { isGranted: false }, 'server', []],
    [
      'another session',
      { cookies: [...logIn('A'), ...logIn('B', { domain: 'www.bilibili.com' })], nav: [lost] },
      'server',
      [],
    ],
    ['a fault of our own', { needs: () => ({}) as Needs }, 'server', []],
    [
      'a yes that was seen before',
      { before: [workingRecord({ step: 'confirm', found, left: [], ending: 'logged-out' })] },
      'server',
      ['biligame'],
    ],
  ])('is planned after a good end only: %s', async (_, options, mode, tasks) => {
    const planned = async (): Promise<AftercareTask[]> => ['biligame'];
    const { service, aftercare, outcome, state } = setUp({ planned, ...options });
    if (!options.before) await service.logOut('0', 'popup', mode);
    await outcome();
    await settle();
    expect(aftercare.run.mock.calls.map(([task]) => task)).toEqual(tasks);
    expect(aftercare.planned).toHaveBeenCalledTimes(tasks.length);
    if (tasks.length === 0) expect(state()).not.toHaveProperty('aftercare');
  });

  it('is nothing where it cannot be told what is switched on', async () => {
    const { service, aftercare, proof, state } = setUp({ planned: fails });
    await service.logOut('0', 'popup', 'server');
    expect(await proof()).toBe('proven');
    expect(aftercare.run).not.toHaveBeenCalled();
    expect(state()).not.toHaveProperty('aftercare');
  });

  it('is planned when the outcome is there, not when the log-out begins', async () => {
    const { script, open } = gate();
    let tasks: AftercareTask[] = [];
    const { service, aftercare, outcome } = setUp({ exit: [script], planned: async () => tasks });
    await service.logOut('0', 'popup', 'server');
    await settle();
    tasks = ['siteData'];
    open();
    await outcome();
    await settle();
    expect(aftercare.run).toHaveBeenCalledTimes(1);
  });

  it('failed where it fails, and takes nothing with it', async () => {
    const { service, proof, records, watchdog, started } = setUp({
      planned: both,
      tend: async (task) => (task === 'biligame' ? fails() : 'done'),
    });
    await started();
    await service.logOut('0', 'popup', 'server');
    expect(await proof()).toBe('proven');
    await vi.waitFor(() => expect(watchdog.clear).toHaveBeenCalledTimes(1));
    expect(aftercareOf(records.read('0'))).toEqual({ biligame: 'failed', siteData: 'done' });
  });

  it('does not wait for the proof, nor the proof for it, but the watchdog for both', async () => {
    const nav = gate();
    const task = gate();
    const { service, aftercare, outcome, state, watchdog, started } = setUp({
      nav: [nav.script],
      planned: async () => ['biligame'],
      tend: async () => {
        await task.script(() => yes);
        return 'done';
      },
      serves: () => true,
    });
    await started();
    await service.logOut('0', 'popup', 'server');
    await outcome();
    await settle();
    expect(state()).toMatchObject({ revocation: 'asking', aftercare: { biligame: 'working' } });
    expect(aftercare.run).toHaveBeenCalledTimes(1);
    nav.open();
    await settle();
    expect(state()).toMatchObject({ revocation: 'proven', aftercare: { biligame: 'working' } });
    expect(watchdog.clear).not.toHaveBeenCalled();
    task.open();
    await settle();
    expect(state()).toMatchObject({ revocation: 'proven', aftercare: { biligame: 'done' } });
    expect(watchdog.clear).toHaveBeenCalledTimes(1);
  });

  it('does not keep the store from the next log-out, and never writes its record', async () => {
    const task = gate();
    const tasks: AftercareTask[] = ['biligame'];
    const { service, outcome, state, records } = setUp({
      planned: async () => tasks.splice(0),
      tend: async () => {
        await task.script(() => yes);
        return 'done';
      },
    });
    await service.logOut('0', 'popup', 'server');
    await outcome();
    await settle();
    await service.logOut('0', 'popup', 'server');
    expect(await outcome()).toMatchObject({ kind: 'already-logged-out' });
    await settle();
    task.open();
    await settle();
    expect(records.read('0')?.id).toBe('id-2');
    expect(state()).not.toHaveProperty('aftercare');
  });

  it('is interrupted where the worker died before it was done', async () => {
    const done = tended(endedRecord({ isProving: true }), 'siteData', 'done');
    const { proof, shown, aftercare, records } = setUp({
      before: [tended(done, 'biligame', 'working')],
      planned: both,
    });
    expect(await proof()).toBe('unknown');
    expect(aftercareOf(records.read('0'))).toEqual({ biligame: 'interrupted', siteData: 'done' });
    expect(shown).toEqual([records.read('0')]);
    expect(aftercare.run).not.toHaveBeenCalled();
  });

  it('is interrupted also where the proof had come', async () => {
    const before = [tended(endedRecord(), 'biligame', 'working')];
    const { shown, records } = setUp({ before });
    await vi.waitFor(() => expect(shown).toHaveLength(1));
    expect(records.read('0')?.state).toMatchObject({ aftercare: { biligame: 'interrupted' } });
    expect(records.read('0')?.state).not.toHaveProperty('revocation');
  });
});

it('the world of these tests ends sessions truly', async () => {
  const world: World = createWorld({ cookies: logIn('A') });
  await world.needs.server.exit('token-A');
  expect([...world.alive, ...world.jar]).toEqual([]);
});
