import type { AccountCookieName } from '../core/cookie.ts';
import type { Mode } from '../core/order.ts';
import { isGood, type Outcome } from '../core/outcome.ts';
import { type EndedRecord, type LogOutRecord, needsAttention } from '../core/record.ts';
import type { NavVerdict } from '../core/reply.ts';
import type { CookieStore } from '../core/store.ts';

/** What is known of one cookie store at one moment, all read together. */
export interface StoreFacts {
  readonly store: CookieStore;
  /** The account cookies in the jar. */
  readonly names: readonly AccountCookieName[];
  /** Whether the jar holds a session; a dead id that could not be removed is none. */
  readonly hasSession: boolean;
  /** The session in the jar, or the one that the record is about, as far as it was seen. */
  readonly sessionId: string | undefined;
  readonly uid: string | undefined;
  /** The store's log-out, as long as it speaks of what the jar holds. */
  readonly record: LogOutRecord | undefined;
  /** What the server says of the session in the jar, once it is known. */
  readonly account: NavVerdict | undefined;
}

/** What the popup knows at one moment. */
export interface Facts {
  readonly hasAccess: boolean;
  /** The store of the tab that the popup was opened on. */
  readonly own: StoreFacts;
  /** The other stores that can be seen from here. */
  readonly others: readonly StoreFacts[];
}

/** Whose log-in it is, as far as that is known. */
export interface Whose {
  /** Tells one log-in from another. Never shown. */
  readonly sessionId: string | undefined;
  readonly uid: string | undefined;
  readonly account: NavVerdict | undefined;
}

/** A log-out that has ended, as it is shown. */
export interface EndedView extends Whose {
  readonly name: 'finished' | 'failed';
  readonly mode: Mode;
  readonly outcome: Outcome;
  /** Milliseconds since 1970; undefined when the worker did not answer at all. */
  readonly endedAt: number | undefined;
  readonly revocation: EndedRecord['state']['revocation'];
  readonly followUps: EndedRecord['state']['followUps'];
}

/** What the popup shows. */
export type View =
  | { readonly name: 'loading' }
  | { readonly name: 'no-access' }
  | { readonly name: 'logged-out'; readonly hasLeftovers: boolean }
  | ({ readonly name: 'logged-in' } & Whose)
  | ({ readonly name: 'working'; readonly record: LogOutRecord } & Whose)
  | EndedView;

/** The view of the store that the popup was opened on. */
export function viewOf(facts: Facts | undefined): View {
  if (!facts) return { name: 'loading' };
  const { own, hasAccess } = facts;
  const { state } = own.record ?? {};
  // A log-out that had begun when access went away tells what it had done by then.
  const tells =
    state?.phase === 'working' ||
    (state?.outcome.kind === 'no-access' && state.outcome.reached !== 'nothing-sent');
  if (!hasAccess && !tells) return { name: 'no-access' };
  return viewOfStore(own, hasAccess);
}

/** The view of one store. */
function viewOfStore({ record, ...facts }: StoreFacts, hasAccess: boolean): View {
  const whose = { sessionId: facts.sessionId, uid: facts.uid, account: facts.account };
  if (record?.state.phase === 'working') return { name: 'working', record, ...whose };
  const ended = record?.state;
  if (ended && !(hasAccess && ended.outcome.kind === 'no-access')) {
    const { outcome, endedAt, revocation, followUps } = ended;
    const name = isGood(outcome) ? 'finished' : 'failed';
    return { name, mode: record.mode, outcome, endedAt, revocation, followUps, ...whose };
  }
  return facts.hasSession
    ? { name: 'logged-in', ...whose }
    : { name: 'logged-out', hasLeftovers: facts.names.length > 0 };
}

/** A store beside the one that the popup was opened on. */
export interface OtherView {
  readonly store: CookieStore;
  readonly view: View;
}

/**
 * The other stores worth showing: those with a session, those being logged out, those whose end a
 * person should not miss, and those that the newest press in a popup was about.
 */
export function othersOf(facts: Facts | undefined): OtherView[] {
  if (!facts?.hasAccess) return [];
  const records = [facts.own, ...facts.others].flatMap(({ record }) => record ?? []);
  const newest = records.sort((a, b) => b.startedAt - a.startedAt)[0];
  const isNewest = (record: LogOutRecord | undefined) =>
    record?.trigger === 'popup' &&
    (record.id === newest?.id || (record.batch !== undefined && record.batch === newest?.batch));
  return facts.others
    .map((other) => ({ ...other, view: viewOfStore(other, true) }))
    .filter(({ view, record, hasSession }) => {
      if (view.name === 'finished' || view.name === 'failed') {
        return hasSession || (record !== undefined && needsAttention(record)) || isNewest(record);
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
