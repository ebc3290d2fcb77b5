import { describe, expect, it } from 'vitest';
import { type AccountCookieName, accountCookieNames } from '../core/cookie.ts';
import { fatesOf, type Outcome } from '../core/outcome.ts';
import { advanced, begun, ended, type LogOutRecord, proved, tended } from '../core/record.ts';
import type { NavVerdict } from '../core/reply.ts';
import { othersOf, type StoreFacts, storesWithSession, viewOf } from './view.ts';

const start = begun({ id: 'i', storeId: '0', trigger: 'popup', mode: 'server', startedAt: 0 });
const working = advanced(start, { step: 'read', session: undefined, found: [] }, undefined);
const endedWith = (outcome: Outcome, isProving = false) =>
  ended(start, { outcome, endedAt: 1, isProving, tasks: [] }, undefined);

const names: readonly AccountCookieName[] = accountCookieNames;
const kept = fatesOf(names, names, names);
const deleted = fatesOf(names, [], []);
const goodKinds = [
  'logged-out',
  'already-logged-out',
  'session-expired',
  'removed-locally',
] as const;
const failure: Outcome = { kind: 'timeout', cookies: kept };
const noFates: Outcome = { kind: 'unexpected-reply', reason: 'internal-error', detail: {} };
const goneAnyway: Outcome = { kind: 'blocked', cookies: deleted, detail: {} };
const noAccess: Outcome = { kind: 'no-access' };
const unremovable: Outcome = {
  kind: 'cookies-remain',
  reason: 'not-removable',
  sessionEnded: true,
  cookies: fatesOf(names, names, ['DedeUserID']),
};
const otherSession: Outcome = {
  kind: 'cookies-remain',
  reason: 'other-session',
  sessionEnded: true,
  cookies: kept,
};

/** The facts of one store, with access or without. */
interface OwnFacts extends StoreFacts {
  readonly hasAccess?: boolean;
}
const see = ({ hasAccess = true, ...own }: OwnFacts, account?: NavVerdict) =>
  viewOf({ hasAccess, own, others: [] }, account);

const nothing: StoreFacts = {
  store: { id: '0', kind: 'default' },
  names: [],
  hasSession: false,
  uid: undefined,
  record: undefined,
  recordIsCurrent: false,
};
const loggedIn: StoreFacts = { ...nothing, names, hasSession: true, uid: '42' };
const current: StoreFacts = { ...loggedIn, recordIsCurrent: true };
const leftovers: StoreFacts = { ...nothing, names: ['DedeUserID'] };

const shows = (name: 'finished' | 'failed', outcome: Outcome) => ({
  name,
  outcome,
  revocation: undefined,
  aftercare: undefined,
});
const loggedInView = { name: 'logged-in', uid: '42', account: undefined };
const loggedOutView = { name: 'logged-out', hasLeftovers: false };

it('before anything is known', () => {
  expect(viewOf(undefined, undefined)).toEqual({ name: 'loading' });
});

describe('facts without a record', () => {
  it.each<[string, OwnFacts, object]>([
    ['nothing', nothing, loggedOutView],
    ['leftovers', leftovers, { name: 'logged-out', hasLeftovers: true }],
    ['a session', loggedIn, loggedInView],
    ['no access', { ...nothing, hasAccess: false }, { name: 'no-access' }],
    ['no access, whatever is seen', { ...loggedIn, hasAccess: false }, { name: 'no-access' }],
  ])('%s', (_, facts, view) => {
    expect(see(facts)).toEqual(view);
  });

  it('and what the server says of the session', () => {
    const account = { liveness: 'alive', profile: { name: 'A' } } as const;
    expect(see(loggedIn, account)).toEqual({ ...loggedInView, account });
  });
});

describe('a log-out under way is shown', () => {
  it.each<[string, OwnFacts]>([
    ['with its session', current],
    ['without', nothing],
    ['also without access', { ...nothing, hasAccess: false }],
  ])('%s', (_, facts) => {
    expect(see({ ...facts, record: working })).toEqual({
      name: 'working',
      record: working,
    });
  });
});

describe('a good end is shown until there is a session again', () => {
  it.each(goodKinds)('%s', (kind) => {
    const outcome: Outcome = { kind, cookies: deleted };
    const record = endedWith(outcome);
    expect(see({ ...nothing, record })).toEqual(shows('finished', outcome));
    expect(see({ ...leftovers, record })).toEqual(shows('finished', outcome));
    expect(see({ ...loggedIn, record })).toEqual(loggedInView);
    expect(see({ ...current, record })).toEqual(loggedInView);
  });

  it.each(['asking', 'proven', 'unknown', 'still-alive'] as const)(
    'with its proof: %s',
    (revocation) => {
      const outcome: Outcome = { kind: 'logged-out', cookies: deleted };
      const asking = endedWith(outcome, true);
      const record = revocation === 'asking' ? asking : proved(asking, revocation);
      expect(see({ ...nothing, record })).toEqual({
        name: 'finished',
        outcome,
        revocation,
      });
    },
  );
});

it('what follows a good end is shown with it', () => {
  const record = tended(endedWith({ kind: 'logged-out', cookies: deleted }), 'siteData', 'failed');
  expect(see({ ...nothing, record })).toMatchObject({
    name: 'finished',
    aftercare: { siteData: 'failed' },
  });
});

describe('a failure is shown', () => {
  it.each<[string, OwnFacts, Outcome]>([
    ['while its session is in the jar', current, failure],
    ['where the cookies went all the same', nothing, goneAnyway],
    ['where nothing is known of the cookies', nothing, noFates],
    ['and with leftovers', leftovers, unremovable],
    ['about a further session, which was kept', current, otherSession],
  ])('%s', (_, facts, outcome) => {
    const record = endedWith(outcome);
    expect(see({ ...facts, record })).toEqual(shows('failed', outcome));
  });

  it.each<[string, OwnFacts, Outcome, object]>([
    ['its session has gone since', nothing, failure, loggedOutView],
    ['another session has come since', loggedIn, failure, loggedInView],
    ['the session that was kept has gone since', nothing, otherSession, loggedOutView],
    ['a session has come since', loggedIn, goneAnyway, loggedInView],
    ['access has been granted since', loggedIn, noAccess, loggedInView],
    ['access has been granted, and there is nothing', nothing, noAccess, loggedOutView],
    ['access is missing', { ...nothing, hasAccess: false }, noAccess, { name: 'no-access' }],
    ['access has gone since', { ...current, hasAccess: false }, failure, { name: 'no-access' }],
  ])('but not where %s', (_, facts, outcome, view) => {
    const record: LogOutRecord = endedWith(outcome);
    expect(see({ ...facts, record })).toEqual(view);
  });
});

describe('the other stores', () => {
  const work: StoreFacts['store'] = { id: 'firefox-container-1', kind: 'container', name: 'Work' };
  const good: Outcome = { kind: 'logged-out', cookies: deleted };
  const at = (startedAt: number, batch?: string): LogOutRecord => ({
    ...endedWith(good),
    startedAt,
    ...(batch !== undefined && { batch }),
  });
  const viewsOf = (other: StoreFacts, own: StoreFacts = nothing, hasAccess = true) =>
    othersOf({ hasAccess, own, others: [{ ...other, store: work }] });

  it.each<[string, StoreFacts, StoreFacts, string | undefined]>([
    ['nothing', nothing, nothing, undefined],
    ['leftovers', leftovers, nothing, undefined],
    ['a session', loggedIn, nothing, 'logged-in'],
    ['a log-out under way', { ...nothing, record: working }, nothing, 'working'],
    ['a failure, its session there', { ...current, record: endedWith(failure) }, nothing, 'failed'],
    ['an end by itself', { ...nothing, record: at(1) }, nothing, undefined],
    ['an end of the newest batch', { ...nothing, record: at(2, 'b') }, nothing, 'finished'],
    [
      'an end of an older batch',
      { ...nothing, record: at(2, 'a') },
      { ...nothing, record: at(3, 'b') },
      undefined,
    ],
    [
      'an end of a batch that a single log-out followed',
      { ...nothing, record: at(2, 'a') },
      { ...nothing, record: at(3) },
      undefined,
    ],
    [
      'an end of the batch that the own store is in',
      { ...nothing, record: at(3, 'b') },
      { ...nothing, record: at(3, 'b') },
      'finished',
    ],
  ])('are shown where it matters: %s', (_, other, own, name) => {
    expect(viewsOf(other, own)).toMatchObject(name ? [{ store: work, view: { name } }] : []);
  });

  it('are not shown without access, nor before anything is known', () => {
    expect(viewsOf(loggedIn, nothing, false)).toEqual([]);
    expect(othersOf(undefined)).toEqual([]);
  });

  it('and the own one are logged out by “everywhere” where they hold a session', () => {
    const others = [{ ...loggedIn, store: work }];
    expect(storesWithSession({ hasAccess: true, own: loggedIn, others })).toEqual(['0', work.id]);
    expect(storesWithSession({ hasAccess: true, own: leftovers, others })).toEqual([work.id]);
    expect(storesWithSession({ hasAccess: false, own: loggedIn, others })).toEqual([]);
    expect(storesWithSession(undefined)).toEqual([]);
  });
});
