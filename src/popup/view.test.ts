import { describe, expect, it } from 'vitest';
import { type AccountCookieName, accountCookieNames } from '../core/cookie.ts';
import { fatesOf, type Outcome } from '../core/outcome.ts';
import { advanced, begun, ended, type LogOutRecord, proved } from '../core/record.ts';
import { type Facts, viewOf } from './view.ts';

const start = begun({ id: 'i', storeId: '0', trigger: 'popup', mode: 'server', startedAt: 0 });
const working = advanced(start, { step: 'read', session: undefined, found: [] }, undefined);
const endedWith = (outcome: Outcome, isProving = false) =>
  ended(start, { outcome, endedAt: 1, isProving }, undefined);

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

const nothing: Facts = {
  hasAccess: true,
  names: [],
  hasSession: false,
  uid: undefined,
  record: undefined,
  recordIsCurrent: false,
};
const loggedIn: Facts = { ...nothing, names, hasSession: true, uid: '42' };
const current: Facts = { ...loggedIn, recordIsCurrent: true };
const leftovers: Facts = { ...nothing, names: ['DedeUserID'] };

const shows = (name: 'finished' | 'failed', outcome: Outcome) => ({
  name,
  outcome,
  revocation: undefined,
});
const loggedInView = { name: 'logged-in', uid: '42', account: undefined };
const loggedOutView = { name: 'logged-out', hasLeftovers: false };

it('before anything is known', () => {
  expect(viewOf(undefined, undefined)).toEqual({ name: 'loading' });
});

describe('facts without a record', () => {
  it.each<[string, Facts, object]>([
    ['nothing', nothing, loggedOutView],
    ['leftovers', leftovers, { name: 'logged-out', hasLeftovers: true }],
    ['a session', loggedIn, loggedInView],
    ['no access', { ...nothing, hasAccess: false }, { name: 'no-access' }],
    ['no access, whatever is seen', { ...loggedIn, hasAccess: false }, { name: 'no-access' }],
  ])('%s', (_, facts, view) => {
    expect(viewOf(facts, undefined)).toEqual(view);
  });

  it('and what the server says of the session', () => {
    const account = { liveness: 'alive', profile: { name: 'A' } } as const;
    expect(viewOf(loggedIn, account)).toEqual({ ...loggedInView, account });
  });
});

describe('a log-out under way is shown', () => {
  it.each<[string, Facts]>([
    ['with its session', current],
    ['without', nothing],
    ['also without access', { ...nothing, hasAccess: false }],
  ])('%s', (_, facts) => {
    expect(viewOf({ ...facts, record: working }, undefined)).toEqual({
      name: 'working',
      record: working,
    });
  });
});

describe('a good end is shown until there is a session again', () => {
  it.each(goodKinds)('%s', (kind) => {
    const outcome: Outcome = { kind, cookies: deleted };
    const record = endedWith(outcome);
    expect(viewOf({ ...nothing, record }, undefined)).toEqual(shows('finished', outcome));
    expect(viewOf({ ...leftovers, record }, undefined)).toEqual(shows('finished', outcome));
    expect(viewOf({ ...loggedIn, record }, undefined)).toEqual(loggedInView);
    expect(viewOf({ ...current, record }, undefined)).toEqual(loggedInView);
  });

  it.each(['asking', 'proven', 'unknown', 'still-alive'] as const)(
    'with its proof: %s',
    (revocation) => {
      const outcome: Outcome = { kind: 'logged-out', cookies: deleted };
      const asking = endedWith(outcome, true);
      const record = revocation === 'asking' ? asking : proved(asking, revocation);
      expect(viewOf({ ...nothing, record }, undefined)).toEqual({
        name: 'finished',
        outcome,
        revocation,
      });
    },
  );
});

describe('a failure is shown', () => {
  it.each<[string, Facts, Outcome]>([
    ['while its session is in the jar', current, failure],
    ['where the cookies went all the same', nothing, goneAnyway],
    ['where nothing is known of the cookies', nothing, noFates],
    ['and with leftovers', leftovers, unremovable],
    ['about a further session, which was kept', current, otherSession],
  ])('%s', (_, facts, outcome) => {
    const record = endedWith(outcome);
    expect(viewOf({ ...facts, record }, undefined)).toEqual(shows('failed', outcome));
  });

  it.each<[string, Facts, Outcome, object]>([
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
    expect(viewOf({ ...facts, record }, undefined)).toEqual(view);
  });
});
