import type { AccountCookieName } from '../core/cookie.ts';
import { isGood, type Outcome } from '../core/outcome.ts';
import type { LogOutRecord } from '../core/record.ts';
import type { NavVerdict } from '../core/reply.ts';

type Ended = LogOutRecord['state'] & { phase: 'ended' };

/** What the popup knows at one moment, all read together. */
export interface Facts {
  readonly hasAccess: boolean;
  /** The account cookies in the jar. */
  readonly names: readonly AccountCookieName[];
  /** Whether the jar holds a session. */
  readonly hasSession: boolean;
  readonly uid: string | undefined;
  readonly record: LogOutRecord | undefined;
  /** Whether the record is about the session that the jar holds. */
  readonly recordIsCurrent: boolean;
}

/** What the popup shows. */
export type View =
  | { readonly name: 'loading' }
  | { readonly name: 'no-access' }
  | { readonly name: 'logged-out'; readonly hasLeftovers: boolean }
  | {
      readonly name: 'logged-in';
      readonly uid: string | undefined;
      readonly account: NavVerdict | undefined;
    }
  | { readonly name: 'working'; readonly record: LogOutRecord }
  | {
      readonly name: 'finished' | 'failed';
      readonly outcome: Outcome;
      readonly revocation: Ended['revocation'];
    };

/**
 * The view of the facts. A log-out's end is shown until the jar tells a newer story.
 * @param account what the server says of the session in the jar, once it is known.
 */
export function viewOf(facts: Facts | undefined, account: NavVerdict | undefined): View {
  if (!facts) return { name: 'loading' };
  const { record } = facts;
  if (record?.state.phase === 'working') return { name: 'working', record };
  if (!facts.hasAccess) return { name: 'no-access' };
  if (record?.state.phase === 'ended' && !isOutdated(record.state.outcome, facts)) {
    const { outcome, revocation } = record.state;
    return { name: isGood(outcome) ? 'finished' : 'failed', outcome, revocation };
  }
  return facts.hasSession
    ? { name: 'logged-in', uid: facts.uid, account }
    : { name: 'logged-out', hasLeftovers: facts.names.length > 0 };
}

function isOutdated(outcome: Outcome, facts: Facts): boolean {
  if (outcome.kind === 'no-access') return true;
  if (isGood(outcome)) return facts.hasSession;
  if (facts.hasSession) return !facts.recordIsCurrent;
  // A session that the failure left in the jar has gone since, by other ways than ours.
  return outcome.cookies?.SESSDATA === 'remaining';
}
