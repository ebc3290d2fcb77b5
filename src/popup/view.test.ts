import { describe, expect, it } from 'vitest';
import { type AccountCookieName, accountCookieNames } from '../core/cookie.ts';
import { fatesOf, type Outcome } from '../core/outcome.ts';
import {
  begun,
  type LogOutRecord,
  withFollowUp,
  withOutcome,
  withRevocation,
  withSeen,
} from '../core/record.ts';
import type { NavVerdict } from '../core/reply.ts';
import { othersOf, type StoreFacts, storesWithSession, viewOf } from './view.ts';

const working = begun({
  ...{ id: 'i', storeId: '0', trigger: 'popup', mode: 'server', startedAt: 0 },
  ...{ sessions: [], found: [] },
});
const endedWith = (outcome: Outcome, isProving = false) =>
  withOutcome(working, { outcome, endedAt: 7, isProving, tasks: [], kept: [], dead: [] });

const names: readonly AccountCookieName[] = accountCookieNames;
const kept = fatesOf(names, names, names);
const deleted = fatesOf(names, [], []);
const goodKinds = [
  'logged-out',
  'already-logged-out',
  'session-expired',
  'removed-locally',
] as const;
const failure: Outcome = { kind: 'timeout', cookies: kept, othersEnded: false };
const goneAnyway: Outcome = { kind: 'blocked', cookies: deleted, othersEnded: false, detail: {} };
const noAccess: Outcome = { kind: 'no-access', reached: 'nothing-sent' };
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
const see = ({ hasAccess = true, ...own }: OwnFacts) => viewOf({ hasAccess, own, others: [] });

const nothing: StoreFacts = {
  store: { id: '0', kind: 'default' },
  names: [],
  hasSession: false,
  sessionId: undefined,
  uid: undefined,
  record: undefined,
  account: undefined,
};
const loggedIn: StoreFacts = { ...nothing, names, hasSession: true, uid: '42' };
const leftovers: StoreFacts = { ...nothing, names: ['DedeUserID'] };

const shows = (name: 'finished' | 'failed', outcome: Outcome) => ({
  name,
  mode: 'server',
  outcome,
  endedAt: 7,
  revocation: undefined,
  followUps: undefined,
  account: undefined,
});
const loggedInView = {
  name: 'logged-in',
  sessionId: undefined,
  uid: '42',
  account: undefined,
};
const loggedOutView = { name: 'logged-out', hasLeftovers: false };

it('before anything is known', () => {
  expect(viewOf(undefined)).toEqual({ name: 'loading' });
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
    const account: NavVerdict = { liveness: 'alive', profile: { name: 'A' } };
    expect(see({ ...loggedIn, account })).toEqual({ ...loggedInView, account });
  });
});

describe('a log-out under way is shown', () => {
  it.each<[string, OwnFacts]>([
    ['with its session', loggedIn],
    ['without', nothing],
    ['also without access', { ...nothing, hasAccess: false }],
  ])('%s', (_, facts) => {
    expect(see({ ...facts, record: working })).toEqual({
      name: 'working',
      record: working,
      sessionId: facts.sessionId,
      uid: facts.uid,
      account: undefined,
    });
  });
});

describe('an end is shown, with when it was', () => {
  it.each<[string, OwnFacts, Outcome]>([
    ...goodKinds.map((kind): [string, OwnFacts, Outcome] => [
      kind,
      nothing,
      { kind, cookies: deleted },
    ]),
    ['a good one, whatever is left', leftovers, { kind: 'logged-out', cookies: deleted }],
    ['a failure whose session is in the jar', loggedIn, failure],
    ['a failure where the cookies went all the same', nothing, goneAnyway],
    ['a failure with leftovers', leftovers, unremovable],
    ['a failure about a further session, which was kept', loggedIn, otherSession],
  ])('%s', (_, facts, outcome) => {
    const name = (goodKinds as readonly string[]).includes(outcome.kind) ? 'finished' : 'failed';
    expect(see({ ...facts, record: endedWith(outcome) })).toEqual({
      ...shows(name, outcome),
      sessionId: facts.sessionId,
      uid: facts.uid,
    });
  });

  it.each(['asking', 'proven', 'unknown', 'still-alive'] as const)(
    'with its proof: %s',
    (revocation) => {
      const asking = endedWith({ kind: 'logged-out', cookies: deleted }, true);
      const record = revocation === 'asking' ? asking : withRevocation(asking, revocation);
      expect(see({ ...nothing, record })).toMatchObject({ name: 'finished', revocation });
    },
  );

  it('with what followed', () => {
    const record = withFollowUp(
      endedWith({ kind: 'logged-out', cookies: deleted }),
      'siteData',
      'failed',
    );
    const view = { name: 'finished', followUps: { siteData: 'failed' } };
    expect(see({ ...nothing, record })).toMatchObject(view);
  });
});

describe('access', () => {
  it.each<[string, OwnFacts, Outcome, object]>([
    ['has come: a log-out without it is an old story', loggedIn, noAccess, loggedInView],
    ['has come, and there is nothing', nothing, noAccess, loggedOutView],
    ['is missing', { ...nothing, hasAccess: false }, noAccess, { name: 'no-access' }],
    ['has gone since', { ...loggedIn, hasAccess: false }, failure, { name: 'no-access' }],
    ...(['asked', 'accepted'] as const).flatMap(
      (reached): [string, OwnFacts, Outcome, object][] => {
        const outcome: Outcome = { kind: 'no-access', reached };
        return [
          [
            `was withdrawn when it was ${reached}`,
            { ...nothing, hasAccess: false },
            outcome,
            shows('failed', outcome),
          ],
          [`is back after it was ${reached}`, nothing, outcome, loggedOutView],
        ];
      },
    ),
  ])('%s', (_, facts, outcome, view) => {
    expect(see({ ...facts, record: endedWith(outcome) })).toEqual(view);
  });
});

describe('the other stores', () => {
  const work: StoreFacts['store'] = { id: 'firefox-container-1', kind: 'container', name: '1' };
  const good: Outcome = { kind: 'logged-out', cookies: deleted };
  const at = (startedAt: number, batch?: string): LogOutRecord => ({
    ...endedWith(good),
    id: `of ${startedAt}`,
    trigger: 'popup',
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
    [
      'a failure, its session there',
      { ...loggedIn, record: endedWith(failure) },
      nothing,
      'failed',
    ],
    [
      'a failure, seen or not',
      { ...nothing, record: withSeen(endedWith(goneAnyway)) },
      nothing,
      'failed',
    ],
    ['an end that a popup asked for', { ...nothing, record: at(1) }, nothing, 'finished'],
    [
      'an end that the shortcut asked for',
      { ...nothing, record: { ...at(1), trigger: 'shortcut' } },
      nothing,
      undefined,
    ],
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

  it('tell everything that the popup’s own store would tell', () => {
    const asking = endedWith(good, true);
    const record = withFollowUp(withRevocation(asking, 'still-alive'), 'biligame', 'no-access');
    expect(viewsOf({ ...nothing, record })).toEqual([
      {
        store: work,
        view: {
          name: 'finished',
          mode: 'server',
          outcome: good,
          endedAt: 7,
          revocation: 'still-alive',
          followUps: { biligame: 'no-access' },
          sessionId: undefined,
          uid: undefined,
          account: undefined,
        },
      },
    ]);
    const account: NavVerdict = { liveness: 'alive', profile: { name: 'B' } };
    expect(viewsOf({ ...loggedIn, account })).toEqual([
      { store: work, view: { ...loggedInView, account } },
    ]);
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
