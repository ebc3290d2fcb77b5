import * as v from 'valibot';
import {
  type AftercareResult,
  type AftercareTask,
  aftercareResults,
  aftercareTasks,
} from './aftercare.ts';
import { accountCookieNames } from './cookie.ts';
import { modes, type Progress } from './log-out.ts';
import {
  goodKinds,
  isGood,
  type Outcome,
  outcomeSchema,
  type Revocation,
  revocations,
} from './outcome.ts';

/** The doors to a log-out. */
export const triggers = ['popup', 'context-menu', 'shortcut'] as const;
export type Trigger = (typeof triggers)[number];

const namesSchema = v.array(v.picklist(accountCookieNames));

const progressSchema = v.variant('step', [
  v.object({ step: v.literal('access') }),
  v.object({ step: v.picklist(['read', 'exit', 'judge']), found: namesSchema }),
  v.object({
    step: v.literal('confirm'),
    found: namesSchema,
    left: namesSchema,
    ending: v.picklist(goodKinds),
  }),
]);

const aftercareSchema = v.optional(v.picklist(['working', ...aftercareResults]));

/**
 * The current or last log-out of one cookie store: the one home of what pages draw. It holds names
 * of cookies, never values.
 */
export const recordSchema = v.object({
  id: v.string(),
  storeId: v.string(),
  trigger: v.picklist(triggers),
  mode: v.picklist(modes),
  /** Milliseconds since 1970. */
  startedAt: v.number(),
  /** Shared by the log-outs of several stores that one press of a button started. */
  batch: v.exactOptional(v.string()),
  /** A salted digest that tells the session apart from a later one. */
  fingerprint: v.optional(v.string()),
  state: v.variant('phase', [
    v.object({ phase: v.literal('working'), progress: progressSchema }),
    v.object({
      phase: v.literal('ended'),
      /** Milliseconds since 1970. */
      endedAt: v.number(),
      outcome: outcomeSchema,
      /** Present after a server's yes; `asking` until the proof is there. */
      revocation: v.optional(v.picklist(['asking', ...revocations])),
      /** What followed a good end, task by task. */
      aftercare: v.exactOptional(
        v.object({ biligame: aftercareSchema, siteData: aftercareSchema }),
      ),
      /** Whether a person has seen the outcome in a popup. */
      seen: v.boolean(),
    }),
  ]),
});
export type LogOutRecord = v.InferOutput<typeof recordSchema>;
export type EndedRecord = LogOutRecord & { state: { phase: 'ended' } };

/** The record of a log-out that begins. */
export function begun(
  start: Pick<LogOutRecord, 'id' | 'storeId' | 'trigger' | 'mode' | 'startedAt' | 'batch'>,
): LogOutRecord {
  return { ...start, state: { phase: 'working', progress: { step: 'access' } } };
}

/** The record one step further; `fingerprint` is that of the progress' session. */
export function advanced(
  record: LogOutRecord,
  progress: Progress,
  fingerprint: string | undefined,
): LogOutRecord {
  return {
    ...record,
    ...(fingerprint !== undefined && { fingerprint }),
    // The schema keeps names only: the session stays behind.
    state: { phase: 'working', progress: v.parse(progressSchema, progress) },
  };
}

/**
 * The record of a log-out that has ended.
 * @param end `isProving`: whether the proof is being asked for; `tasks`: what follows.
 * @param fingerprint that of another session, if one was kept.
 */
export function ended(
  record: LogOutRecord,
  end: {
    readonly outcome: Outcome;
    readonly endedAt: number;
    readonly isProving: boolean;
    readonly tasks: readonly AftercareTask[];
  },
  fingerprint: string | undefined,
): LogOutRecord {
  const { outcome, endedAt, isProving, tasks } = end;
  const over: LogOutRecord = {
    ...record,
    ...(fingerprint !== undefined && { fingerprint }),
    state: {
      phase: 'ended',
      endedAt,
      outcome,
      seen: false,
      ...(isProving && { revocation: 'asking' }),
    },
  };
  return tasks.reduce((done, task) => tended(done, task, 'working'), over);
}

/** The record with its proof filled in. */
export function proved(record: LogOutRecord, revocation: Revocation): LogOutRecord {
  // A warning is news, also to somebody who has seen the outcome before it.
  const warns = revocation === 'still-alive';
  return record.state.phase === 'ended'
    ? { ...record, state: { ...record.state, revocation, seen: record.state.seen && !warns } }
    : record;
}

/** The record with how far the aftercare has come. */
export function tended(
  record: LogOutRecord,
  task: AftercareTask,
  result: AftercareResult | 'working',
): LogOutRecord {
  const { state } = record;
  if (state.phase !== 'ended') return record;
  return { ...record, state: { ...state, aftercare: { ...state.aftercare, [task]: result } } };
}

/** The record after the worker that would have finished it has died. */
export function abandoned(record: LogOutRecord): LogOutRecord {
  const { state } = record;
  if (state.phase !== 'ended') return record;
  const tasks = aftercareTasks.filter((task) => state.aftercare?.[task] === 'working');
  const told = state.revocation === 'asking' ? proved(record, 'unknown') : record;
  return tasks.reduce((done, task) => tended(done, task, 'interrupted'), told);
}

/** Whether anything of an ended log-out is still to come. */
export function isUnsettled({ state }: LogOutRecord): boolean {
  return (
    state.phase === 'working' ||
    state.revocation === 'asking' ||
    aftercareTasks.some((task) => state.aftercare?.[task] === 'working')
  );
}

/** The record after a person has seen its outcome. */
export function seen(record: LogOutRecord): LogOutRecord {
  return record.state.phase === 'ended'
    ? { ...record, state: { ...record.state, seen: true } }
    : record;
}

/** Whether a log-out has ended in a way that a person should not miss. */
export function needsAttention({ state }: LogOutRecord): boolean {
  return state.phase === 'ended' && (!isGood(state.outcome) || state.revocation === 'still-alive');
}
