import * as v from 'valibot';
import { accountCookieNames } from './cookie.ts';
import { type FollowUp, type FollowUpResult, followUpResults, followUps } from './follow-ups.ts';
import { beginning, modes, type Progress } from './order.ts';
import { isGood, type Outcome, outcomeSchema, type Revocation, revocations } from './outcome.ts';

/** What can start a log-out: a person, or a rule of theirs (`rules.ts`). */
export const triggers = ['popup', 'context-menu', 'shortcut', 'rule'] as const;
export type Trigger = (typeof triggers)[number];

const namesSchema = v.array(v.picklist(accountCookieNames));
/** Salted digests, by which a session is recognised without its value being kept. */
const fingerprintsSchema = v.array(v.string());

const progressSchema = v.object({
  step: v.picklist(['revoke', 'clear']),
  asked: v.boolean(),
  ended: v.array(v.object({ fingerprint: v.string(), by: v.picklist(['yes', 'dead']) })),
  swept: v.boolean(),
  left: namesSchema,
});

const followUpSchema = v.optional(v.picklist(['working', ...followUpResults]));

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
  batch: v.optional(v.string()),
  /** Of a log-out by a rule: the id of what was due, see `rules.ts`. */
  due: v.optional(v.string()),
  /** The sessions that were in the jar when the person asked. A later one is ended only if it was swept. */
  sessions: fingerprintsSchema,
  /** The account cookies that were in the jar then. */
  found: namesSchema,
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
      followUps: v.optional(v.object({ biligame: followUpSchema, siteData: followUpSchema })),
      /** Whether a person has seen the outcome in a popup. */
      seen: v.boolean(),
      /** The sessions that were left in the jar and may be alive. */
      kept: fingerprintsSchema,
      /** Dead session ids that the browser would not remove: no sessions any more. */
      dead: fingerprintsSchema,
    }),
  ]),
});
export type LogOutRecord = v.InferOutput<typeof recordSchema>;
export type EndedRecord = LogOutRecord & { state: { phase: 'ended' } };

/** The record of a log-out that begins. */
export function begun(start: Omit<LogOutRecord, 'state'>): LogOutRecord {
  return { ...start, state: { phase: 'working', progress: beginning } };
}

/** The record with how far its log-out has come. */
export function withProgress(record: LogOutRecord, progress: Progress): LogOutRecord {
  const { step, asked, ended, swept, left } = progress;
  const kept = {
    step,
    asked,
    // Field by field: what stands here is stored.
    ended: ended.map(({ fingerprint, by }) => ({ fingerprint, by })),
    swept,
    left: [...left],
  };
  return { ...record, state: { phase: 'working', progress: kept } };
}

/** How a log-out has ended, as far as its record tells it. */
export interface End {
  readonly outcome: Outcome;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  /** Whether the proof is being asked for. */
  readonly isProving: boolean;
  /** What follows. */
  readonly tasks: readonly FollowUp[];
  readonly kept: readonly string[];
  readonly dead: readonly string[];
}

/** The record of a log-out that has ended. */
export function withOutcome(record: LogOutRecord, end: End): LogOutRecord {
  const { outcome, endedAt, isProving, tasks, kept, dead } = end;
  const over: LogOutRecord = {
    ...record,
    state: {
      phase: 'ended',
      endedAt,
      outcome,
      seen: false,
      kept: [...kept],
      dead: [...dead],
      ...(isProving && { revocation: 'asking' }),
    },
  };
  return tasks.reduce((done, task) => withFollowUp(done, task, 'working'), over);
}

/** The record with its proof filled in. */
export function withRevocation(record: LogOutRecord, revocation: Revocation): LogOutRecord {
  // A warning is news, also to somebody who has seen the outcome before it.
  const warns = revocation === 'still-alive';
  return record.state.phase === 'ended'
    ? { ...record, state: { ...record.state, revocation, seen: record.state.seen && !warns } }
    : record;
}

/** The record with how far a task that follows has come. */
export function withFollowUp(
  record: LogOutRecord,
  task: FollowUp,
  result: FollowUpResult | 'working',
): LogOutRecord {
  const { state } = record;
  if (state.phase !== 'ended') return record;
  return { ...record, state: { ...state, followUps: { ...state.followUps, [task]: result } } };
}

/** The record of a log-out that has its outcome, after the worker that would have finished it has died. */
export function withoutWorker(record: LogOutRecord): LogOutRecord {
  const { state } = record;
  if (state.phase !== 'ended') return record;
  const tasks = followUps.filter((task) => state.followUps?.[task] === 'working');
  const told = state.revocation === 'asking' ? withRevocation(record, 'unknown') : record;
  return tasks.reduce((done, task) => withFollowUp(done, task, 'interrupted'), told);
}

/** The record after a person has seen its outcome. */
export function withSeen(record: LogOutRecord): LogOutRecord {
  return record.state.phase === 'ended'
    ? { ...record, state: { ...record.state, seen: true } }
    : record;
}

/** Whether anything of an ended log-out is still to come. */
export function isUnsettled({ state }: LogOutRecord): boolean {
  return (
    state.phase === 'working' ||
    state.revocation === 'asking' ||
    followUps.some((task) => state.followUps?.[task] === 'working')
  );
}

/** Whether a log-out has ended in a way that a person should not miss. */
export function needsAttention({ state }: LogOutRecord): boolean {
  return state.phase === 'ended' && (!isGood(state.outcome) || state.revocation === 'still-alive');
}

/** The fingerprints, among those in the jar, of sessions: a dead id that stays is none. */
export function livingOf(record: LogOutRecord | undefined, inJar: readonly string[]): string[] {
  const dead = record?.state.phase === 'ended' ? record.state.dead : [];
  return inJar.filter((fingerprint) => !dead.includes(fingerprint));
}

/**
 * Whether a record still speaks of what the jar holds. A record speaks of its own sessions only: it
 * is out of date when another log-in has come, or a kept session has gone another way.
 * @param inJar the fingerprints of the jar's sessions, made with this record's salt.
 */
export function isCurrent(record: LogOutRecord, inJar: readonly string[]): boolean {
  const { state } = record;
  if (state.phase === 'working') return true;
  const living = livingOf(record, inJar);
  return living.length === state.kept.length && living.every((print) => state.kept.includes(print));
}
