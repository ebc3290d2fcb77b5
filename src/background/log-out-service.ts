import type { FollowUp, FollowUpResult } from '../core/follow-ups.ts';
import { type JarSnapshot, logOut, type Result, readAccount } from '../core/log-out.ts';
import type { Needs } from '../core/needs.ts';
import type { Mode, Progress } from '../core/order.ts';
import { internalError, isGood, type Outcome } from '../core/outcome.ts';
import {
  begun,
  isCurrent,
  isUnsettled,
  type LogOutRecord,
  needsAttention,
  type Trigger,
  withFollowUp,
  withOutcome,
  withoutWorker,
  withProgress,
  withRevocation,
  withSeen,
} from '../core/record.ts';
import { orderOf } from '../core/resume.ts';
import { type Due, isAbout } from '../core/rules.ts';

/** Where the records are stored; see `platform/records.ts`. */
interface Records {
  all(): Promise<LogOutRecord[]>;
  put(record: LogOutRecord): Promise<void>;
  remove(storeId: string): Promise<void>;
}

interface Parts {
  readonly records: Records;
  /** What a log-out of one store needs of the world; the service adds the rest. */
  needsOf(storeId: string): Omit<Needs, 'report' | 'fingerprint'>;
  /** Whether this worker serves a store: of two workers, each has its own. */
  serves(storeId: string): boolean;
  /** Whether a private store has gone for good, and its cookies with it. */
  isGone(storeId: string): Promise<boolean>;
  fingerprint(salt: string, value: string): Promise<string>;
  /** What follows a good end, where a person has switched it on. */
  readonly followUps: {
    /** The tasks that are switched on, and allowed what they need. */
    switchedOn(): Promise<FollowUp[]>;
    /** Those of them that follow this ending. */
    after(outcome: Outcome, tasks: readonly FollowUp[]): FollowUp[];
    run(task: FollowUp, storeId: string, result: Result): Promise<FollowUpResult>;
  };
  /** Reloads the store's tabs after a good end, where a person has switched that on. */
  reloadTabs(storeId: string): Promise<void>;
  /** Wakes the worker later, in case it is stopped before the end. */
  readonly watchdog: { set(): Promise<void>; clear(): Promise<void> };
  /** Shows what a person should know without the popup. */
  readonly feedback: {
    /** Called with every new state of a record. */
    show(record: LogOutRecord): void;
    /** The record of this store is no more. */
    forget(storeId: string): void;
    /** Shows how things are, whatever a former life has shown. */
    renew(): void;
  };
  /** Milliseconds since 1970. */
  now(): number;
  newId(): string;
}

export interface LogOutService {
  /**
   * Starts a log-out of a store, or joins the one that is under way. Resolves when its record is
   * there; the record tells all the rest.
   * @throws (rejects) for a store that another worker serves, and when nothing can be written down;
   *   the feedback tells that too.
   */
  logOut(storeId: string, trigger: Trigger, mode: Mode): Promise<void>;
  /** The same for several stores, one after another, at a press in the popup. */
  logOutAll(storeIds: readonly string[]): Promise<void>;
  /** The same by rules: of each store, only the sessions that it is about. */
  logOutDue(due: readonly Due[]): Promise<void>;
  /** Whether a store is being logged out. Once it is not, the feedback has been shown the end. */
  isUnderWay(storeId: string): Promise<boolean>;
  /**
   * A person has the popup of this store before them.
   * @returns whether its last end could not be stored, and nobody has been told of it.
   */
  markSeen(storeId: string): Promise<boolean>;
  /** Forgets the records that speak of something that is no more. */
  forgetOutdated(): Promise<void>;
  /**
   * A session id has come or gone. A record speaks of its own sessions only, so one that came ends
   * it, even if it is gone again by now.
   */
  sessionsChanged(storeId: string, came?: string): Promise<void>;
  /** Forgets every end: without access nobody saw what came and went since. */
  forgetEnded(): Promise<void>;
}

/**
 * Log-outs of all stores, one at a time in each. On start it takes up what a stopped worker left
 * unfinished, before anything new begins.
 */
export function createLogOutService(parts: Parts): LogOutService {
  const { records, watchdog, feedback } = parts;
  /** The newest record of each store. What is stored is a copy, for pages and for a successor. */
  const known = new Map<string, LogOutRecord>();
  /** The stores whose newest record could not be stored. */
  const unstored = new Set<string>();
  /** The stores that are being logged out. */
  const underWay = new Set<string>();
  /** Those of them to which a session came meanwhile. */
  const changed = new Set<string>();
  /** Log-outs without an outcome, or without the proof that belongs to it. */
  let unfinished = 0;

  const needsOf = (record: Pick<LogOutRecord, 'id' | 'storeId'>) => ({
    ...parts.needsOf(record.storeId),
    fingerprint: (sessionId: string) => parts.fingerprint(record.id, sessionId),
  });

  const put = async (record: LogOutRecord) => {
    known.set(record.storeId, record);
    const stored = records.put(record);
    feedback.show(record);
    try {
      await stored;
      unstored.delete(record.storeId);
    } catch {
      // Pages should see no older state for the newest one, which may be a later one by now.
      if (known.get(record.storeId) !== record) return;
      unstored.add(record.storeId);
      await records.remove(record.storeId).catch(() => undefined);
    }
  };

  /** Changes a record, unless a later log-out has taken its place. */
  const update = async (
    { storeId, id }: LogOutRecord,
    change: (record: LogOutRecord) => LogOutRecord,
  ) => {
    const current = known.get(storeId);
    if (current?.id === id) await put(change(current));
  };

  const forget = async (record: LogOutRecord) => {
    // It may have been marked as seen meanwhile, or a later log-out may have begun.
    if (known.get(record.storeId)?.id !== record.id) return;
    known.delete(record.storeId);
    feedback.forget(record.storeId);
    await records.remove(record.storeId).catch(() => undefined);
  };

  /**
   * Runs a log-out under its record, to the outcome.
   * @param stored settles when the record is stored. Without it, that is done together with the first
   *   progress; what cannot be stored then has no effect.
   * @returns two promises: that the record is stored, and that the log-out has its outcome.
   */
  const run = (record: LogOutRecord, stored?: Promise<unknown>, snapshot?: JarSnapshot) => {
    const first = deferred();
    // Without its watchdog a log-out still ends, as long as the worker lives.
    const watch = () => void watchdog.set().catch(() => undefined);
    if (stored) {
      first.follow(stored);
      watch();
    }
    let isStored = stored !== undefined;
    const report = async (progress: Progress) => {
      if (isStored) {
        await first.promise;
        await update(record, (current) => withProgress(current, progress));
        return;
      }
      isStored = true;
      const further = withProgress(record, progress);
      known.set(record.storeId, further);
      first.follow(records.put(further));
      watch();
      await first.promise;
    };
    const ended = runWith(record, report, snapshot).finally(first.resolve);
    return { stored: first.promise, ended };
  };

  const runWith = async (
    record: LogOutRecord,
    report: Needs['report'],
    snapshot: JarSnapshot | undefined,
  ) => {
    unfinished += 1;
    // Read while the server is asked: nobody waits for it at the end.
    let switchedOn: Promise<FollowUp[]> | undefined;
    const tasks = () => {
      switchedOn ??= parts.followUps.switchedOn().catch(() => []);
      return switchedOn;
    };
    let result: Result;
    try {
      const needs = needsOf(record);
      const reportAndRead = async (progress: Progress) => {
        await report(progress);
        void needs.wait(asideTime).then(tasks);
      };
      result = await logOut({ ...needs, report: reportAndRead }, orderOf(record), snapshot);
    } catch {
      const { jar, fingerprint } = needsOf(record);
      const left = await readAccount(jar, fingerprint).catch(() => record);
      result = { outcome: internalError, kept: left.sessions, dead: [], endedIds: [] };
    }
    const { outcome, prove, kept, dead } = result;
    const following = isGood(outcome) ? parts.followUps.after(outcome, await tasks()) : [];
    const isProving = prove !== undefined;
    const end = { outcome, endedAt: parts.now(), isProving, tasks: following, kept, dead };
    await update(record, (current) => withOutcome(current, end));
    if (changed.delete(record.storeId)) await forgetOutdated();
    void finish(record, result, following);
  };

  /** Fills in the proof and what follows, by which time a later log-out may be under way. */
  const finish = async (record: LogOutRecord, result: Result, tasks: readonly FollowUp[]) => {
    const follow = async (task: FollowUp) => {
      const ending = parts.followUps.run(task, record.storeId, result);
      const outcome = await ending.catch(() => 'failed' as const);
      await update(record, (current) => withFollowUp(current, task, outcome));
    };
    const proof = async () => {
      const revocation = await result.prove?.().catch(() => 'unknown' as const);
      if (revocation) await update(record, (current) => withRevocation(current, revocation));
    };
    // The pages draw the outcome first.
    await needsOf(record).wait(asideTime);
    if (isGood(result.outcome)) parts.reloadTabs(record.storeId).catch(() => undefined);
    await Promise.allSettled([proof(), ...tasks.map(follow)]);
    unfinished -= 1;
    if (unfinished === 0) await watchdog.clear().catch(() => undefined);
    // What came while it was at work was no reason to forget it then.
    await forgetOutdated();
  };

  /** Runs log-outs one after another; each store is kept to one at a time. */
  const runQueue = async (queue: readonly LogOutRecord[], stored: Promise<unknown>) => {
    for (const record of queue) {
      await run(record, stored).ended.catch(() => undefined);
      underWay.delete(record.storeId);
    }
  };

  /** What a former life left: one after another, as they may have waited for their turn. */
  const takeUpAll = async () => {
    const all = await records.all().catch(() => undefined);
    const own = (all ?? []).filter(({ storeId }) => parts.serves(storeId));
    for (const record of own) {
      known.set(record.storeId, record);
      if (record.state.phase === 'ended' && isUnsettled(record)) await put(withoutWorker(record));
      else feedback.show(record);
    }
    feedback.renew();
    const queue = own.filter(({ state }) => state.phase === 'working');
    for (const { storeId } of queue) underWay.add(storeId);
    void runQueue(queue, Promise.resolve());
    // A former life may have left its watchdog behind. It stays where nothing could be read: the
    // next life may be able to.
    if (all && queue.length === 0) await watchdog.clear().catch(() => undefined);
  };
  const ready = takeUpAll();

  /** Whether a record has nothing left to speak of. */
  const isOutdated = async (record: LogOutRecord): Promise<boolean> => {
    const { jar, access, fingerprint } = needsOf(record);
    if (await parts.isGone(record.storeId)) return true;
    if (!(await jar.exists())) return !tellsOfGoneStore(record, parts.now());
    const { sessions } = await readAccount(jar, fingerprint);
    // Without access a jar looks empty, or emptier than it is.
    return (await access.isGranted()) && !isCurrent(record, sessions);
  };

  const forgetOutdated = async () => {
    await ready;
    for (const record of known.values()) {
      if (record.state.phase === 'working') continue;
      if (await isOutdated(record).catch(() => false)) await forget(record);
    }
  };

  /** Log-outs that wait for their turn: all are written down before the first request leaves. */
  const start = async (
    storeIds: readonly string[],
    common: Pick<LogOutRecord, 'trigger' | 'mode' | 'batch'>,
    byRules: readonly Due[] = [],
  ) => {
    if (!storeIds.every(parts.serves)) {
      throw new Error('This worker does not serve that cookie store.');
    }
    await ready;
    const free = storeIds.filter((storeId) => !underWay.has(storeId));
    for (const storeId of free) underWay.add(storeId);
    const begin = async (storeId: string) => {
      const id = parts.newId();
      const { jar, fingerprint } = needsOf({ id, storeId });
      const due = byRules.find((one) => one.storeId === storeId);
      const notMeant = new Set<string>();
      const recognise = async (sessionId: string) => {
        const print = await fingerprint(sessionId);
        if (due && !isAbout(due, await parts.fingerprint(due.id, sessionId))) notMeant.add(print);
        return print;
      };
      const changes = jar.follow();
      // A jar that cannot be read now is read again, and told of, by the log-out itself.
      const look = await readAccount(jar, recognise).catch(() => undefined);
      const { found = [] } = look ?? {};
      const sessions = look?.sessions.filter((print) => !notMeant.has(print)) ?? [];
      const start = { ...common, id, storeId, startedAt: parts.now(), ...(due && { due: due.id }) };
      const record = begun({ ...start, sessions, found: [...found] });
      if (look && free.length === 1)
        return { record, snapshot: { cookies: look.cookies, changes } };
      // By its turn this will be old.
      changes.stop();
      return { record };
    };
    const asked = await Promise.all(free.map(begin));
    const queue = asked.map(({ record }) => record);
    // From now on, what an earlier log-out still waits for is written no more.
    for (const record of queue) {
      known.set(record.storeId, record);
      feedback.show(record);
    }
    const [only, ...others] = queue;
    if (only && others.length === 0) {
      const { stored, ended } = run(only, undefined, asked[0]?.snapshot);
      ended.catch(() => undefined).finally(() => underWay.delete(only.storeId));
      await stored;
      return;
    }
    const stored = Promise.all(queue.map((record) => records.put(record)));
    void runQueue(queue, stored);
    await stored;
  };

  return {
    logOut: (storeId, trigger, mode) => start([storeId], { trigger, mode }),
    logOutAll: (storeIds) =>
      start([...new Set(storeIds)], { trigger: 'popup', mode: 'server', batch: parts.newId() }),
    logOutDue: (due) =>
      start(
        due.map(({ storeId }) => storeId),
        { trigger: 'rule', mode: 'server', batch: parts.newId() },
        due,
      ),
    async isUnderWay(storeId) {
      await ready;
      return underWay.has(storeId);
    },
    async markSeen(storeId) {
      await ready;
      const record = known.get(storeId);
      if (!record) return false;
      const isUntold = unstored.has(storeId) && isNews(record);
      // What is seen is not written once more: nothing has changed.
      if (record.state.phase === 'ended' && !record.state.seen) await update(record, withSeen);
      return isUntold;
    },
    forgetOutdated,
    async sessionsChanged(storeId, came) {
      await ready;
      const record = known.get(storeId);
      if (record?.state.phase === 'working' && came !== undefined) changed.add(storeId);
      if (record?.state.phase === 'ended' && came !== undefined) {
        const { sessions, state } = record;
        const own = [...sessions, ...state.kept, ...state.dead];
        if (!own.includes(await parts.fingerprint(record.id, came))) await forget(record);
      }
      await forgetOutdated();
    },
    async forgetEnded() {
      await ready;
      for (const record of known.values()) {
        if (record.state.phase === 'ended') await forget(record);
      }
    },
  };
}

/** A promise that takes what becomes of another one; whatever comes first counts. */
function deferred() {
  let resolve = () => {};
  let follow: (other: Promise<unknown>) => void = () => {};
  const promise = new Promise<void>((accept, reject) => {
    resolve = accept;
    follow = (other) => void other.then(accept as () => void, reject);
  });
  // Whoever waits for it is told; nobody has to.
  promise.catch(() => undefined);
  return { promise, resolve, follow };
}

/** How long what nobody waits for steps aside for what somebody does, in milliseconds. */
const asideTime = 30;

/** How long an end is left for somebody who is looking at it, in milliseconds. */
const readingTime = 60_000;

/** Whether the end is that the store was deleted before its log-out, and somebody may not know yet. */
function tellsOfGoneStore({ state }: LogOutRecord, now: number): boolean {
  return (
    state.phase === 'ended' &&
    state.outcome.kind === 'unexpected-reply' &&
    state.outcome.reason === 'store-gone' &&
    (!state.seen || Math.abs(now - state.endedAt) < readingTime)
  );
}

/** Whether a person has still to see it. */
function isNews(record: LogOutRecord): boolean {
  return record.state.phase === 'ended' && needsAttention(record) && !record.state.seen;
}
