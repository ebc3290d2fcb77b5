import * as v from 'valibot';
import { type AccountCookieName, accountCookieNames } from './cookie.ts';

/** What became of one account cookie. */
export const fates = ['deleted-by-server', 'removed-by-extension', 'absent', 'remaining'] as const;
export type Fate = (typeof fates)[number];

const fateSchema = v.picklist(fates);
const fatesSchema = v.object({
  SESSDATA: fateSchema,
  bili_jct: fateSchema,
  DedeUserID: fateSchema,
  DedeUserID__ckMd5: fateSchema,
});
/** The fate of each account cookie. */
export type Fates = v.InferOutput<typeof fatesSchema>;

const detail = v.object({ status: v.optional(v.number()), code: v.optional(v.number()) });

/**
 * Whether the old session is dead on the server: `proven`, `still-alive` (it answered twice), or
 * `unknown`.
 */
export const revocations = ['proven', 'unknown', 'still-alive'] as const;
export const revocationSchema = v.picklist(revocations);
export type Revocation = v.InferOutput<typeof revocationSchema>;

/**
 * Why account cookies remain: they cannot be removed; they belong to a session that this log-out
 * was not about.
 */
export const remainReasons = ['not-removable', 'other-session'] as const;

/**
 * Why an `unexpected-reply` is one: the reply makes no sense; it is a web page, or leads to one, and
 * the session is not known to be dead; the server says "not logged in" of a session that it answers
 * as alive, or that it says nothing clear about; the browser would not send the request; the worker
 * was stopped before it saw the reply; the session's id went from the jar before it was asked about,
 * or the whole cookie store; a log-in that came meanwhile lost its cookies and could not be ended;
 * our own fault.
 */
export const unexpectedReasons = [
  'not-understood',
  'web-page',
  'still-alive',
  'unclear',
  'not-sent',
  'interrupted',
  'session-gone',
  'log-in-lost',
  'store-gone',
  'internal-error',
] as const;
export type UnexpectedReason = (typeof unexpectedReasons)[number];

/** How far a log-out had come when the access to the site was withdrawn. */
export const reaches = ['nothing-sent', 'asked', 'accepted'] as const;

/** Whether another session of this store has ended all the same. */
const othersEnded = v.boolean();

/**
 * How a log-out ended. One kind for each thing that a person can be told. Of a failure, nothing of the
 * account went unless its cookies say so. Written without `...`, which would keep all of it in the
 * popup's script.
 */
export const outcomeSchema = v.variant('kind', [
  v.object({ kind: v.literal('logged-out'), cookies: fatesSchema }),
  v.object({ kind: v.literal('already-logged-out'), cookies: fatesSchema }),
  v.object({ kind: v.literal('session-expired'), cookies: fatesSchema }),
  v.object({ kind: v.literal('removed-locally'), cookies: fatesSchema }),
  v.object({ kind: v.literal('no-access'), reached: v.picklist(reaches) }),
  v.object({ kind: v.literal('no-csrf-token'), cookies: fatesSchema, othersEnded }),
  v.object({ kind: v.literal('offline'), cookies: fatesSchema, othersEnded }),
  v.object({ kind: v.literal('timeout'), cookies: fatesSchema, othersEnded }),
  v.object({ kind: v.literal('csrf-rejected'), cookies: fatesSchema, othersEnded, detail }),
  v.object({ kind: v.literal('blocked'), cookies: fatesSchema, othersEnded, detail }),
  v.object({
    kind: v.literal('rate-limited'),
    cookies: fatesSchema,
    othersEnded,
    detail,
    retryAfterSeconds: v.optional(v.number()),
  }),
  v.object({ kind: v.literal('server-error'), cookies: fatesSchema, othersEnded, detail }),
  v.object({
    kind: v.literal('unexpected-reply'),
    // Missing only where the jar itself could not be read.
    cookies: v.optional(fatesSchema),
    othersEnded,
    reason: v.picklist(unexpectedReasons),
    detail,
  }),
  v.object({
    kind: v.literal('cookies-remain'),
    cookies: fatesSchema,
    reason: v.picklist(remainReasons),
    // Whether the server has said that the session itself has ended.
    sessionEnded: v.boolean(),
  }),
]);
export type Outcome = v.InferOutput<typeof outcomeSchema>;
export type OutcomeKind = Outcome['kind'];

/** The endings in which nothing of the account is left. */
export const goodKinds = [
  'logged-out',
  'already-logged-out',
  'session-expired',
  'removed-locally',
] as const satisfies readonly OutcomeKind[];
export type GoodKind = (typeof goodKinds)[number];

/** Whether a log-out ended as it was asked for. */
export function isGood(outcome: Outcome): outcome is Extract<Outcome, { kind: GoodKind }> {
  return (goodKinds as readonly OutcomeKind[]).includes(outcome.kind);
}

/**
 * What became of each account cookie. With several cookies of one name the worst fate counts.
 * @param found the names in the jar before anything was done, if the server has said yes since:
 *   without that, what is gone went another way.
 * @param left the names that the server had left when it was our turn.
 * @param atEnd the names that are in the jar now.
 */
export function fatesOf(
  found: readonly AccountCookieName[],
  left: readonly AccountCookieName[],
  atEnd: readonly AccountCookieName[],
): Fates {
  const fateOf = (name: AccountCookieName): Fate => {
    if (atEnd.includes(name)) return 'remaining';
    if (left.includes(name)) return 'removed-by-extension';
    return found.includes(name) ? 'deleted-by-server' : 'absent';
  };
  return {
    SESSDATA: fateOf('SESSDATA'),
    bili_jct: fateOf('bili_jct'),
    DedeUserID: fateOf('DedeUserID'),
    DedeUserID__ckMd5: fateOf('DedeUserID__ckMd5'),
  };
}

/** Our own fault, met before anything was known. */
export const internalError: Outcome = {
  kind: 'unexpected-reply',
  reason: 'internal-error',
  othersEnded: false,
  detail: {},
};

/** The account cookies that are still there. */
export function remaining(cookies: Fates): AccountCookieName[] {
  return accountCookieNames.filter((name) => cookies[name] === 'remaining');
}
