import { describe, expect, it } from 'vitest';
import { accountCookieNames, type Cookie, shapeOf } from './cookie.ts';
import { logOut } from './log-out.ts';
import type { Needs } from './needs.ts';
import { reply } from './testing/answers.ts';
import {
  bystanders,
  cookie,
  embedded,
  idOf,
  inFront,
  logIn,
  printOf,
  without,
  www,
} from './testing/cookies.ts';
import { createWorld, everyFate, orderIn, press, type Script } from './testing/world.ts';

const loggedIn = [...bystanders, ...logIn('A')];
const nameAndPlace = (one: Cookie) => `${one.name} ${shapeOf(one)}`;
const blocked = reply({ status: 412 });

describe('what is left of an account', () => {
  const names = [...accountCookieNames, 'SESSDATA__ckMd5', 'bili_jct__ckMd5'];

  it.each<[string, Partial<Cookie>]>([
    ['a shadow of its host alone', { domain: 'passport.bilibili.com' }],
    ['the site’s own host alone', { domain: 'bilibili.com' }],
    ['another host', www],
    ['another subdomain', { domain: '.live.bilibili.com' }],
    ['a deep path', { path: '/login/exit/v2' }],
    ['another path', { path: '/elsewhere' }],
    ['a partition', embedded],
    [
      'a frame in a partition',
      { partitionKey: { ...embedded.partitionKey, hasCrossSiteAncestor: true } },
    ],
    ['another first party', { firstPartyDomain: 'biligame.com' }],
  ])('is removed wherever it is: %s', async (_, place) => {
    const leftovers = names.map((name) =>
      cookie(name, name === 'SESSDATA' ? idOf('A') : 'x', place),
    );
    const world = createWorld({
      cookies: [...loggedIn, ...leftovers],
      checksToken: false,
      checksAccount: false,
      deletesCookies: false,
    });
    const { outcome } = await press(world);
    expect(outcome).toEqual({ kind: 'logged-out', cookies: everyFate('removed-by-extension') });
    expect(world.removed.map(nameAndPlace)).toEqual(
      expect.arrayContaining(leftovers.map(nameAndPlace)),
    );
    expect(world.jar).toEqual(bystanders);
  });

  it('is handed to the browser as the jar described it', async () => {
    const leftover = cookie('DedeUserID', '1', { ...embedded, secure: true, path: '/a' });
    const world = createWorld({ cookies: [leftover] });
    await press(world);
    expect(world.removed).toEqual([leftover]);
  });

  it('is removed where it is a companion alone', async () => {
    const world = createWorld({ cookies: [...bystanders, cookie('SESSDATA__ckMd5', 'x')] });
    expect((await press(world)).outcome).toEqual({
      kind: 'already-logged-out',
      cookies: everyFate('absent'),
    });
    expect(world.jar).toEqual(bystanders);
  });

  it('is asked to go once', async () => {
    const world = createWorld({
      cookies: loggedIn,
      unremovable: () => true,
      deletesCookies: false,
    });
    await press(world);
    expect(world.removed).toEqual(logIn('A'));
  });

  it('is named where it does not go, by the worst fate of its name', async () => {
    const shadow = cookie('SESSDATA', idOf('A'), www);
    const world = createWorld({
      cookies: [...loggedIn, shadow],
      unremovable: ({ domain }) => domain === www.domain,
    });
    const { outcome, dead } = await press(world);
    expect(outcome).toEqual({
      kind: 'cookies-remain',
      reason: 'not-removable',
      sessionEnded: true,
      cookies: { ...everyFate('deleted-by-server'), SESSDATA: 'remaining' },
    });
    expect(dead).toEqual([printOf('A')]);
  });

  it('counts as removed by us although it was set once more in the middle', async () => {
    const again: Script = (truth, here) => {
      const answer = truth();
      here.set(cookie('DedeUserID', 'again'));
      return answer;
    };
    const world = createWorld({ cookies: loggedIn, exit: [again] });
    const report: Needs['report'] = async ({ step }) => {
      if (step === 'clear') world.set(cookie('DedeUserID', 'once more'));
    };
    const order = await orderIn(world);
    const { outcome } = await logOut({ ...world.needs, report }, order);
    expect(outcome).toEqual({
      kind: 'logged-out',
      cookies: { ...everyFate('deleted-by-server'), DedeUserID: 'removed-by-extension' },
    });
  });
});

describe('beside a session that stays', () => {
  const partly: Script[] = [(truth) => truth(), blocked];

  it('only what stands where the ended one stood goes', async () => {
    const stray = cookie('DedeUserID', 'stray', { path: '/x' });
    const cookies = [
      ...loggedIn,
      cookie('SESSDATA', idOf('A'), inFront),
      cookie('bili_jct', 'old', inFront),
      ...logIn('B', www),
      stray,
    ];
    const world = createWorld({ cookies, alive: ['A', 'B'], exit: partly, checksToken: false });
    const { outcome, kept } = await press(world);
    expect(outcome.kind).toBe('blocked');
    expect(kept).toEqual([printOf('B')]);
    expect(world.jar).toEqual([...bystanders, ...logIn('B', www), stray]);
  });

  it('its own cookies stay, also where the ended one’s id stood in the same place before', async () => {
    const logsIn: Script = (truth, world) => {
      const answer = truth();
      world.logIn('B', logIn('B'));
      return answer;
    };
    const world = createWorld({ cookies: loggedIn, exit: [logsIn], deletesCookies: false });
    expect((await press(world)).outcome).toMatchObject({ reason: 'other-session' });
    expect(world.removed).toEqual([]);
    expect(world.jar).toEqual([...bystanders, ...logIn('B')]);
  });

  it('an ended one’s id that does not go is named as dead', async () => {
    const cookies = [...loggedIn, ...logIn('B', www)];
    const world = createWorld({
      cookies,
      alive: ['A', 'B'],
      exit: partly,
      deletesCookies: false,
      unremovable: () => true,
    });
    const { outcome, kept, dead } = await press(world);
    expect(outcome).toMatchObject({ kind: 'blocked', othersEnded: true });
    expect({ kept, dead }).toEqual({ kept: [printOf('B')], dead: [printOf('A')] });
  });
});

describe('what a removal throws counts for nothing', () => {
  const fails = async () => {
    throw new Error('broken');
  };
  it.each<[string, (remove: Needs['jar']['remove']) => Needs['jar']['remove'], object]>([
    [
      'where nothing goes',
      () => fails,
      { kind: 'cookies-remain', reason: 'not-removable', cookies: everyFate('remaining') },
    ],
    [
      'where one does not go, and the others do',
      (remove) => (one) => (one.name === 'SESSDATA' ? fails() : remove(one)),
      {
        kind: 'cookies-remain',
        cookies: { ...everyFate('removed-by-extension'), SESSDATA: 'remaining' },
      },
    ],
    [
      'where all go in spite of it',
      (remove) => async (one) => {
        await remove(one);
        await fails();
      },
      { kind: 'logged-out', cookies: everyFate('removed-by-extension') },
    ],
  ])('%s', async (_, broken, outcome) => {
    const world = createWorld({ cookies: loggedIn, deletesCookies: false });
    const { needs } = world;
    const jar = { ...needs.jar, remove: broken(needs.jar.remove) };
    const result = await logOut({ ...needs, jar }, await orderIn(world));
    expect(result.outcome).toMatchObject(outcome);
  });
});

it('in this browser only a token that belongs to no session goes with the rest', async () => {
  const world = createWorld({
    cookies: [...bystanders, ...without(logIn('A'), 'bili_jct'), cookie('bili_jct', 'x', www)],
  });
  expect((await press(world, 'local')).outcome.kind).toBe('removed-locally');
  expect(world.jar).toEqual(bystanders);
});
