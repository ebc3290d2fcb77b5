import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type AccountCookieName, accountCookieNames } from './cookie.ts';
import {
  type Fate,
  fatesOf,
  internalError,
  isGood,
  type Outcome,
  outcomeSchema,
  reaches,
  remaining,
  remainReasons,
  unexpectedReasons,
} from './outcome.ts';
import { everyFate } from './testing/world.ts';

it.each<[found: boolean, left: boolean, atEnd: boolean, Fate]>([
  [false, false, false, 'absent'],
  [true, false, false, 'deleted-by-server'],
  [true, true, false, 'removed-by-extension'],
  [false, true, false, 'removed-by-extension'],
  [true, true, true, 'remaining'],
  [true, false, true, 'remaining'],
  [false, false, true, 'remaining'],
])('found %s, left %s, there at the end %s: %s', (...[found, left, atEnd, fate]) => {
  for (const name of accountCookieNames) {
    const only = (isThere: boolean): AccountCookieName[] => (isThere ? [name] : []);
    const fates = fatesOf(only(found), only(left), only(atEnd));
    expect(fates[name]).toBe(fate);
    expect(Object.values({ ...fates, [name]: 'absent' })).toEqual(Array(4).fill('absent'));
    expect(remaining(fates)).toEqual(fate === 'remaining' ? [name] : []);
  }
});

it('four endings are good', () => {
  const kinds = outcomeSchema.options.map(({ entries }) => entries.kind.literal);
  const cookies = fatesOf([], [], []);
  expect(kinds.filter((kind) => isGood({ kind, cookies } as Outcome))).toEqual([
    'logged-out',
    'already-logged-out',
    'session-expired',
    'removed-locally',
  ]);
  expect(kinds).toHaveLength(14);
});

describe('a stored outcome', () => {
  const cookies = everyFate('remaining');
  const failure = { cookies, othersEnded: true };
  const detail = { status: 200, code: 0 };
  const { cookies: _, ...uncounted } = failure;
  it.each<Outcome>([
    { kind: 'logged-out', cookies },
    ...reaches.map((reached) => ({ kind: 'no-access', reached }) as const),
    ...remainReasons.map(
      (reason) => ({ kind: 'cookies-remain', cookies, reason, sessionEnded: false }) as const,
    ),
    ...unexpectedReasons.map(
      (reason) => ({ kind: 'unexpected-reply', ...failure, reason, detail }) as const,
    ),
    { kind: 'unexpected-reply', ...uncounted, reason: 'store-gone', detail: {} },
    { kind: 'rate-limited', ...failure, detail, retryAfterSeconds: 5 },
    { kind: 'offline', ...failure },
    internalError,
  ])('is read as it was written: %j', (outcome) => {
    expect(v.parse(outcomeSchema, JSON.parse(JSON.stringify(outcome)))).toStrictEqual(outcome);
  });

  it.each<[string, object]>([
    ['an unknown kind', { kind: 'fine', cookies }],
    ['no fates', { kind: 'logged-out' }],
    ['a fate too few', { kind: 'logged-out', cookies: { ...cookies, SESSDATA: undefined } }],
    ['an unknown fate', { kind: 'logged-out', cookies: { ...cookies, SESSDATA: 'eaten' } }],
    ['no word of the others', { kind: 'offline', cookies }],
    ['no word of how far it came', { kind: 'no-access' }],
    ['an unknown reach', { kind: 'no-access', reached: 'far' }],
    ['an unknown reason', { kind: 'unexpected-reply', ...failure, reason: 'whim', detail }],
  ])('is refused: %s', (_name, stored) => {
    expect(v.is(outcomeSchema, stored)).toBe(false);
  });

  it('holds no word of the server’s own', () => {
    const told = { kind: 'blocked', ...failure, detail: { ...detail, message: 'secret' } };
    expect(JSON.stringify(v.parse(outcomeSchema, told))).not.toContain('secret');
  });
});
