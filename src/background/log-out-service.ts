import type { AftercareResult, AftercareTask } from '../core/aftercare.ts';
import {
  logOut,
  type Mode,
  type Needs,
  type Progress,
  type Result,
  resume,
} from '../core/log-out.ts';
import { isGood, type Outcome } from '../core/outcome.ts';
import {
  abandoned,
  advanced,
  begun,
  ended,
  isUnsettled,
  type LogOutRecord,
  proved,
  seen,
  type Trigger,
  tended,
} from '../core/record.ts';
import type { Session } from '../core/session.ts';

/** How long an interrupted log-out that had not begun is still what the person wants, in ms. */
const recent = 2 * 60_000;

/** Where the records live; see `platform/records.ts`. */
interface Records {
  all(): Promise<LogOutRecord[]>;
  put(record: LogOutRecord): Promise<void>;
  change(
    storeId: string,
    id: string,
    change: (record: LogOutRecord) => LogOutRecord,
  ): Promise<LogOutRecord | undefined>;
}

interface Parts {
  readonly records: Records;
  /** What a log-out of one store needs, its reports aside. */
  needsOf(storeId: string): Omit<Needs, 'report'>;
  /** Whether this worker serves a store: of two workers, each has its own. */
  serves(storeId: string): boolean;
  fingerprint(salt: string, value: string): Promise<string>;
  /** What follows a good end, where a person has switched it on. */
  readonly aftercare: {
    /** The tasks that follow this ending. */
    planned(outcome: Outcome): Promise<AftercareTask[]>;
    run(task: AftercareTask, storeId: string, result: Result): Promise<AftercareResult>;
  };
  /** Wakes the worker later, in case it is stopped before the end. */
  readonly watchdog: { set(): Promise<void>; clear(): Promise<void> };
  /** Is shown every new state of a record. */
  show(record: LogOutRecord): void;
  /** Milliseconds since 1970. */
  now(): number;
  newId(): string;
}

/** What is done under a record, from wherever it begins to the outcome. */
type Work = (needs: Needs) => Promise<Result>;

export interface LogOutService {
  /**
   * Starts a log-out of a store, or joins the one that is under way. Resolves when its record is
   * there; the record tells all the rest.
   * @throws (rejects) for a store that another worker serves.
   */
  logOut(storeId: string, trigger: Trigger, mode: Mode): Promise<void>;
  /** The same for several stores, one after another. */
  logOutAll(storeIds: readonly string[], trigger: Trigger): Promise<void>;
  markSeen(storeId: string, id: string): Promise<void>;
}

/**
 * Log-outs of all stores, one at a time in each. On start it takes up what a stopped worker left
 * unfinished, before anything new begins.
 */
export function createLogOutService(parts: Parts): LogOutService {
  const { records, watchdog } = parts;
  /** The stores that are being logged out. */
  const underWay = new Set<string>();
  /** Log-outs without an outcome, or without the proof that belongs to it. */
  let unfinished = 0;

  const update = async (record: LogOutRecord, change: (record: LogOutRecord) => LogOutRecord) => {
    const changed = await records.change(record.storeId, record.id, change);
    if (changed) parts.show(changed);
  };

  /** Runs a log-out under its record, from the first step to the outcome. */
  const run = async (record: LogOutRecord, work: Work) => {
    const report = async (progress: Progress) => {
      const session = 'session' in progress ? progress.session : undefined;
      const print = session && (await parts.fingerprint(record.id, session.handle));
      await update(record, (current) => advanced(current, progress, print));
    };
    unfinished += 1;
    // Without its watchdog a log-out still ends, as long as the worker lives.
    await watchdog.set().catch(() => undefined);
    let result: Result;
    try {
      result = await work({ ...parts.needsOf(record.storeId), report });
    } catch {
      result = { outcome: ownFault };
    }
    const { outcome, prove, kept } = result;
    const print = kept && (await parts.fingerprint(record.id, kept.handle));
    const tasks = isGood(outcome) ? await parts.aftercare.planned(outcome).catch(() => []) : [];
    const end = { outcome, endedAt: parts.now(), isProving: prove !== undefined, tasks };
    await update(record, (current) => ended(current, end, print));
    void finish(record, result, tasks);
  };

  /** Fills in the proof and the aftercare, by which time a later log-out may be under way. */
  const finish = async (record: LogOutRecord, result: Result, tasks: readonly AftercareTask[]) => {
    const tend = async (task: AftercareTask) => {
      const ending = parts.aftercare.run(task, record.storeId, result);
      const outcome = await ending.catch(() => 'failed' as const);
      await update(record, (current) => tended(current, task, outcome));
    };
    const proof = async () => {
      const revocation = await result.prove?.().catch(() => 'unknown' as const);
      if (revocation) await update(record, (current) => proved(current, revocation));
    };
    await Promise.allSettled([proof(), ...tasks.map(tend)]);
    unfinished -= 1;
    if (unfinished === 0) await watchdog.clear().catch(() => undefined);
  };

  /** Keeps a store to one log-out at a time. */
  const occupy = async (record: LogOutRecord, work: Work) => {
    underWay.add(record.storeId);
    try {
      await run(record, work);
    } finally {
      underWay.delete(record.storeId);
    }
  };

  /** What a former life left: one after another, as they may have waited for their turn. */
  const takeUpAll = async () => {
    const all = await records.all().catch(() => []);
    const own = all.filter(({ storeId }) => parts.serves(storeId));
    for (const record of all) if (!own.includes(record)) parts.show(record);
    for (const record of own.filter(({ state }) => state.phase === 'ended')) {
      if (isUnsettled(record)) void update(record, abandoned);
      else parts.show(record);
    }
    const queue = own.filter(({ state }) => state.phase === 'working');
    for (const record of queue) {
      underWay.add(record.storeId);
      parts.show(record);
    }
    void runQueue(queue.map((record) => [record, interruption(record)]));
    // A former life may have left its watchdog behind.
    if (queue.length === 0) await watchdog.clear().catch(() => undefined);
  };

  /** How an interrupted log-out goes on. */
  const interruption = ({ id, state, mode, startedAt, fingerprint }: LogOutRecord): Work => {
    if (state.phase !== 'working') throw new Error('This log-out has ended.');
    const interrupted = {
      mode,
      progress: state.progress,
      isRecent: parts.now() - startedAt < recent,
      isAbout: async (session: Session) =>
        fingerprint !== undefined && (await parts.fingerprint(id, session.handle)) === fingerprint,
    };
    return (needs) => resume(needs, interrupted);
  };

  const runQueue = async (queue: readonly (readonly [LogOutRecord, Work])[]) => {
    for (const [record, work] of queue) await occupy(record, work).catch(() => undefined);
  };

  const ready = takeUpAll();

  /** Log-outs that wait for their turn: all are written down before the first one begins. */
  const start = async (
    storeIds: readonly string[],
    common: Pick<LogOutRecord, 'trigger' | 'mode' | 'batch'>,
  ) => {
    if (!storeIds.every(parts.serves)) {
      throw new Error('This worker does not serve that cookie store.');
    }
    await ready;
    const startedAt = parts.now();
    const begin = (storeId: string) => begun({ ...common, id: parts.newId(), storeId, startedAt });
    const queue = storeIds.filter((storeId) => !underWay.has(storeId)).map(begin);
    for (const { storeId } of queue) underWay.add(storeId);
    try {
      await Promise.all(queue.map((record) => records.put(record)));
    } catch (error) {
      for (const { storeId } of queue) underWay.delete(storeId);
      throw error;
    }
    for (const record of queue) parts.show(record);
    void runQueue(queue.map((record) => [record, (needs) => logOut(needs, record.mode)]));
  };

  return {
    logOut: (storeId, trigger, mode) => start([storeId], { trigger, mode }),
    logOutAll: (storeIds, trigger) =>
      start([...new Set(storeIds)], { trigger, mode: 'server', batch: parts.newId() }),
    async markSeen(storeId, id) {
      await ready;
      const changed = await records.change(storeId, id, seen);
      if (changed) parts.show(changed);
    },
  };
}

const ownFault: Outcome = { kind: 'unexpected-reply', reason: 'internal-error', detail: {} };
