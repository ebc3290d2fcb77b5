import { type Mode, type Step, steps } from '../core/order.ts';
import type { Fates, Outcome, OutcomeKind, Revocation, UnexpectedReason } from '../core/outcome.ts';
import type { LogOutRecord } from '../core/record.ts';
import { idLost } from './advice.ts';
import type { Message, PlainKey } from './message.ts';

/**
 * How far a step is: to come, under way, done; it failed; what it would have cleared was kept;
 * nobody knows; or it was not needed.
 */
export type RowState = 'ahead' | 'now' | 'done' | 'failed' | 'kept' | 'unknown' | 'skipped';

/** What one of the three rows says. The same rows are plan, progress and receipt. */
export interface Row {
  readonly step: Step;
  readonly state: RowState;
  readonly text: Message;
}

const row = (step: Step, state: RowState, key: PlainKey): Row => ({ step, state, text: [key] });

const ahead: Readonly<Record<Step, PlainKey>> = {
  revoke: 'revokeAhead',
  clear: 'clearAhead',
  prove: 'proveAhead',
};

/** What a log-out is going to do. */
export const plan: readonly Row[] = steps.map((step) => row(step, 'ahead', ahead[step]));

/** How far a log-out has come. */
export function progressRows({ mode, sessions, state }: LogOutRecord): readonly Row[] {
  if (state.phase !== 'working') return plan;
  if (mode === 'local') {
    return [
      row('revoke', 'skipped', 'revokeNotAsked'),
      row('clear', 'now', 'clearNow'),
      row('prove', 'skipped', 'proveSkipped'),
    ];
  }
  const { step, ended } = state.progress;
  // What is cleared after a failure is what another log-in has left.
  if (step === 'revoke' || ended.length < sessions.length) {
    return [row('revoke', 'now', 'revokeNow'), ...plan.slice(1)];
  }
  return [
    sessions.length > 0
      ? row('revoke', 'done', 'revokeDone')
      : row('revoke', 'skipped', 'revokeNothing'),
    row('clear', 'now', 'clearNow'),
    ...plan.slice(2),
  ];
}

/** What has come of a log-out. */
export function receiptRows(
  outcome: Outcome,
  revocation: Revocation | 'asking' | undefined,
  mode: Mode,
): Row[] {
  switch (outcome.kind) {
    case 'logged-out':
      return [
        row('revoke', 'done', revocation === 'still-alive' ? 'revokeSaidYes' : 'revokeDone'),
        row('clear', 'done', 'clearDone'),
        proofRow(revocation),
      ];
    case 'session-expired':
      return [
        row('revoke', 'done', 'revokeExpired'),
        row('clear', 'done', 'clearDone'),
        revocation ? proofRow(revocation) : row('prove', 'done', 'proveSaid'),
      ];
    case 'already-logged-out':
      return [
        row('revoke', 'skipped', 'revokeNothing'),
        wasCleared(outcome.cookies)
          ? row('clear', 'done', 'clearLeftovers')
          : row('clear', 'skipped', 'clearNothing'),
        revocation ? proofRow(revocation) : row('prove', 'skipped', 'proveNothing'),
      ];
    case 'removed-locally':
      return [
        row('revoke', 'skipped', 'revokeNotAsked'),
        row('clear', 'done', 'clearDone'),
        row('prove', 'unknown', 'proveNotEnded'),
      ];
    case 'cookies-remain':
      return [
        outcome.sessionEnded
          ? row('revoke', 'done', 'revokeDone')
          : row('revoke', 'skipped', mode === 'local' ? 'revokeNotAsked' : 'revokeNothing'),
        outcome.reason === 'other-session'
          ? row('clear', 'kept', 'clearOther')
          : row('clear', 'failed', 'clearFailed'),
        mode === 'local'
          ? row('prove', 'unknown', 'proveNotEnded')
          : row('prove', 'ahead', 'proveAhead'),
      ];
    case 'no-access':
      return [
        // Of one log-in, perhaps; another one may not have been asked about.
        outcome.reached === 'accepted'
          ? row('revoke', 'done', 'revokeSaidYes')
          : row('revoke', 'failed', 'failNoAccess'),
        row('clear', 'unknown', 'clearUnseen'),
        row('prove', 'ahead', 'proveAhead'),
      ];
    default:
      return [
        row('revoke', 'failed', failureOf(outcome)),
        outcome.cookies?.SESSDATA === 'remaining'
          ? row('clear', 'kept', isLost(outcome) ? 'clearOther' : 'clearKept')
          : row('clear', 'unknown', outcome.cookies ? 'clearGone' : 'clearUnseen'),
        row('prove', 'ahead', 'proveAhead'),
      ];
  }
}

/** Whether it is about a session whose id went: what is there still is another one's. */
function isLost(outcome: Outcome): boolean {
  return outcome.kind === 'unexpected-reply' && idLost.includes(outcome.reason);
}

function proofRow(revocation: Revocation | 'asking' | undefined): Row {
  switch (revocation) {
    case 'proven':
      return row('prove', 'done', 'proveDone');
    case 'still-alive':
      return row('prove', 'failed', 'proveStillAlive');
    case 'unknown':
      return row('prove', 'unknown', 'proveUnknown');
    default:
      return row('prove', 'now', 'proveNow');
  }
}

function wasCleared(cookies: Fates): boolean {
  return Object.values(cookies).includes('removed-by-extension');
}

type Failed = Exclude<
  OutcomeKind,
  | 'logged-out'
  | 'already-logged-out'
  | 'session-expired'
  | 'removed-locally'
  | 'cookies-remain'
  | 'no-access'
>;

/** What happened, in words that a person uses. */
const failures: Readonly<Record<Exclude<Failed, 'unexpected-reply'>, PlainKey>> = {
  'no-csrf-token': 'failNoToken',
  offline: 'failOffline',
  timeout: 'failTimeout',
  'csrf-rejected': 'failRefused',
  blocked: 'failBlocked',
  'rate-limited': 'failTooMany',
  'server-error': 'failServer',
};

const unexpected: Readonly<Record<UnexpectedReason, PlainKey>> = {
  'not-understood': 'failNotUnderstood',
  'web-page': 'failWebPage',
  'still-alive': 'failContradiction',
  unclear: 'failUnclear',
  'not-sent': 'failNotSent',
  interrupted: 'failInterrupted',
  'session-gone': 'failSessionGone',
  'log-in-lost': 'failLogInLost',
  'store-gone': 'failStoreGone',
  'internal-error': 'failInternal',
};

function failureOf(outcome: Extract<Outcome, { kind: Failed }>): PlainKey {
  return outcome.kind === 'unexpected-reply' ? unexpected[outcome.reason] : failures[outcome.kind];
}
