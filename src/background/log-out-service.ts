import {
  logOut,
  type Mode,
  type Needs,
  type Progress,
  type Result,
  resume,
} from '../core/log-out.ts';
import type { Outcome } from '../core/outcome.ts';
import {
  advanced,
  begun,
  ended,
  type LogOutRecord,
  proved,
  seen,
  type Trigger,
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
  /** Wakes the worker later, in case it is stopped before the end. */
  readonly watchdog: { set(): Promise<void>; clear(): Promise<void> };
  /** Is shown every new state of a record. */
  show(record: LogOutRecord): void;
  /** Milliseconds since 1970. */
  now(): number;
  newId(): string;
}

export interface LogOutService {
  /** Logs a store out, or joins its log-out that is under way. Resolves when the outcome is known. */
  logOut(storeId: string, trigger: Trigger, mode: Mode): Promise<void>;
  markSeen(storeId: string, id: string): Promise<void>;
}

/**
 * Log-outs of all stores, one at a time in each. On start it takes up what a stopped worker left
 * unfinished, before anything new begins.
 */
export function createLogOutService(parts: Parts): LogOutService {
  const { records, watchdog } = parts;
  const underWay = new Map<string, Promise<void>>();
  /** Log-outs without an outcome, or without the proof that belongs to it. */
  let unfinished = 0;

  const update = async (record: LogOutRecord, change: (record: LogOutRecord) => LogOutRecord) => {
    const changed = await records.change(record.storeId, record.id, change);
    if (changed) parts.show(changed);
  };

  /** Runs a log-out under its record, from the first step to the outcome. */
  const run = async (record: LogOutRecord, work: (needs: Needs) => Promise<Result>) => {
    const report = async (progress: Progress) => {
      const session = 'session' in progress ? progress.session : undefined;
      const print = session && (await parts.fingerprint(record.id, session.handle));
      await update(record, (current) => advanced(current, progress, print));
    };
    unfinished += 1;
    await watchdog.set();
    let result: Result;
    try {
      result = await work({ ...parts.needsOf(record.storeId), report });
    } catch {
      result = { outcome: ownFault };
    }
    const { outcome, prove } = result;
    await update(record, (current) => ended(current, outcome, parts.now(), prove !== undefined));
    void finish(record, prove);
  };

  /** Fills in the proof, by which time a later log-out may be under way. */
  const finish = async (record: LogOutRecord, prove: Result['prove']) => {
    if (prove) {
      const revocation = await prove().catch(() => 'unknown' as const);
      await update(record, (current) => proved(current, revocation));
    }
    unfinished -= 1;
    if (unfinished === 0) await watchdog.clear();
  };

  const occupy = (storeId: string, work: Promise<void>) => {
    const done = work.finally(() => underWay.delete(storeId));
    underWay.set(storeId, done);
    return done;
  };

  const takeUp = (record: LogOutRecord): void => {
    const { state, mode, fingerprint } = record;
    if (state.phase === 'ended') {
      const lost = state.revocation === 'asking';
      if (lost) void update(record, (current) => proved(current, 'unknown'));
      else parts.show(record);
      return;
    }
    const interrupted = {
      mode,
      progress: state.progress,
      isRecent: parts.now() - record.startedAt < recent,
      isAbout: async (session: Session) =>
        fingerprint !== undefined &&
        (await parts.fingerprint(record.id, session.handle)) === fingerprint,
    };
    void occupy(
      record.storeId,
      run(record, (needs) => resume(needs, interrupted)),
    );
  };

  const ready = records.all().then((all) => {
    for (const record of all) if (parts.serves(record.storeId)) takeUp(record);
  });

  return {
    async logOut(storeId, trigger, mode) {
      await ready;
      const current = underWay.get(storeId);
      if (current) return current;
      const record = begun({ id: parts.newId(), storeId, trigger, mode, startedAt: parts.now() });
      const start = async () => {
        await records.put(record);
        parts.show(record);
        await run(record, (needs) => logOut(needs, mode));
      };
      return occupy(storeId, start());
    },
    async markSeen(storeId, id) {
      await ready;
      const changed = await records.change(storeId, id, seen);
      if (changed) parts.show(changed);
    },
  };
}

const ownFault: Outcome = { kind: 'unexpected-reply', reason: 'internal-error', detail: {} };
