import { expect, it } from 'vitest';
import { logIn, valuesOf } from '../core/testing/cookies.ts';
import { createWorld } from '../core/testing/world.ts';
import { profileOf } from './profile.ts';

const fingerprint = async (salt: string, value: string) => `${salt} ${value}`;

/** A dead id in front, and a living log-in behind it. */
const setUp = () =>
  createWorld({ cookies: [...logIn('A', { path: '/login' }), ...logIn('B')], alive: ['B'] });

it.each([
  ['A', 'dead'],
  ['B', 'alive'],
])('of several sessions, the one that is shown is asked about: %s', async (letter, liveness) => {
  const { needs, navs } = setUp();
  const wanted = await fingerprint('0', valuesOf(letter).SESSDATA);
  expect(await profileOf({ ...needs, fingerprint }, '0', wanted)).toMatchObject({ liveness });
  expect(navs).toEqual([expect.stringContaining(valuesOf(letter).SESSDATA)]);
});

it('one that has gone meanwhile is not, and no other in its place', async () => {
  const { needs, navs } = setUp();
  const wanted = await fingerprint('0', valuesOf('C').SESSDATA);
  expect(await profileOf({ ...needs, fingerprint }, '0', wanted)).toEqual({ liveness: 'unclear' });
  expect(navs).toEqual([]);
});
