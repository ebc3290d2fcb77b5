import { describe, expect, it } from 'vitest';
import type { Cookie } from './cookie.ts';
import type { Outcome } from './outcome.ts';
import { csrfRejected, loginPage, lost, navDead, reply, timedOut, yes } from './testing/answers.ts';
import {
  bystanders,
  cookie,
  embedded,
  idOf,
  inFront,
  logIn,
  without,
  www,
} from './testing/cookies.ts';
import { createWorld, press, type Script, type World, type WorldOptions } from './testing/world.ts';

const loggedIn = [...bystanders, ...logIn('A')];
const blocked = reply({ status: 412 });
const headerOfA = `SESSDATA=${idOf('A')}; bili_jct=token-A; DedeUserID=uid-A; DedeUserID__ckMd5=md5-A`;
const isAttached = ({ cookieHeader }: World['exits'][number]) => cookieHeader !== undefined;

describe('the request', () => {
  it('presents the token, and the cookies by way of the browser', async () => {
    const world = createWorld({ cookies: loggedIn });
    await press(world);
    expect(world.exits).toEqual([{ token: 'token-A', cookieHeader: undefined }]);
  });

  it.each<[string, Partial<WorldOptions>]>([
    ['the store is not that of our own requests', { isAmbient: false }],
    ['the session id is hidden from it', { cookies: logIn('A', embedded) }],
    [
      'an empty cookie stands before it',
      { cookies: [cookie('SESSDATA', '', inFront), ...loggedIn] },
    ],
    [
      'a strange token stands before it',
      { cookies: [cookie('bili_jct', 'x', inFront), ...loggedIn] },
    ],
    [
      'a strange account stands before it',
      { cookies: [cookie('DedeUserID', 'x', inFront), ...loggedIn] },
    ],
  ])('has the session’s own cookies attached where %s', async (_, options) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    expect((await press(world)).outcome.kind).toBe('logged-out');
    expect(world.exits).toEqual([{ token: 'token-A', cookieHeader: headerOfA }]);
  });

  it('is repeated with the cookies attached where the browser did not send them', async () => {
    const world = createWorld({ cookies: loggedIn, sendsCookies: false });
    expect((await press(world)).outcome.kind).toBe('logged-out');
    expect(world.exits.map(isAttached)).toEqual([false, true]);
  });

  it('is not repeated where the cookies had been attached already', async () => {
    const world = createWorld({ cookies: loggedIn, isAmbient: false, exit: [loginPage, yes] });
    expect((await press(world)).outcome).toMatchObject({ reason: 'web-page' });
    expect(world.exits).toHaveLength(1);
  });

  it.each<[string, Script[], Partial<Outcome>, count: number]>([
    ['refused', [loginPage, blocked], { kind: 'blocked' }, 2],
    ['out of time', [loginPage, timedOut], { kind: 'timeout' }, 2],
    ['lost twice', [loginPage, lost, lost], { kind: 'offline' }, 3],
    ['lost, then heard', [loginPage, lost], { kind: 'logged-out' }, 3],
    ['heard', [loginPage], { kind: 'logged-out' }, 2],
  ])('ends as its repetition does: %s', async (_, exit, outcome, count) => {
    const world = createWorld({ cookies: loggedIn, exit });
    expect((await press(world)).outcome).toMatchObject(outcome);
    expect(world.exits).toHaveLength(count);
  });

  it.each<[string, Script[], Partial<Outcome>, count: number]>([
    ['heard', [lost], { kind: 'logged-out' }, 2],
    ['lost again', [lost, lost, yes], { kind: 'offline' }, 2],
    ['the token is refused', [lost, csrfRejected, csrfRejected], { kind: 'csrf-rejected' }, 3],
    ['but not after a timeout', [timedOut, yes], { kind: 'timeout' }, 1],
  ])('is repeated once after a lost connection: %s', async (_, exit, outcome, count) => {
    const world = createWorld({ cookies: loggedIn, exit });
    expect((await press(world)).outcome).toMatchObject(outcome);
    expect(world.exits).toHaveLength(count);
  });

  it('after a lost connection presents the same session, whatever has become of its cookies', async () => {
    const cleared: Script = (_truth, world) => {
      world.jar = [...bystanders];
      return lost;
    };
    const another: Script = (_truth, world) => {
      world.logIn('B', logIn('B'));
      return lost;
    };
    for (const first of [cleared, another]) {
      const world = createWorld({ cookies: loggedIn, exit: [first] });
      expect((await press(world)).outcome.kind).toMatch(/logged-out|cookies-remain/);
      expect(world.exits[1]).toEqual({ token: 'token-A', cookieHeader: headerOfA });
      expect(world.said.map(({ id }) => id)).not.toContain(idOf('B'));
      expect(world.alive.has(idOf('A'))).toBe(false);
    }
  });

  it('heard only by the server ends as an expired session', async () => {
    const heard: Script = (truth) => {
      truth();
      return lost;
    };
    const world = createWorld({ cookies: loggedIn, exit: [heard] });
    expect((await press(world)).outcome.kind).toBe('session-expired');
  });

  it('never asks for more than it can use: at worst five requests and two questions', async () => {
    const renewed: Script = (_truth, world) => {
      world.set(cookie('bili_jct', 'new'));
      return csrfRejected;
    };
    const exit = [lost, renewed, loginPage, lost, csrfRejected];
    const world = createWorld({ cookies: loggedIn, exit });
    expect((await press(world)).outcome.kind).toBe('csrf-rejected');
    expect([world.exits.length, world.navs.length]).toEqual([5, 2]);
  });
});

describe('after a refused token the request is repeated', () => {
  /** What the jar holds by the time the refusal is there. */
  const refusedWith = (cookies: readonly Cookie[], more: Script[] = []): World => {
    const refuses: Script = (_truth, world) => {
      world.jar = [...cookies];
      return csrfRejected;
    };
    return createWorld({ cookies: loggedIn, checksToken: false, exit: [refuses, ...more] });
  };
  const renewed = [...without(loggedIn, 'bili_jct'), cookie('bili_jct', 'token-new')];

  it('with a token that changed meanwhile', async () => {
    const world = refusedWith(renewed);
    expect((await press(world)).outcome.kind).toBe('logged-out');
    expect(world.exits.map(({ token }) => token)).toEqual(['token-A', 'token-new']);
  });

  it('with it and the cookies attached, where the browser would send another’s', async () => {
    const moved = renewed.map((one) => ({ ...one, ...www }));
    const world = refusedWith([...moved, ...logIn('B')]);
    world.alive.add(idOf('B'));
    await press(world);
    expect(world.exits.slice(0, 2).map(({ token }) => token)).toEqual(['token-A', 'token-new']);
    expect(world.exits.map(isAttached)).toEqual([false, true]);
    expect([...world.alive]).toEqual([idOf('B')]);
  });

  it('with it once, and once with the cookies attached', async () => {
    const world = refusedWith(renewed, [csrfRejected, csrfRejected, yes]);
    expect((await press(world)).outcome.kind).toBe('csrf-rejected');
    expect(world.exits.map(({ token }) => token)).toEqual(['token-A', 'token-new', 'token-new']);
    expect(world.exits.map(isAttached)).toEqual([false, false, true]);
  });

  it.each<[string, Cookie[]]>([
    ['the token is the same', loggedIn],
    ['the token is gone', without(loggedIn, 'bili_jct')],
    ['the new token is another session’s', [...loggedIn, ...logIn('B', www)]],
  ])('with the cookies attached alone where %s', async (_, cookies) => {
    const world = refusedWith(cookies, [csrfRejected]);
    expect((await press(world)).outcome.kind).toBe('csrf-rejected');
    expect(world.exits.slice(0, 2)).toEqual([
      { token: 'token-A', cookieHeader: undefined },
      { token: 'token-A', cookieHeader: headerOfA },
    ]);
    expect(world.removed).toEqual([]);
  });

  it('with the cookies attached, where the browser sent none and the token was looked at first', async () => {
    const world = createWorld({ cookies: loggedIn, sendsCookies: false, exit: [csrfRejected] });
    const { outcome, prove } = await press(world);
    expect(outcome.kind).toBe('logged-out');
    expect(await prove?.()).toBe('proven');
    expect(world.exits.map(isAttached)).toEqual([false, true]);
  });
});

describe('another log-in takes the place of the session while the request fails', () => {
  const replaced =
    (answer: Script): Script =>
    (truth, world) => {
      world.logIn('B', logIn('B'));
      return typeof answer === 'function' ? answer(truth, world) : answer;
    };

  it.each<[string, Script]>([
    ['no answer in time', timedOut],
    ['blocked', blocked],
    ['the token is refused', csrfRejected],
  ])('%s: the one that was meant is ended all the same, from memory', async (_, answer) => {
    const world = createWorld({ cookies: loggedIn, exit: [replaced(answer)] });
    const { outcome, kept, prove } = await press(world);
    expect(outcome).toMatchObject({ reason: 'other-session', sessionEnded: true });
    expect(kept).toEqual(['print of id-B']);
    expect(prove).toBeUndefined();
    expect([...world.alive]).toEqual([idOf('B')]);
    expect(world.jar).toEqual([...bystanders, ...logIn('B')]);
  });

  it('and it cannot be ended: that it is lost is told, not that one is still logged in', async () => {
    const world = createWorld({ cookies: loggedIn, exit: [replaced(timedOut), timedOut] });
    const { outcome, kept } = await press(world);
    expect(outcome).toMatchObject({ kind: 'unexpected-reply', reason: 'session-gone' });
    expect(kept).toEqual(['print of id-B']);
    expect(world.jar).toEqual([...bystanders, ...logIn('B')]);
  });

  it('or it is cleared by hand meanwhile', async () => {
    const cleared: Script = (_truth, world) => {
      world.jar = [...bystanders];
      return reply({ status: 503 });
    };
    const world = createWorld({ cookies: loggedIn, exit: [cleared] });
    const { outcome, prove } = await press(world);
    expect(outcome.kind).toBe('logged-out');
    expect(await prove?.()).toBe('proven');
    expect([...world.alive]).toEqual([]);
  });
});

it('a living session is not kept from its turn by ten planted ids, which can only be asked about', async () => {
  const planted = Array.from({ length: 12 }, (_, index) =>
    cookie('SESSDATA', `planted-${index}`, { path: `/${index}?b` }),
  );
  const world = createWorld({
    cookies: [...planted, ...logIn('A', www)],
    unremovable: ({ path }) => path.includes('?'),
  });
  await press(world);
  expect([...world.alive]).toEqual([]);
  expect(world.destroyed).toEqual([]);
});

it('a living session is not kept from its turn by ids and tokens that were planted over plain HTTP', async () => {
  // The endpoint receives them before the session's own.
  const places = ['/login/exit/v2', '/login/exit', '/login', '/'].flatMap((path) =>
    ['passport.bilibili.com', '.passport.bilibili.com', '.bilibili.com'].map((domain) => {
      return { domain, path };
    }),
  );
  places.pop();
  const planted = places.flatMap((place) => logIn(JSON.stringify(place), place));
  const world = createWorld({ cookies: [...planted, ...logIn('A', { secure: true })] });
  const { outcome } = await press(world);
  expect([...world.alive]).toEqual([]);
  expect(outcome).toMatchObject({ kind: 'cookies-remain', sessionEnded: true });
});

it('a dead session with a token of another time ends as expired, where the token is checked first', async () => {
  const cookies = [...without(loggedIn, 'bili_jct'), cookie('bili_jct', 'stale')];
  const world = createWorld({ cookies, alive: [], exit: [csrfRejected] });
  expect((await press(world)).outcome.kind).toBe('session-expired');
  expect(world.exits).toHaveLength(1);
});

it('a session without a token is asked about, and no log-out asked for', async () => {
  const cookies = without(loggedIn, 'bili_jct');
  const world = createWorld({ cookies, nav: [navDead, navDead] });
  expect((await press(world)).outcome.kind).toBe('session-expired');
  expect(world.exits).toEqual([]);
  const alone = `SESSDATA=${idOf('A')}`;
  expect(world.navs).toEqual([`${alone}; DedeUserID=uid-A; DedeUserID__ckMd5=md5-A`, alone]);
});

it('a living session beside another account’s number is not called dead, and keeps its id', async () => {
  const cookies = [...without(logIn('A'), 'DedeUserID'), cookie('DedeUserID', 'uid-B')];
  const world = createWorld({ cookies });
  expect((await press(world)).outcome).toMatchObject({ reason: 'web-page' });
  expect([...world.destroyed, ...world.removed]).toEqual([]);
});

describe('a log-in that came between the look at the jar and the request', () => {
  const comes = (place: Partial<Cookie>) => (world: World) => {
    if (world.events.at(-1) === 'report revoke' && world.exits.length === 0) {
      world.logIn('B', logIn('B', place));
    }
  };

  it.each<[string, Partial<Cookie>]>([
    ['in the place of the old one', {}],
    ['in front of the old one', inFront],
  ])('is not ended for it, and the old one is: %s', async (_, place) => {
    const world = createWorld({ cookies: loggedIn, meanwhile: comes(place) });
    const { outcome } = await press(world);
    expect(outcome).toMatchObject({ reason: 'other-session', sessionEnded: true });
    expect(world.exits.map(isAttached)).toEqual([false, true]);
    expect([...world.alive]).toEqual([idOf('B')]);
    expect(world.jar).toEqual([...bystanders, ...logIn('B', place)]);
  });

  it('does not pass for the old one where the server does not look at the token', async () => {
    const world = createWorld({ cookies: loggedIn, meanwhile: comes({}), checksToken: false });
    const { outcome, prove } = await press(world);
    expect(outcome.kind).toBe('logged-out');
    expect(await prove?.()).toBe('proven');
    expect([...world.alive]).toEqual([]);
  });
});
