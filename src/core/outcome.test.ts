import { expect, it } from 'vitest';
import { type AccountCookieName, accountCookieNames } from './cookie.ts';
import { type Fate, fatesOf, isGood, type Outcome, outcomeSchema, remaining } from './outcome.ts';

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
