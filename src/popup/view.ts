import type { AccountCookieName } from '../core/cookie.ts';
import { isGood, type Outcome } from '../core/outcome.ts';
import { type LogOutRecord, needsAttention } from '../core/record.ts';
import type { NavVerdict } from '../core/reply.ts';
import type { CookieStore } from '../core/store.ts';

type Ended = LogOutRecord['state'] & { phase: 'ended' };

/** What is known of one cookie store at one moment, all read together. */
export interface StoreFacts {
  readonly store: CookieStore;
  /** The account cookies in the jar. */
  readonly names: readonly AccountCookieName[];
  /** Whether the jar holds a session. */
  readonly hasSession: boolean;
  readonly uid: string | undefined;
  readonly record: LogOutRecord | undefined;
  /** Whether the record is about the session that the jar holds. */
  readonly recordIsCurrent: boolean;
}

/** What the popup knows at one moment. */
export interface Facts {
  readonly hasAccess: boolean;
  /** The store of the tab that the popup was opened on. */
  readonly own: StoreFacts;
  /** The other stores that can be seen from here. */
  readonly others: readonly StoreFacts[];
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
      readonly aftercare: Ended['aftercare'];
    };

/**
 * The view of the store that the popup was opened on.
 * @param account what the server says of the session in the jar, once it is known.
 */
export function viewOf(facts: Facts | undefined, account: NavVerdict | undefined): View {
  if (!facts) return { name: 'loading' };
  if (!facts.hasAccess && facts.own.record?.state.phase !== 'working') return { name: 'no-access' };
  return viewOfStore(facts.own, account);
}

/** The view of one store. A log-out's end is shown until the jar tells a newer story. */
function viewOfStore(facts: StoreFacts, account: NavVerdict | undefined): View {
  const { record } = facts;
  if (record?.state.phase === 'working') return { name: 'working', record };
  if (record?.state.phase === 'ended' && !isOutdated(record.state.outcome, facts)) {
    const { outcome, revocation, aftercare } = record.state;
    return { name: isGood(outcome) ? 'finished' : 'failed', outcome, revocation, aftercare };
  }
  return facts.hasSession
    ? { name: 'logged-in', uid: facts.uid, account }
    : { name: 'logged-out', hasLeftovers: facts.names.length > 0 };
}

/** A store beside the one that the popup was opened on. */
export interface OtherView {
  readonly store: CookieStore;
  readonly view: View;
}

/**
 * The other stores worth showing: those with a session, those being logged out, those whose end a
 * person should not miss, and those that ended together with the newest press of "everywhere".
 */
export function othersOf(facts: Facts | undefined): OtherView[] {
  if (!facts?.hasAccess) return [];
  const records = [facts.own, ...facts.others].flatMap(({ record }) => record ?? []);
  const newest = records.sort((a, b) => b.startedAt - a.startedAt)[0]?.batch;
  return facts.others
    .map((other) => ({ ...other, view: viewOfStore(other, undefined) }))
    .filter(({ view, record, hasSession }) => {
      if (view.name === 'finished' || view.name === 'failed') {
        return (
          hasSession ||
          (record !== undefined && needsAttention(record)) ||
          (newest !== undefined && record?.batch === newest)
        );
      }
      return view.name === 'working' || view.name === 'logged-in';
    })
    .map(({ store, view }) => ({ store, view }));
}

/** The stores that hold a session: what "everywhere" logs out. */
export function storesWithSession(facts: Facts | undefined): string[] {
  if (!facts?.hasAccess) return [];
  return [facts.own, ...facts.others]
    .filter(({ hasSession }) => hasSession)
    .map(({ store }) => store.id);
}

function isOutdated(outcome: Outcome, facts: StoreFacts): boolean {
  if (outcome.kind === 'no-access') return true;
  if (isGood(outcome)) return facts.hasSession;
  if (facts.hasSession) return !facts.recordIsCurrent;
  // A session that the failure left in the jar has gone since, by other ways than ours.
  return outcome.cookies?.SESSDATA === 'remaining';
}
