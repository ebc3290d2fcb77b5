import { describe, expect, it } from 'vitest';
import { accountCookieNames } from './cookie.ts';
import { logOut, type Result } from './log-out.ts';
import { beginning, type Mode, type Order, type Progress } from './order.ts';
import { navAlive } from './testing/answers.ts';
import { bystanders, idOf, logIn, printOf, without, www } from './testing/cookies.ts';
import { createWorld, everyFate, type World } from './testing/world.ts';

// The browser stopped the worker in the middle of a log-out; its successor takes it up.

const loggedIn = [...bystanders, ...logIn('A')];
const asked: Progress = { ...beginning, asked: true };
const endedA = { fingerprint: printOf('A'), by: 'yes' } as const;
const clearing: Progress = { ...asked, step: 'clear', ended: [endedA] };
const takeUp = (world: World, progress: Progress, parts: Partial<Order> = {}): Promise<Result> =>
  logOut(world.needs, {
    mode: 'server',
    sessions: [printOf('A')],
    found: accountCookieNames,
    progress,
    ...parts,
  });
const interrupted = { kind: 'unexpected-reply', reason: 'interrupted', detail: {} };

describe('a session that is still in the jar', () => {
  it.each<[string, Progress]>([
    ['nothing had been asked', beginning],
    ['the request may have left', asked],
    ['its failure was about to be told', { ...asked, step: 'clear' }],
  ])('is asked to end where %s', async (_, progress) => {
    const world = createWorld({ cookies: loggedIn });
    const { outcome, prove } = await takeUp(world, progress);
    expect(outcome.kind).toBe('logged-out');
    expect(world.exits).toHaveLength(1);
    expect(await prove?.()).toBe('proven');
  });

  it('has ended where the server had heard the request', async () => {
    const world = createWorld({ cookies: loggedIn, alive: [] });
    const { outcome, prove } = await takeUp(world, asked);
    expect(outcome).toEqual({
      kind: 'session-expired',
      cookies: everyFate('removed-by-extension'),
    });
    expect(prove).toBeUndefined();
  });

  it('is not asked to end again where the yes was written down, and the proof is a real one', async () => {
    const world = createWorld({ cookies: loggedIn, nav: [navAlive, navAlive] });
    const { outcome, prove, endedIds } = await takeUp(world, clearing);
    expect(outcome).toEqual({ kind: 'logged-out', cookies: everyFate('removed-by-extension') });
    expect(world.exits).toEqual([]);
    expect(endedIds).toEqual([idOf('A')]);
    expect(await prove?.()).toBe('still-alive');
  });

  it('is removed where the server had called it dead, and there is nothing to prove', async () => {
    const world = createWorld({ cookies: loggedIn, alive: [] });
    const ended = [{ ...endedA, by: 'dead' as const }];
    const { outcome, prove } = await takeUp(world, { ...clearing, ended });
    expect(outcome).toEqual({
      kind: 'session-expired',
      cookies: everyFate('removed-by-extension'),
    });
    expect([...world.exits, ...world.navs]).toEqual([]);
    expect(prove).toBeUndefined();
  });

  it('is ended where another one had ended before', async () => {
    const world = createWorld({ cookies: [...bystanders, ...logIn('B', www)], alive: ['B'] });
    const sessions = [printOf('A'), printOf('B')];
    const { outcome, prove } = await takeUp(world, { ...asked, ended: [endedA] }, { sessions });
    expect(outcome.kind).toBe('logged-out');
    expect(world.exits.map(({ token }) => token)).toEqual(['token-B']);
    // The cookies of the first died with the worker.
    expect(await prove?.()).toBe('unknown');
  });
});

describe('a session whose cookies have gone', () => {
  const gone = [...bystanders, ...without(logIn('A'), 'SESSDATA')];

  it.each(['revoke', 'clear'] as const)('%s: a yes that nobody saw is none', async (step) => {
    const world = createWorld({ cookies: gone });
    const { outcome, prove } = await takeUp(world, { ...asked, step });
    expect(outcome).toEqual({
      ...interrupted,
      othersEnded: false,
      cookies: { ...everyFate('remaining'), SESSDATA: 'absent' },
    });
    expect(prove).toBeUndefined();
    expect([...world.exits, ...world.navs, ...world.removed]).toEqual([]);
  });

  it('does not keep another one from being ended', async () => {
    const world = createWorld({ cookies: logIn('B', www), alive: ['A', 'B'] });
    const { outcome } = await takeUp(world, asked, { sessions: [printOf('A'), printOf('B')] });
    expect(outcome).toMatchObject({ ...interrupted, othersEnded: true });
    expect([...world.alive]).toEqual([idOf('A')]);
    expect(world.jar).toEqual([]);
  });

  it('has ended where the yes was written down', async () => {
    const cookies = gone.filter(({ value }) => value !== 'token-A');
    const world = createWorld({ cookies });
    const { outcome, prove } = await takeUp(world, { ...clearing, left: ['bili_jct'] });
    expect(outcome).toEqual({
      kind: 'logged-out',
      cookies: { ...everyFate('removed-by-extension'), SESSDATA: 'deleted-by-server' },
    });
    expect(await prove?.()).toBe('unknown');
    expect(world.navs).toEqual([]);
    expect(world.jar).toEqual(bystanders);
  });

  it('and what the stopped worker had removed is not told as the server’s work', async () => {
    const world = createWorld({ cookies: bystanders });
    const { outcome } = await takeUp(world, { ...clearing, left: ['SESSDATA', 'bili_jct'] });
    expect(outcome).toEqual({
      kind: 'logged-out',
      cookies: {
        ...everyFate('deleted-by-server'),
        SESSDATA: 'removed-by-extension',
        bili_jct: 'removed-by-extension',
      },
    });
  });
});

describe('a session that came since', () => {
  it.each<[string, Progress, object]>([
    ['nothing had been asked', beginning, { reason: 'session-gone', othersEnded: false }],
    ['the request may have left', asked, interrupted],
    [
      'the yes was written down',
      clearing,
      { kind: 'cookies-remain', reason: 'other-session', sessionEnded: true },
    ],
  ])('is never logged out: %s', async (_, progress, outcome) => {
    const world = createWorld({ cookies: [...bystanders, ...logIn('B')], alive: ['B'] });
    const result = await takeUp(world, progress);
    expect(result.outcome).toMatchObject({ ...outcome, cookies: everyFate('remaining') });
    expect(result.kept).toEqual([printOf('B')]);
    expect([...world.exits, ...world.removed]).toEqual([]);
  });

  it('is kept, while the one that was meant is ended', async () => {
    const world = createWorld({ cookies: [...logIn('B'), ...logIn('A', www)], alive: ['A', 'B'] });
    const { outcome, kept } = await takeUp(world, asked);
    expect(outcome).toMatchObject({ reason: 'other-session', sessionEnded: true });
    expect(kept).toEqual([printOf('B')]);
    expect(world.exits.map(({ token }) => token)).toEqual(['token-A']);
    expect(world.jar).toEqual(logIn('B'));
  });
});

describe('in this browser only', () => {
  const local = { mode: 'local' as Mode };

  it.each<[string, Progress]>([
    ['before', beginning],
    ['in the middle', { ...beginning, step: 'clear', left: accountCookieNames }],
  ])('the session goes, and nobody is asked: %s', async (_, progress) => {
    const world = createWorld({ cookies: loggedIn });
    const { outcome } = await takeUp(world, progress, local);
    expect(outcome).toEqual({
      kind: 'removed-locally',
      cookies: everyFate('removed-by-extension'),
    });
    expect([...world.exits, ...world.navs]).toEqual([]);
  });

  it('nobody says that an answer was waited for, where a second session came since', async () => {
    const world = createWorld({ cookies: [...logIn('B'), ...logIn('A', www)], alive: ['A', 'B'] });
    const progress: Progress = { ...beginning, step: 'clear' };
    const { outcome, kept } = await takeUp(world, progress, local);
    expect(outcome).toMatchObject({
      kind: 'cookies-remain',
      reason: 'other-session',
      sessionEnded: false,
    });
    expect(kept).toEqual([printOf('B')]);
    expect(world.jar).toEqual(logIn('B'));
    expect([...world.exits, ...world.navs]).toEqual([]);
  });

  it('what was removed before the stop is told', async () => {
    const world = createWorld({ cookies: bystanders });
    const progress: Progress = { ...beginning, step: 'clear', left: accountCookieNames };
    expect((await takeUp(world, progress, local)).outcome).toEqual({
      kind: 'removed-locally',
      cookies: everyFate('removed-by-extension'),
    });
  });
});

it.each<[string, Progress, reached: string]>([
  ['nothing', beginning, 'nothing-sent'],
  ['that it was dead', { ...beginning, ended: [{ ...endedA, by: 'dead' }] }, 'nothing-sent'],
  ['that Bilibili had been asked', asked, 'asked'],
  ['that Bilibili had accepted', clearing, 'accepted'],
])('a person who withdrew access meanwhile is told %s', async (_, progress, reached) => {
  const world = createWorld({ cookies: loggedIn, isGranted: false });
  expect((await takeUp(world, progress)).outcome).toEqual({ kind: 'no-access', reached });
  expect(world.events).toEqual(['ask for access', 'list', 'ask for access']);
});
