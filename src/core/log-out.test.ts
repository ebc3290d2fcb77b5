import { describe, expect, it } from 'vitest';
import { type AccountCookieName, accountCookieNames, type Cookie } from './cookie.ts';
import { type Interrupted, logOut, type Needs, resume } from './log-out.ts';
import type { Fate, Outcome } from './outcome.ts';
import type { Answer } from './reply.ts';
import type { Session } from './session.ts';
import {
  csrfRejected,
  json,
  loginPage,
  lost,
  navAlive,
  navDead,
  reply,
  timedOut,
  yes,
} from './testing/answers.ts';
import { bystanders, cookie, logIn, valuesOf } from './testing/cookies.ts';
import { createWorld, type Script, type World, type WorldOptions } from './testing/world.ts';

const partition = { partitionKey: { topLevelSite: 'https://other.test' } };
const hidden = { domain: 'www.bilibili.com' };
const loggedIn = [...bystanders, ...logIn('A')];
const handleA = valuesOf('A').SESSDATA;
const unclear: Answer = reply({ status: 412, contentType: 'text/html' });

const all = (fate: Fate) => ({
  SESSDATA: fate,
  bili_jct: fate,
  DedeUserID: fate,
  DedeUserID__ckMd5: fate,
});
const without = (cookies: readonly Cookie[], ...names: AccountCookieName[]) =>
  cookies.filter(({ name }) => !names.some((other) => other === name));
const shapeOf = ({ name, domain, path }: Cookie) => `${name} ${domain} ${path}`;
const lastOutcome = async (world: World) => (await logOut(world.needs, 'server')).outcome;

describe('every outcome', () => {
  const kept = { cookies: all('remaining') };
  it.each<[string, Partial<WorldOptions>, Outcome, requests: string]>([
    ['yes', {}, { kind: 'logged-out', cookies: all('deleted-by-server') }, 'exit'],
    [
      'yes, but the server deletes nothing',
      { deletesCookies: false },
      { kind: 'logged-out', cookies: all('removed-by-extension') },
      'exit nav',
    ],
    ['an empty jar', { cookies: [] }, { kind: 'already-logged-out', cookies: all('absent') }, ''],
    [
      'no session, but leftovers',
      { cookies: without(loggedIn, 'SESSDATA', 'bili_jct') },
      {
        kind: 'already-logged-out',
        cookies: {
          ...all('removed-by-extension'),
          SESSDATA: 'absent',
          bili_jct: 'absent',
        },
      },
      '',
    ],
    [
      'an empty handle',
      { cookies: [cookie('SESSDATA', '')] },
      {
        kind: 'already-logged-out',
        cookies: { ...all('absent'), SESSDATA: 'removed-by-extension' },
      },
      '',
    ],
    [
      'the login page, and the session is dead',
      { alive: [] },
      { kind: 'session-expired', cookies: all('removed-by-extension') },
      'exit nav',
    ],
    [
      '-101, and the session is dead',
      { exit: [json({ code: -101 })], alive: [] },
      { kind: 'session-expired', cookies: all('removed-by-extension') },
      'exit nav',
    ],
    [
      'a redirect, and the session is dead',
      { exit: [{ kind: 'redirect' }], alive: [] },
      { kind: 'session-expired', cookies: all('removed-by-extension') },
      'exit nav',
    ],
    ['no access', { isGranted: false }, { kind: 'no-access' }, ''],
    [
      'no token',
      { cookies: without(loggedIn, 'bili_jct') },
      { kind: 'no-csrf-token', cookies: { ...all('remaining'), bili_jct: 'absent' } },
      '',
    ],
    ['lost twice', { exit: [lost, lost] }, { kind: 'offline', ...kept }, 'exit exit'],
    ['no answer in time', { exit: [timedOut] }, { kind: 'timeout', ...kept }, 'exit'],
    [
      'lost, then no answer in time',
      { exit: [lost, timedOut] },
      { kind: 'timeout', ...kept },
      'exit exit',
    ],
    [
      'the token is refused',
      { exit: [csrfRejected] },
      {
        kind: 'csrf-rejected',
        ...kept,
        detail: { status: 200, code: 2202, message: 'csrf' },
      },
      'exit',
    ],
    [
      'risk control',
      { exit: [unclear] },
      { kind: 'blocked', ...kept, detail: { status: 412 } },
      'exit',
    ],
    [
      'risk control by its code',
      { exit: [json({ code: -352 })] },
      { kind: 'blocked', ...kept, detail: { status: 200, code: -352 } },
      'exit',
    ],
    [
      'a pause is asked for',
      { exit: [reply({ status: 429, retryAfter: '60' })] },
      { kind: 'rate-limited', ...kept, detail: { status: 429 }, retryAfterSeconds: 60 },
      'exit',
    ],
    [
      'a fault of the server',
      { exit: [reply({ status: 502 })] },
      { kind: 'server-error', ...kept, detail: { status: 502 } },
      'exit',
    ],
    [
      'an answer without sense',
      { exit: [json({ code: '0', status: true })] },
      { kind: 'unexpected-reply', reason: 'not-understood', ...kept, detail: { status: 200 } },
      'exit',
    ],
    [
      'the request cannot be sent',
      { exit: [{ kind: 'unsent' }] },
      { kind: 'unexpected-reply', reason: 'not-sent', ...kept, detail: {} },
      'exit',
    ],
    [
      'the login page, and nobody says whether the session is dead',
      { exit: [loginPage], nav: [unclear] },
      { kind: 'unexpected-reply', reason: 'unclear', ...kept, detail: {} },
      'exit nav',
    ],
    [
      'the login page twice, although the session is alive',
      { exit: [loginPage, loginPage], nav: [navAlive, navAlive] },
      { kind: 'unexpected-reply', reason: 'still-alive', ...kept, detail: {} },
      'exit nav exit nav',
    ],
    [
      'the login page twice, then silence',
      { exit: [loginPage, loginPage], nav: [navAlive, timedOut] },
      { kind: 'unexpected-reply', reason: 'unclear', ...kept, detail: {} },
      'exit nav exit nav',
    ],
    [
      'a cookie that does not go',
      { deletesCookies: false, unremovable: ({ name }) => name === 'bili_jct' },
      {
        kind: 'cookies-remain',
        reason: 'not-removable',
        sessionEnded: true,
        cookies: { ...all('removed-by-extension'), bili_jct: 'remaining' },
      },
      'exit nav',
    ],
    [
      'a leftover that does not go, without a session',
      { cookies: [cookie('DedeUserID', '1')], unremovable: () => true },
      {
        kind: 'cookies-remain',
        reason: 'not-removable',
        sessionEnded: false,
        cookies: { ...all('absent'), DedeUserID: 'remaining' },
      },
      '',
    ],
    [
      'a further session that lives',
      { cookies: [...loggedIn, ...logIn('B', hidden)], alive: ['A', 'B'] },
      {
        kind: 'cookies-remain',
        reason: 'other-session',
        sessionEnded: true,
        cookies: all('remaining'),
      },
      'exit nav',
    ],
  ])('%s', async (_, options, outcome, requests) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    expect(await lastOutcome(world)).toEqual(outcome);
    expect(world.events.filter((event) => event === 'exit' || event === 'nav').join(' ')).toBe(
      requests,
    );
    expect(world.destroyed).toEqual([]);
    expect(world.jar).toEqual(expect.arrayContaining(options.cookies ? [] : bystanders));
  });

  it.each<[string, Partial<WorldOptions>]>([
    ['no token', { cookies: without(loggedIn, 'bili_jct') }],
    ['no access', { isGranted: false }],
    ['lost', { exit: [lost, lost] }],
    ['no answer in time', { exit: [timedOut] }],
    ['the token is refused', { exit: [csrfRejected] }],
    ['risk control', { exit: [unclear] }],
    ['a pause', { exit: [reply({ status: 429 })] }],
    ['a fault of the server', { exit: [reply({ status: 500 })] }],
    ['no sense', { exit: [json({ code: 1 })] }],
    ['not sent', { exit: [{ kind: 'unsent' }] }],
    ['alive', { exit: [loginPage, loginPage] }],
    ['unclear', { exit: [loginPage], nav: [lost] }],
  ])('leaves the jar as it was after a failure: %s', async (_, options) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    await logOut(world.needs, 'server');
    expect(world.removed).toEqual([]);
    expect(world.jar).toEqual(options.cookies ?? loggedIn);
  });

  it('tells what the server deleted although it refused', async () => {
    const world: World = createWorld({
      cookies: loggedIn,
      exit: [
        () => {
          world.jar = without(world.jar, 'SESSDATA');
          return json({ code: 1 });
        },
      ],
    });
    const cookies = { ...all('remaining'), SESSDATA: 'deleted-by-server' };
    expect(await lastOutcome(world)).toMatchObject({ kind: 'unexpected-reply', cookies });
  });
});

describe('the request', () => {
  it('presents the token, and the cookies by way of the browser', async () => {
    const world = createWorld({ cookies: loggedIn });
    await logOut(world.needs, 'server');
    expect(world.exits).toEqual([{ token: 'token-A', cookieHeader: undefined }]);
  });

  it.each<[string, Partial<WorldOptions>]>([
    ['the store is not that of our own requests', { isAmbient: false }],
    ['the handle is hidden from it', { cookies: logIn('A', partition) }],
    [
      'an empty cookie stands before it',
      { cookies: [cookie('SESSDATA', '', { path: '/login' }), ...logIn('A')] },
    ],
  ])('has the cookies attached where %s', async (_, options) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    expect(await lastOutcome(world)).toMatchObject({ kind: 'logged-out' });
    const cookieHeader = `SESSDATA=${handleA}; bili_jct=token-A; DedeUserID=uid-A; DedeUserID__ckMd5=md5-A`;
    expect(world.exits).toEqual([{ token: 'token-A', cookieHeader }]);
  });

  it('is repeated with the cookies attached where the browser did not send them', async () => {
    const world = createWorld({ cookies: loggedIn, sendsCookies: false });
    expect(await lastOutcome(world)).toMatchObject({ kind: 'logged-out' });
    expect(world.exits.map(({ cookieHeader }) => cookieHeader?.includes(handleA))).toEqual([
      undefined,
      true,
    ]);
  });

  it('is not repeated where the cookies had been attached already', async () => {
    const world = createWorld({ cookies: loggedIn, isAmbient: false, exit: [loginPage, yes] });
    const outcome = { kind: 'unexpected-reply', reason: 'still-alive' };
    expect(await lastOutcome(world)).toMatchObject(outcome);
    expect(world.exits).toHaveLength(1);
  });

  it.each<[string, Script[], Partial<Outcome>]>([
    ['refused', [loginPage, unclear], { kind: 'blocked' }],
    ['lost', [loginPage, lost], { kind: 'offline' }],
    ['yes', [loginPage, yes], { kind: 'logged-out' }],
  ])('ends as its repetition does: %s', async (_, exit, outcome) => {
    const world = createWorld({ cookies: loggedIn, exit });
    expect(await lastOutcome(world)).toMatchObject(outcome);
    expect(world.exits).toHaveLength(2);
  });

  it.each<[string, Script[], Partial<Outcome>, number]>([
    ['yes', [lost], { kind: 'logged-out' }, 2],
    ['lost again', [lost, lost, yes], { kind: 'offline' }, 2],
    ['the token is refused', [lost, csrfRejected, yes], { kind: 'csrf-rejected' }, 2],
    ['timeouts are not', [timedOut, yes], { kind: 'timeout' }, 1],
  ])('is repeated once after a lost connection: %s', async (_, exit, outcome, count) => {
    const world = createWorld({ cookies: loggedIn, exit });
    expect(await lastOutcome(world)).toMatchObject(outcome);
    expect(world.exits).toHaveLength(count);
  });

  it('heard only by the server ends as an expired session', async () => {
    const heard: Script = (truth) => {
      truth();
      return lost;
    };
    const world = createWorld({ cookies: loggedIn, exit: [heard] });
    expect(await lastOutcome(world)).toMatchObject({ kind: 'session-expired' });
  });
});

describe('after a refused token the request is repeated', () => {
  /** What the jar holds by the time the refusal is there. */
  const refusedWith = (cookies: readonly Cookie[], more: Script[] = []): World => {
    const world: World = createWorld({
      cookies: loggedIn,
      checksToken: false,
      exit: [
        () => {
          world.jar = [...cookies];
          return csrfRejected;
        },
        ...more,
      ],
    });
    return world;
  };
  const newToken = cookie('bili_jct', 'token-new');
  const renewed = [...without(logIn('A'), 'bili_jct'), newToken];

  it('with a token that changed meanwhile', async () => {
    const world = refusedWith(renewed);
    expect(await lastOutcome(world)).toMatchObject({ kind: 'logged-out' });
    expect(world.exits.map(({ token }) => token)).toEqual(['token-A', 'token-new']);
  });

  it('once', async () => {
    const world = refusedWith(renewed, [csrfRejected, yes]);
    expect(await lastOutcome(world)).toMatchObject({ kind: 'csrf-rejected' });
    expect(world.exits).toHaveLength(2);
  });

  it.each<[string, Cookie[]]>([
    ['the same session', renewed],
    ['the same session, its account unknown now', without(renewed, 'DedeUserID')],
    [
      'another session of the same account',
      [...without(renewed, 'SESSDATA'), cookie('SESSDATA', 'handle-new')],
    ],
  ])('for %s', async (_, cookies) => {
    const revoked: World = refusedWith(cookies, [
      () => {
        revoked.alive.clear();
        return yes;
      },
    ]);
    const world = revoked;
    expect(await lastOutcome(world)).toMatchObject({ kind: 'logged-out' });
    expect(world.exits.map(({ token }) => token)).toEqual(['token-A', 'token-new']);
  });

  it('with the handle that came along, which is then the one to be gone', async () => {
    const handle = cookie('SESSDATA', 'handle-new');
    const world = refusedWith([...without(renewed, 'SESSDATA'), handle], [yes]);
    const { outcome, prove } = await logOut(world.needs, 'server');
    expect(outcome).toEqual({ kind: 'logged-out', cookies: all('removed-by-extension') });
    expect(await prove?.()).toBe('proven');
    // The yes left the handle in the jar, so it was asked about at once, and for the proof again.
    const presented = expect.stringContaining('SESSDATA=handle-new; bili_jct=token-new');
    expect(world.navs).toEqual([presented, presented]);
  });

  it.each<[string, Cookie[]]>([
    ['the token is the same', logIn('A')],
    ['the token is gone', without(logIn('A'), 'bili_jct')],
    ['the account is another', logIn('B')],
    [
      'the session is another, and its account unknown',
      [cookie('SESSDATA', 'handle-new'), newToken],
    ],
    [
      'the session is another of another account',
      [cookie('SESSDATA', 'handle-new'), newToken, cookie('DedeUserID', 'uid-B')],
    ],
    ['the session is gone', [newToken]],
  ])('but not where %s', async (_, cookies) => {
    const world = refusedWith(cookies);
    expect(await lastOutcome(world)).toMatchObject({ kind: 'csrf-rejected' });
    expect(world.exits).toHaveLength(1);
    expect(world.removed).toEqual([]);
  });

  it('with an unknown account only where the session is the same', async () => {
    const nameless = without(renewed, 'DedeUserID');
    const same = refusedWith(nameless);
    same.jar = without(logIn('A'), 'DedeUserID');
    expect(await lastOutcome(same)).toMatchObject({ kind: 'logged-out' });
    expect(same.exits).toHaveLength(2);

    const other = refusedWith([cookie('SESSDATA', 'handle-new'), newToken]);
    other.jar = without(logIn('A'), 'DedeUserID');
    expect(await lastOutcome(other)).toMatchObject({ kind: 'csrf-rejected' });
    expect(other.exits).toHaveLength(1);
  });
});

describe('leftovers', () => {
  const shapes: [string, Partial<Cookie>][] = [
    ['a host-only shadow', { domain: 'passport.bilibili.com' }],
    ['host-only of the site', { domain: 'bilibili.com' }],
    ['another host', { domain: 'www.bilibili.com' }],
    ['another subdomain', { domain: '.live.bilibili.com' }],
    ['a deep path', { path: '/login/exit/v2' }],
    ['another path', { path: '/elsewhere' }],
    ['a partition', partition],
    ['not secure', { secure: false, domain: 'www.bilibili.com' }],
  ];
  const names = [...accountCookieNames, 'SESSDATA__ckMd5', 'bili_jct__ckMd5'];

  it.each(shapes)('are removed in every shape: %s', async (_, shape) => {
    const leftovers = names.map((name) => cookie(name, name === 'SESSDATA' ? handleA : 'x', shape));
    const cookies = [...loggedIn, ...leftovers];
    const world = createWorld({ cookies, checksToken: false, deletesCookies: false });
    expect(await lastOutcome(world)).toEqual({
      kind: 'logged-out',
      cookies: all('removed-by-extension'),
    });
    expect(world.removed.map(shapeOf)).toEqual(expect.arrayContaining(leftovers.map(shapeOf)));
    expect(world.jar).toEqual(bystanders);
  });

  it('are handed to the browser as the jar described them', async () => {
    const leftover = cookie('DedeUserID', '1', { ...partition, secure: true, path: '/a' });
    const world = createWorld({ cookies: [leftover] });
    await logOut(world.needs, 'server');
    expect(world.removed).toEqual([leftover]);
  });

  it('of a companion alone are removed, too', async () => {
    const world = createWorld({ cookies: [...bystanders, cookie('SESSDATA__ckMd5', 'x')] });
    expect(await lastOutcome(world)).toEqual({
      kind: 'already-logged-out',
      cookies: all('absent'),
    });
    expect(world.jar).toEqual(bystanders);
  });

  it('never include bystanders and look-alikes', async () => {
    const world = createWorld({ cookies: loggedIn, deletesCookies: false });
    await logOut(world.needs, 'server');
    expect(world.removed.map(shapeOf).sort()).toEqual(logIn('A').map(shapeOf).sort());
    expect(world.jar).toEqual(bystanders);
  });

  it('that do not go are named, by the worst fate of their name', async () => {
    const shadow = cookie('SESSDATA', handleA, hidden);
    const world = createWorld({
      cookies: [...loggedIn, shadow],
      unremovable: ({ domain }) => domain === 'www.bilibili.com',
    });
    expect(await lastOutcome(world)).toEqual({
      kind: 'cookies-remain',
      reason: 'not-removable',
      sessionEnded: true,
      cookies: { ...all('deleted-by-server'), SESSDATA: 'remaining' },
    });
  });
});

describe('the handle on another session', () => {
  const both = [...loggedIn, ...logIn('B', hidden)];

  it.each<[string, Partial<WorldOptions>, boolean]>([
    ['is kept while that session lives', { alive: ['A', 'B'] }, true],
    ['is kept while nobody says that it is dead', { nav: [unclear] }, true],
    ['is kept where the question is lost', { nav: [lost] }, true],
    ['is removed when the server says that it is dead', {}, false],
  ])('%s', async (_, options, isKept) => {
    const world = createWorld({ cookies: both, ...options });
    const { outcome, prove } = await logOut(world.needs, 'server');
    expect(world.navs).toEqual([expect.stringContaining(valuesOf('B').SESSDATA)]);
    expect(outcome).toMatchObject(
      isKept ? { kind: 'cookies-remain', reason: 'other-session' } : { kind: 'logged-out' },
    );
    expect(world.jar).toEqual(isKept ? [...bystanders, ...logIn('B', hidden)] : bystanders);
    expect(prove === undefined).toBe(isKept);
  });

  const C = logIn('C', partition);
  const handleOf = (letter: string, shape: Partial<Cookie> = {}) =>
    cookie('SESSDATA', valuesOf(letter).SESSDATA, shape);
  const inPath = handleOf('A', { path: '/x' });
  it.each<[string, Partial<WorldOptions>, kept: string, removed: Cookie[]]>([
    ['none, where the server took it', { alive: ['A', 'B'] }, 'B', []],
    [
      'the ended one, where the server left it',
      { alive: ['A', 'B'], deletesCookies: false },
      'B',
      [handleOf('A')],
    ],
    [
      'the ended one, in whatever shape',
      { cookies: [...both, inPath], alive: ['A', 'B'] },
      'B',
      [inPath],
    ],
    ['the first one, which turned out to be dead', { alive: ['B'] }, 'B', [handleOf('A')]],
    [
      'one that the server calls dead',
      { cookies: [...both, ...C], alive: ['A', 'C'] },
      'C',
      [handleOf('B', hidden)],
    ],
    [
      'none that nobody calls dead',
      { cookies: [...both, ...C], alive: ['A'], nav: [unclear] },
      'B',
      [],
    ],
  ])('is kept with all the rest, and dead handles go: %s', async (_, options, other, removed) => {
    const world = createWorld({ cookies: both, ...options });
    const { outcome, kept, prove } = await logOut(world.needs, 'server');
    expect(outcome).toEqual({
      kind: 'cookies-remain',
      reason: 'other-session',
      sessionEnded: true,
      cookies: all('remaining'),
    });
    expect(kept).toMatchObject({ handle: valuesOf(other).SESSDATA });
    expect(prove).toBeUndefined();
    expect(world.removed.map(shapeOf)).toEqual(removed.map(shapeOf));
    const byServer = options.alive?.includes('A') && options.deletesCookies !== false;
    const gone = [...removed, ...(byServer ? logIn('A') : [])].map(({ value }) => value);
    expect(world.jar).toEqual(
      (options.cookies ?? both).filter(({ value }) => !gone.includes(value)),
    );
    expect(world.destroyed).toEqual([]);
  });

  it('leaves a dead handle that does not go to the person', async () => {
    const world = createWorld({
      cookies: both,
      alive: ['A', 'B'],
      deletesCookies: false,
      unremovable: () => true,
    });
    expect(await lastOutcome(world)).toMatchObject({ reason: 'other-session' });
    expect(world.jar).toEqual(both);
  });

  it('that lives is the last one that is asked about', async () => {
    const world = createWorld({ cookies: [...both, ...C], alive: ['A', 'B'] });
    await logOut(world.needs, 'server');
    expect(world.navs).toEqual([expect.stringContaining(valuesOf('B').SESSDATA)]);
  });

  it('is asked about in its turn, where all are dead', async () => {
    const world = createWorld({ cookies: [...both, ...C], alive: ['A'] });
    expect(await lastOutcome(world)).toMatchObject({ kind: 'logged-out' });
    expect(world.navs).toEqual(
      ['B', 'C'].map((letter) => expect.stringContaining(valuesOf(letter).SESSDATA)),
    );
    expect(world.jar).toEqual(bystanders);
  });

  it('that went while it was asked about is none', async () => {
    const world: World = createWorld({
      cookies: both,
      nav: [
        () => {
          world.jar = [...bystanders];
          return navDead;
        },
      ],
    });
    expect(await lastOutcome(world)).toMatchObject({ kind: 'logged-out' });
    expect(world.removed).toEqual([]);
  });

  it('is kept when that session came while the log-out was under way', async () => {
    const world: World = createWorld({
      cookies: loggedIn,
      alive: ['A', 'B'],
      exit: [
        (truth) => {
          const answer = truth();
          world.jar = [...world.jar, ...logIn('B')];
          return answer;
        },
      ],
    });
    const cookies = all('remaining');
    const outcome = {
      kind: 'cookies-remain',
      reason: 'other-session',
      sessionEnded: true,
      cookies,
    };
    expect(await lastOutcome(world)).toEqual(outcome);
    expect(world.removed).toEqual([]);
  });

  it('is kept when that session came while the server was asked about another', async () => {
    const world: World = createWorld({
      cookies: both,
      alive: ['A', 'C'],
      nav: [
        () => {
          // A log-in replaces what it finds.
          world.jar = [...bystanders, ...logIn('B', hidden), ...logIn('C')];
          return navDead;
        },
      ],
      deletesCookies: false,
    });
    expect(await lastOutcome(world)).toMatchObject({ reason: 'other-session' });
    expect(world.destroyed).toEqual([]);
    expect(world.jar).toEqual(expect.arrayContaining(logIn('C')));
  });

  it('is kept when it came while nobody had a session', async () => {
    const world: World = createWorld({ cookies: [cookie('DedeUserID', '1')], alive: ['B'] });
    const report: Needs['report'] = async ({ step }) => {
      if (step === 'read') world.jar = logIn('B');
    };
    const { outcome } = await logOut({ ...world.needs, report }, 'server');
    expect(outcome).toMatchObject({ reason: 'other-session', sessionEnded: false });
    expect(world.removed).toEqual([]);
  });

  it.each<[string, Partial<WorldOptions>]>([
    ['where the server deleted the cookies of the first', {}],
    ['where nobody deleted them', { deletesCookies: false }],
    ['where the cookies had to be attached', { isAmbient: false }],
  ])('is what a log-out that is asked for once more ends: %s', async (_, options) => {
    const world = createWorld({ cookies: both, alive: ['A', 'B'], ...options });
    expect(await lastOutcome(world)).toMatchObject({ reason: 'other-session' });
    expect(await lastOutcome(world)).toMatchObject({ kind: 'logged-out' });
    expect([...world.alive, ...world.destroyed]).toEqual([]);
    expect(world.jar).toEqual(bystanders);
  });
});

describe('only this browser', () => {
  it.each<[string, Partial<WorldOptions>, Outcome]>([
    ['a session', {}, { kind: 'removed-locally', cookies: all('removed-by-extension') }],
    [
      'several sessions',
      { cookies: [...loggedIn, ...logIn('B', hidden)], alive: ['A', 'B'] },
      { kind: 'removed-locally', cookies: all('removed-by-extension') },
    ],
    [
      'a session without token',
      { cookies: [...bystanders, cookie('SESSDATA', 'x')] },
      { kind: 'removed-locally', cookies: { ...all('absent'), SESSDATA: 'removed-by-extension' } },
    ],
    [
      'nothing of an account',
      { cookies: bystanders },
      { kind: 'already-logged-out', cookies: all('absent') },
    ],
    ['no access', { isGranted: false }, { kind: 'no-access' }],
    [
      'a cookie that does not go',
      { unremovable: ({ name }) => name === 'SESSDATA' },
      {
        kind: 'cookies-remain',
        reason: 'not-removable',
        sessionEnded: false,
        cookies: { ...all('removed-by-extension'), SESSDATA: 'remaining' },
      },
    ],
  ])('never calls the server: %s', async (_, options, outcome) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    const result = await logOut(world.needs, 'local');
    expect(result).toMatchObject({ outcome });
    expect(result.prove).toBeUndefined();
    expect([...world.exits, ...world.navs]).toEqual([]);
    expect(world.jar).toEqual(expect.arrayContaining(bystanders));
  });
});

describe('the proof', () => {
  const proofOf = async (...nav: Script[]) => {
    const world = createWorld({ cookies: loggedIn, nav });
    const { prove } = await logOut(world.needs, 'server');
    expect(world.events).not.toContain('nav');
    world.events.length = 0;
    return { revocation: await prove?.(), events: world.events.join(' '), world };
  };

  it.each<[string, Script[], string, string]>([
    ['dead', [navDead], 'proven', 'nav'],
    ['unclear', [unclear], 'unknown', 'nav'],
    ['lost', [lost], 'unknown', 'nav'],
    ['alive, then dead', [navAlive, navDead], 'proven', 'nav wait nav'],
    ['alive twice', [navAlive, navAlive, navDead], 'still-alive', 'nav wait nav'],
    ['alive, then unclear', [navAlive, unclear], 'unknown', 'nav wait nav'],
  ])('%s', async (_, nav, revocation, events) => {
    expect(await proofOf(...nav)).toMatchObject({ revocation, events });
  });

  it('presents the old cookies, and waits three seconds before it asks again', async () => {
    const { world } = await proofOf(navAlive);
    expect(world.waits).toEqual([3_000]);
    const cookieHeader = expect.stringContaining(`SESSDATA=${handleA}; bili_jct=token-A`);
    expect(world.navs).toEqual([cookieHeader, cookieHeader]);
  });

  it.each<[string, Partial<WorldOptions>]>([
    ['a refusal', { exit: [unclear] }],
    ['an expired session', { alive: [] }],
    ['no session', { cookies: [] }],
    ['cookies that remain', { deletesCookies: false, unremovable: () => true }],
  ])('is not there after %s', async (_, options) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    expect((await logOut(world.needs, 'server')).prove).toBeUndefined();
  });

  it('comes with the address that the server wants visited', async () => {
    const { needs } = createWorld({ cookies: loggedIn });
    const { redirectUrl } = await logOut(needs, 'server');
    expect(redirectUrl).toBe('https://passport.biligame.com/crossDomain?x=1');
  });
});

describe('each step is reported, and the report waited for, before it has an effect', () => {
  it.each<[string, 'server' | 'local', Partial<WorldOptions>, string]>([
    [
      'a log-out',
      'server',
      { cookies: logIn('A', { path: '/login' }) },
      `report access, ask for access, list, report read, report exit, exit, report judge, list, nav,
      list, report confirm, list, remove SESSDATA, remove bili_jct, remove DedeUserID, remove DedeUserID__ckMd5, list, ask for access`,
    ],
    [
      'a repetition',
      'server',
      { cookies: logIn('A'), exit: [lost] },
      `report access, ask for access, list, report read, report exit, exit, report judge, report exit, exit, report judge,
      list, ask for access, list, ask for access, report confirm, list, ask for access`,
    ],
    [
      'only this browser',
      'local',
      { cookies: [cookie('SESSDATA', 'x')] },
      `report access, ask for access, list, report read, list, report confirm, list, remove SESSDATA, list, ask for access`,
    ],
    [
      'a further session',
      'server',
      { cookies: [...logIn('A'), ...logIn('B', hidden)], nav: [navAlive] },
      `report access, ask for access, list, report read, report exit, exit, report judge, list,
      list, report confirm, list, nav, list, list`,
    ],
    [
      'a further session that is dead',
      'server',
      { cookies: [...logIn('A'), cookie('SESSDATA', 'x', hidden)], nav: [navDead] },
      `report access, ask for access, list, report read, report exit, exit, report judge, list,
      list, report confirm, list, nav, list, report confirm, list, remove SESSDATA, list, ask for access`,
    ],
    [
      'a further session after a dead one',
      'server',
      {
        cookies: [...logIn('A'), ...logIn('B', hidden), ...logIn('C', partition)],
        alive: ['A', 'C'],
      },
      `report access, ask for access, list, report read, report exit, exit, report judge, list,
      list, report confirm, list, nav, list, report confirm, list, nav, list, remove SESSDATA, list`,
    ],
    [
      'an empty jar',
      'server',
      { cookies: bystanders },
      'report access, ask for access, list, report read',
    ],
    [
      'an empty jar, only this browser',
      'local',
      { cookies: bystanders },
      'report access, ask for access, list, report read',
    ],
    ['no access', 'server', { isGranted: false }, 'report access, ask for access'],
  ])('%s', async (_, mode, options, events) => {
    const world = createWorld({ cookies: [], ...options });
    await logOut(world.needs, mode);
    expect(world.events.join(', ')).toBe(events.replace(/\s+/g, ' '));
  });

  it('with what was found, what is left, and the ending it is to have', async () => {
    const cookies = [
      ...without(logIn('A'), 'DedeUserID'),
      cookie('DedeUserID', '1', { path: '/x' }),
    ];
    const world = createWorld({ cookies });
    await logOut(world.needs, 'server');
    const found = accountCookieNames;
    expect(world.reports).toMatchObject([
      { step: 'access' },
      { step: 'read', found, session: { handle: handleA } },
      { step: 'exit', found, session: { handle: handleA } },
      { step: 'judge', found, session: { handle: handleA } },
      {
        step: 'confirm',
        found,
        left: ['DedeUserID'],
        ending: 'logged-out',
        session: { handle: handleA },
      },
    ]);
  });

  it('with what is left by each round', async () => {
    const world: World = createWorld({
      cookies: [...logIn('A'), ...logIn('B', hidden)],
      nav: [
        () => {
          world.jar = [cookie('DedeUserID', '1')];
          return navDead;
        },
      ],
    });
    const { outcome } = await logOut(world.needs, 'server');
    expect(world.reports.filter(({ step }) => step === 'confirm')).toMatchObject([
      { left: accountCookieNames },
      { left: ['DedeUserID'] },
    ]);
    expect(outcome).toMatchObject({
      cookies: { ...all('deleted-by-server'), DedeUserID: 'removed-by-extension' },
    });
  });

  it.each<[string, (needs: Needs) => Needs]>([
    ['the access', (needs) => ({ ...needs, access: { isGranted: fails } })],
    ['the jar', (needs) => ({ ...needs, jar: { ...needs.jar, list: fails } })],
    ['a report', (needs) => ({ ...needs, report: fails })],
  ])('and what %s throws is passed on', async (_, broken) => {
    const world = createWorld({ cookies: loggedIn, deletesCookies: false });
    await expect(logOut(broken(world.needs), 'server')).rejects.toThrow('broken');
  });
});

describe('what a removal throws counts for nothing', () => {
  it.each<[string, (needs: Needs) => Needs['jar']['remove'], object]>([
    [
      'where nothing goes',
      () => fails,
      { kind: 'cookies-remain', reason: 'not-removable', cookies: all('remaining') },
    ],
    [
      'where one does not go, and the others do',
      ({ jar }) =>
        (one) =>
          one.name === 'SESSDATA' ? fails() : jar.remove(one),
      {
        kind: 'cookies-remain',
        reason: 'not-removable',
        cookies: { ...all('removed-by-extension'), SESSDATA: 'remaining' },
      },
    ],
    [
      'where all go in spite of it',
      ({ jar }) =>
        async (one) => {
          await jar.remove(one);
          await fails();
        },
      { kind: 'logged-out', cookies: all('removed-by-extension') },
    ],
  ])('%s', async (_, removeOf, outcome) => {
    const { needs } = createWorld({ cookies: loggedIn, deletesCookies: false });
    const result = await logOut(
      { ...needs, jar: { ...needs.jar, remove: removeOf(needs) } },
      'server',
    );
    expect(result.outcome).toMatchObject(outcome);
  });

  it('also where another session is kept', async () => {
    const cookies = [...loggedIn, ...logIn('B', hidden)];
    const { needs } = createWorld({ cookies, alive: ['B'] });
    const result = await logOut({ ...needs, jar: { ...needs.jar, remove: fails } }, 'server');
    expect(result.outcome).toMatchObject({ reason: 'other-session', cookies: all('remaining') });
  });
});

async function fails(): Promise<never> {
  throw new Error('broken');
}

describe('the server’s own message is shown', () => {
  const shown = async (message: string, cookies = logIn('A')) => {
    const world = createWorld({ cookies, exit: [json({ code: 7, message })] });
    const outcome = await lastOutcome(world);
    return 'detail' in outcome ? outcome.detail : undefined;
  };
  const { SESSDATA } = valuesOf('A');

  it.each([
    ['as it is', '操作失败 <b>', '操作失败 <b>'],
    ['without the handle', `bad ${SESSDATA}!`, 'bad …!'],
    ['without the handle as it is decoded', `bad ${decodeURIComponent(SESSDATA)}!`, 'bad …!'],
    ['without any repeated value', `token-A,uid-A;md5-A=token-A`, '…,…;…=…'],
    ['without control characters', 'a\u0000\u001b[31mb\r\n\tc', 'a [31mb c'],
    ['without characters that turn the text', 'a\u202eb\u200bc\ufeff', 'a b c'],
    ['without space around', '  a  ', 'a'],
    ['cut', 'x'.repeat(500), 'x'.repeat(120)],
    ['cut between characters, not within', '😀'.repeat(200), '😀'.repeat(120)],
    [
      'not cut through a value',
      `${'x'.repeat(115)}token-A${'y'.repeat(9)}`,
      `${'x'.repeat(115)}…yyyy`,
    ],
  ])('%s', async (_, message, expected) => {
    expect(await shown(message)).toEqual({ status: 200, code: 7, message: expected });
  });

  it.each(['', '   ', '\u0000\n'])('not where it is empty: %j', async (message) => {
    expect(await shown(message)).toStrictEqual({ status: 200, code: 7 });
  });

  it('also where a value cannot be decoded', async () => {
    const cookies = [cookie('SESSDATA', '100%x'), cookie('bili_jct', 'token')];
    expect(await shown('a 100%x b', cookies)).toMatchObject({ message: 'a … b' });
  });

  it.each([
    ['a companion', [...logIn('A'), cookie('bili_jct__ckMd5', 'passenger')]],
    ['a shadowed session', [...logIn('A', { path: '/login' }), cookie('SESSDATA', 'passenger')]],
  ])('without the value of %s, which the browser sends along', async (_, cookies) => {
    expect(await shown('bad passenger', cookies)).toMatchObject({ message: 'bad …' });
  });

  const special = ['.*+?^$', '{}()|[]/\\-x'].join('');
  it.each([
    ['of any cookie of the site', 'a1b2c3 device', '… …'],
    ['in capitals', 'DEVICE Device', '… …'],
    ['of four characters', 'a four b', 'a … b'],
    ['decoded to four characters', 'a %-4_ b', 'a … b'],
    ['as often as it is said', 'devicedevice', '……'],
    ['the longest first', 'device-two', '…'],
    ['with every special character', special, '…'],
    ['but no shorter one', 'yes 1 abc', 'yes 1 abc'],
    ['but no other text', 'devic', 'devic'],
    ['but no text that it matches as a pattern', 'aaab', 'aaab'],
  ])('without a value %s', async (_, message, expected) => {
    const cookies = [
      ...logIn('A'),
      ...bystanders.filter(({ name }) => name === 'sid' || name === 'buvid3'),
      cookie('length-4', 'four'),
      cookie('length-3', 'abc'),
      cookie('length-1', '1'),
      cookie('encoded', '%25%2D4_'),
      cookie('longer', 'device-two'),
      cookie('special', special),
      cookie('pattern', 'a.*b'),
    ];
    expect(await shown(message, cookies)).toMatchObject({ message: expected });
  });

  it('without a value that came while the server was asked', async () => {
    const world: World = createWorld({
      cookies: loggedIn,
      exit: [
        () => {
          world.jar = [...world.jar, cookie('late', 'newcomer')];
          return json({ code: 7, message: 'a newcomer b' });
        },
      ],
    });
    expect(await lastOutcome(world)).toMatchObject({ detail: { message: 'a … b' } });
  });

  it.each([7, null, { a: 1 }, ['x']])('not where it is no text: %j', async (message) => {
    const world = createWorld({ cookies: loggedIn, exit: [json({ code: 7, message })] });
    expect(await lastOutcome(world)).toMatchObject({
      kind: 'unexpected-reply',
      detail: { status: 200, code: 7 },
    });
  });

  it('without the values that the refused request had presented', async () => {
    const world: World = createWorld({
      cookies: logIn('A'),
      exit: [
        () => {
          world.jar = [...without(world.jar, 'bili_jct'), cookie('bili_jct', 'token-new')];
          return csrfRejected;
        },
        json({ code: 2202, message: 'token-A, then token-new' }),
      ],
    });
    expect(await lastOutcome(world)).toMatchObject({ detail: { message: '…, then …' } });
  });
});

describe('an interrupted log-out', () => {
  type Progress = Interrupted['progress'];
  const found = accountCookieNames;
  const confirming = (parts: Partial<Extract<Progress, { step: 'confirm' }>> = {}): Progress => ({
    step: 'confirm',
    found,
    left: [],
    ending: 'logged-out',
    ...parts,
  });
  const interrupted = (progress: Progress, parts: Partial<Interrupted> = {}): Interrupted => ({
    mode: 'server',
    progress,
    isAbout: async ({ handle }) => handle === handleA,
    isRecent: true,
    ...parts,
  });
  const cutShort = { kind: 'unexpected-reply', reason: 'interrupted', detail: {} };

  describe('that had not begun', () => {
    it('begins while the person still means it', async () => {
      const world = createWorld({ cookies: loggedIn });
      const result = await resume(world.needs, interrupted({ step: 'access' }));
      expect(result.outcome).toMatchObject({ kind: 'logged-out' });
      expect(await result.prove?.()).toBe('proven');
    });

    it('in its own mode', async () => {
      const world = createWorld({ cookies: loggedIn });
      const { outcome } = await resume(
        world.needs,
        interrupted({ step: 'access' }, { mode: 'local' }),
      );
      expect(outcome).toMatchObject({ kind: 'removed-locally' });
      expect(world.exits).toEqual([]);
    });

    it('is left alone when it is old', async () => {
      const world = createWorld({ cookies: loggedIn });
      const old = interrupted({ step: 'access' }, { isRecent: false });
      expect(await resume(world.needs, old)).toEqual({ outcome: cutShort });
      expect(world.events).toEqual([]);
    });
  });

  describe('whose session is still in the jar starts over, however old it is', () => {
    it.each<Progress>([
      { step: 'read', found },
      { step: 'exit', found },
      { step: 'judge', found },
    ])('$step', async (progress) => {
      const world = createWorld({ cookies: loggedIn });
      const result = await resume(world.needs, interrupted(progress, { isRecent: false }));
      expect(result.outcome).toMatchObject({ kind: 'logged-out' });
      expect(result.prove).toBeTypeOf('function');
      expect(world.exits).toHaveLength(1);
    });

    it.each<Progress>([
      { step: 'read', found },
      confirming({ left: found, ending: 'removed-locally' }),
    ])('without the server where a person chose so: $step', async (progress) => {
      const world = createWorld({ cookies: loggedIn });
      const { outcome } = await resume(world.needs, interrupted(progress, { mode: 'local' }));
      expect(outcome).toEqual({ kind: 'removed-locally', cookies: all('removed-by-extension') });
      expect(world.exits).toEqual([]);
    });

    it('also when that session is hidden behind a newer one', async () => {
      const world = createWorld({
        cookies: [...logIn('B'), ...logIn('A', hidden)],
        alive: ['A', 'B'],
      });
      const { outcome } = await resume(world.needs, interrupted({ step: 'exit', found }));
      expect(outcome.kind).not.toBe('unexpected-reply');
    });
  });

  it.each<Progress>([
    { step: 'read', found },
    { step: 'exit', found },
    { step: 'judge', found },
    confirming(),
  ])('without access touches nothing: $step', async (progress) => {
    const world = createWorld({ cookies: loggedIn, isGranted: false });
    expect(await resume(world.needs, interrupted(progress))).toEqual({
      outcome: { kind: 'no-access' },
    });
    expect(world.events).toEqual(['ask for access']);
  });

  describe('that was confirming, its session still in the jar, goes on there', () => {
    it.each(['logged-out', 'session-expired', 'already-logged-out', 'removed-locally'] as const)(
      'and asks for nothing: %s',
      async (ending) => {
        const world = createWorld({ cookies: loggedIn, alive: [] });
        const mode = ending === 'removed-locally' ? 'local' : 'server';
        const result = await resume(
          world.needs,
          interrupted(confirming({ ending }), { mode, isRecent: false }),
        );
        expect(result.outcome).toEqual({ kind: ending, cookies: all('removed-by-extension') });
        expect([...world.exits, ...world.navs]).toEqual([]);
        expect(world.jar).toEqual(bystanders);
        expect(result.prove === undefined).toBe(ending !== 'logged-out');
        expect(result.session).toMatchObject({ handle: handleA });
      },
    );

    it.each<[string, Script[], string]>([
      ['dead', [navDead], 'proven'],
      ['alive', [navAlive, navAlive], 'still-alive'],
      ['unclear', [unclear], 'unknown'],
    ])('with a real proof: %s', async (_, nav, revocation) => {
      const world = createWorld({ cookies: loggedIn, nav });
      const { prove } = await resume(world.needs, interrupted(confirming()));
      expect(world.navs).toEqual([]);
      expect(await prove?.()).toBe(revocation);
      expect(world.navs[0]).toContain(`SESSDATA=${handleA}; bili_jct=token-A`);
    });

    it('and reports that it does', async () => {
      const world = createWorld({ cookies: loggedIn });
      await resume(world.needs, interrupted(confirming({ ending: 'session-expired' })));
      expect(world.reports).toMatchObject([
        { step: 'confirm', found, left: found, ending: 'session-expired' },
      ]);
    });

    it('behind a newer one, which is kept', async () => {
      const cookies = [...logIn('B'), ...logIn('A', hidden)];
      const world = createWorld({ cookies, alive: ['B'] });
      const { outcome, kept } = await resume(world.needs, interrupted(confirming()));
      expect(outcome).toMatchObject({ reason: 'other-session', sessionEnded: true });
      expect(kept).toMatchObject({ handle: valuesOf('B').SESSDATA });
      expect(world.removed.map(({ value }) => value)).toEqual([handleA]);
      expect(world.exits).toEqual([]);
    });

    it('and what was left before counts, also where it has gone since', async () => {
      const world = createWorld({ cookies: without(loggedIn, 'DedeUserID', 'bili_jct') });
      const progress = confirming({ found: ['SESSDATA', 'DedeUserID'], left: ['DedeUserID'] });
      const { outcome } = await resume(world.needs, interrupted(progress));
      expect(outcome).toEqual({
        kind: 'logged-out',
        cookies: { ...all('removed-by-extension'), bili_jct: 'absent' },
      });
    });
  });

  describe('whose session has gone', () => {
    const gone = [...bystanders, ...without(logIn('A'), 'SESSDATA')];
    const leftoverFates = { ...all('remaining'), SESSDATA: 'deleted-by-server' };

    it.each(['read', 'exit', 'judge'] as const)(
      'at %s: a yes that nobody saw is none',
      async (step) => {
        const world = createWorld({ cookies: gone });
        const { outcome } = await resume(world.needs, interrupted({ step, found }));
        expect(outcome).toEqual({ ...cutShort, cookies: leftoverFates });
        expect(world.removed).toEqual([]);
        expect([...world.exits, ...world.navs]).toEqual([]);
      },
    );

    it.each(['logged-out', 'session-expired', 'removed-locally', 'already-logged-out'] as const)(
      'at confirm: the ending that was reached is completed: %s',
      async (ending) => {
        const world = createWorld({ cookies: gone });
        const mode = ending === 'removed-locally' ? 'local' : 'server';
        const result = await resume(world.needs, interrupted(confirming({ ending }), { mode }));
        expect(result.outcome).toMatchObject({ kind: ending });
        // The cookies that a proof needs died with the worker.
        expect(await result.prove?.()).toBe(ending === 'logged-out' ? 'unknown' : undefined);
        expect(world.navs).toEqual([]);
        expect(world.jar).toEqual(bystanders);
      },
    );

    it('at confirm: what does not go is named', async () => {
      const world = createWorld({ cookies: gone, unremovable: () => true });
      const { outcome } = await resume(world.needs, interrupted(confirming()));
      const cookies = leftoverFates;
      expect(outcome).toEqual({
        kind: 'cookies-remain',
        reason: 'not-removable',
        sessionEnded: true,
        cookies,
      });
    });

    it('at confirm: what this extension had removed before is not the server’s work', async () => {
      const world = createWorld({ cookies: bystanders });
      const progress = confirming({ left: ['SESSDATA', 'bili_jct'] });
      const { outcome } = await resume(world.needs, interrupted(progress));
      expect(outcome).toEqual({
        kind: 'logged-out',
        cookies: {
          SESSDATA: 'removed-by-extension',
          bili_jct: 'removed-by-extension',
          DedeUserID: 'deleted-by-server',
          DedeUserID__ckMd5: 'deleted-by-server',
        },
      });
    });

    it('at read, and there was none: leftovers go', async () => {
      const world = createWorld({ cookies: gone });
      const progress: Progress = { step: 'read', found: ['DedeUserID'] };
      const { outcome } = await resume(world.needs, interrupted(progress));
      expect(outcome).toMatchObject({ kind: 'already-logged-out' });
      expect(world.jar).toEqual(bystanders);
    });
  });

  describe('never ends a session that came since', () => {
    const came = [...bystanders, ...logIn('B')];
    it.each<[Progress, Interrupted['mode'], object]>([
      [{ step: 'read', found }, 'server', cutShort],
      [{ step: 'exit', found }, 'server', cutShort],
      [{ step: 'judge', found }, 'server', cutShort],
      [confirming(), 'server', { kind: 'cookies-remain', reason: 'other-session' }],
      [{ step: 'read', found: [] }, 'server', { kind: 'cookies-remain', sessionEnded: false }],
      [{ step: 'read', found }, 'local', cutShort],
      [{ step: 'read', found: [] }, 'local', cutShort],
      [confirming({ ending: 'removed-locally' }), 'local', cutShort],
    ])('%j, %s', async (progress, mode, outcome) => {
      const world = createWorld({ cookies: came, alive: ['B'] });
      const result = await resume(world.needs, interrupted(progress, { mode }));
      expect(result.outcome).toMatchObject({ ...outcome, cookies: all('remaining') });
      expect(world.removed).toEqual([]);
      expect(world.exits).toEqual([]);
      expect(world.alive.size).toBe(1);
    });

    it('hidden as it may be', async () => {
      const world = createWorld({ cookies: logIn('B', hidden), alive: ['B'] });
      await resume(
        world.needs,
        interrupted(confirming({ ending: 'removed-locally' }), { mode: 'local' }),
      );
      expect(world.removed).toEqual([]);
    });
  });
});

describe('access that is withdrawn in the middle', () => {
  it.each<[string, 'server' | 'local', Partial<WorldOptions>]>([
    ['of a log-out', 'server', {}],
    ['of a log-out with attached cookies', 'server', { isAmbient: false }],
    ['of only this browser', 'local', {}],
    ['of a failure', 'server', { exit: [lost, lost] }],
  ])('%s ends as no-access: an empty jar proves nothing', async (_, mode, options) => {
    const world = createWorld({ cookies: logIn('A'), deletesCookies: false, ...options });
    let isGranted = true;
    const needs: Needs = {
      ...world.needs,
      access: { isGranted: async () => isGranted },
      jar: { ...world.needs.jar, list: async () => (isGranted ? world.needs.jar.list() : []) },
      async report(progress) {
        await world.needs.report(progress);
        if (progress.step === (mode === 'local' ? 'read' : 'exit')) isGranted = false;
      },
    };
    expect((await logOut(needs, mode)).outcome).toEqual({ kind: 'no-access' });
    expect(world.removed).toEqual([]);
  });
});

it('a yes to a request without cookies destroys nothing: the session is asked about first', async () => {
  const world = createWorld({ cookies: logIn('A'), sendsCookies: false, exit: [yes] });
  const { outcome, prove } = await logOut(world.needs, 'server');
  expect(outcome).toMatchObject({ kind: 'logged-out', cookies: all('removed-by-extension') });
  expect(await prove?.()).toBe('proven');
  expect(world.exits.map(({ cookieHeader }) => cookieHeader !== undefined)).toEqual([false, true]);
  expect(world.destroyed).toEqual([]);
});

it('of two handles that are both sent, the request presents exactly one', async () => {
  const cookies = [...logIn('A'), ...logIn('B', { path: '/login' })];
  const world = createWorld({ cookies, alive: ['A', 'B'] });
  const { outcome } = await logOut(world.needs, 'server');
  expect(outcome).toMatchObject({ kind: 'cookies-remain', reason: 'other-session' });
  expect(world.exits).toMatchObject([{ token: 'token-B', cookieHeader: expect.any(String) }]);
  expect(world.destroyed).toEqual([]);
});

describe('an interrupted log-out beside a session that has come since', () => {
  const hiddenA = logIn('A', hidden);
  const newB = logIn('B');
  const about = async ({ handle }: Session) => handle === handleA;

  it('goes on with its own session', async () => {
    const world = createWorld({ cookies: [...newB, ...hiddenA], alive: ['A', 'B'] });
    const progress = { step: 'exit', found: accountCookieNames } as const;
    const interrupted = { mode: 'server', progress, isAbout: about, isRecent: true } as const;
    await resume(world.needs, interrupted);
    expect(world.exits.map(({ token }) => token)).toEqual(['token-A']);
    expect(world.destroyed).toEqual([]);
    expect([...world.alive]).toEqual([expect.stringContaining('handle-B')]);
  });

  it.each(['read', 'confirm'] as const)('clears nothing of it at %s', async (step) => {
    const world = createWorld({ cookies: [...newB, ...hiddenA], alive: ['A', 'B'] });
    const found = accountCookieNames;
    const progress =
      step === 'read'
        ? { step, found }
        : ({ step, found, left: found, ending: 'removed-locally' } as const);
    const interrupted = { mode: 'local', progress, isAbout: about, isRecent: true } as const;
    const { outcome } = await resume(world.needs, interrupted);
    expect(outcome).toMatchObject({ kind: 'unexpected-reply', reason: 'interrupted' });
    expect(world.removed).toEqual([]);
  });
});
