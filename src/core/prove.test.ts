import { describe, expect, it } from 'vitest';
import type { Revocation } from './outcome.ts';
import { askLiveness, prove } from './prove.ts';
import { sessionsIn } from './session.ts';
import { lost, navAlive, navDead, reply } from './testing/answers.ts';
import { logIn } from './testing/cookies.ts';
import { createWorld, type Script } from './testing/world.ts';

const [a] = sessionsIn(logIn('A'));
const [b] = sessionsIn(logIn('B'));
const unclear = reply({ status: 412 });

describe('the proof', () => {
  it.each<[string, Script[], Revocation, events: string]>([
    ['dead', [navDead, navDead], 'proven', 'nav nav'],
    ['unclear', [unclear], 'unknown', 'nav'],
    ['lost', [lost], 'unknown', 'nav'],
    ['alive, then dead', [navAlive, navDead, navDead], 'proven', 'nav wait nav nav'],
    ['alive twice', [navAlive, navAlive, navDead], 'still-alive', 'nav wait nav'],
    ['alive, then unclear', [navAlive, unclear], 'unknown', 'nav wait nav'],
  ])('%s', async (_, nav, revocation, events) => {
    const world = createWorld({ cookies: [], nav });
    expect(await prove(world.needs, [a])).toBe(revocation);
    expect(world.events.join(' ')).toBe(events);
  });

  it('presents the old cookies, and waits three seconds before it asks again', async () => {
    const world = createWorld({ cookies: [], nav: [navAlive] });
    await prove(world.needs, [a]);
    expect(world.waits).toEqual([3_000]);
    expect(world.navs).toEqual([a?.cookieHeader, a?.cookieHeader]);
  });

  it.each<[string, Script[], Revocation]>([
    ['dead and dead', Array(4).fill(navDead), 'proven'],
    ['dead and unclear', [navDead, unclear, navDead], 'unknown'],
    ['unclear and dead', [unclear, navDead, navDead], 'unknown'],
    ['dead and alive twice', [navDead, navAlive, navDead, navAlive], 'still-alive'],
    ['unclear and alive twice', [unclear, navAlive, navAlive], 'still-alive'],
    ['alive and dead, then dead', [navAlive, ...Array(4).fill(navDead)], 'proven'],
  ])('of two sessions is as strong as the weaker one: %s', async (_, nav, revocation) => {
    const world = createWorld({ cookies: [], nav });
    expect(await prove(world.needs, [a, b])).toBe(revocation);
  });

  it.each<[string, Script[], Revocation]>([
    ['dead', [navDead, navDead], 'unknown'],
    ['alive twice', [navAlive, navAlive], 'still-alive'],
  ])(
    'cannot be had of a session whose cookies are lost: the other is %s',
    async (_, nav, revocation) => {
      const world = createWorld({ cookies: [], nav });
      expect(await prove(world.needs, [undefined, a])).toBe(revocation);
    },
  );
});

it.each([
  [navAlive, 'alive'],
  [navDead, 'dead'],
  [unclear, 'unclear'],
  [lost, 'unclear'],
])('a question about a session is answered: %#', async (answer, liveness) => {
  const { needs } = createWorld({ cookies: [], nav: [answer] });
  expect(await askLiveness(needs.server, { id: 'x', cookieHeader: 'SESSDATA=x' })).toBe(liveness);
});

it('a session that the server calls dead beside other cookies only is not dead', async () => {
  const session = { id: 'x', cookieHeader: 'SESSDATA=x; DedeUserID=another' };
  const world = createWorld({ cookies: [], nav: [navDead, navAlive] });
  expect(await askLiveness(world.needs.server, session)).toBe('alive');
  expect(world.navs).toEqual([session.cookieHeader, 'SESSDATA=x']);
});
