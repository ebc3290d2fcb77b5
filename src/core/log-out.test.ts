import { describe, expect, it } from 'vitest';
import { accountCookieNames, type Cookie } from './cookie.ts';
import { logOut } from './log-out.ts';
import type { Needs } from './needs.ts';
import type { Outcome } from './outcome.ts';
import type { Answer } from './reply.ts';
import {
  json,
  loginPage,
  lost,
  navAlive,
  navDead,
  reply,
  timedOut,
  yes,
} from './testing/answers.ts';
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
import {
  createWorld,
  everyFate,
  orderIn,
  press,
  type Script,
  type World,
  type WorldOptions,
} from './testing/world.ts';

const loggedIn = [...bystanders, ...logIn('A')];
const both = [...loggedIn, ...logIn('B', www)];
const blocked = reply({ status: 412 });
const notLoggedIn = json({ code: -101 });
const captcha = reply({ contentType: 'text/html', body: '<p>Are you human?' });
const requestsOf = (events: readonly string[]) =>
  events.filter((event) => event === 'exit' || event === 'nav').join(' ');

describe('every outcome', () => {
  const kept = { cookies: everyFate('remaining'), othersEnded: false };
  const detail = { status: 200 };
  it.each<[string, Partial<WorldOptions>, Outcome, requests: string]>([
    ['yes', {}, { kind: 'logged-out', cookies: everyFate('deleted-by-server') }, 'exit'],
    [
      'yes, but the server deletes nothing',
      { deletesCookies: false },
      { kind: 'logged-out', cookies: everyFate('removed-by-extension') },
      'exit nav nav',
    ],
    [
      'yes to each of two sessions',
      { cookies: both, alive: ['A', 'B'] },
      { kind: 'logged-out', cookies: everyFate('removed-by-extension') },
      'exit exit',
    ],
    [
      'yes to one session, and another was dead',
      { cookies: both },
      { kind: 'logged-out', cookies: everyFate('removed-by-extension') },
      'exit exit nav nav',
    ],
    [
      'an empty jar',
      { cookies: [] },
      { kind: 'already-logged-out', cookies: everyFate('absent') },
      '',
    ],
    [
      'no session, but leftovers',
      { cookies: without(loggedIn, 'SESSDATA', 'bili_jct') },
      {
        kind: 'already-logged-out',
        cookies: { ...everyFate('removed-by-extension'), SESSDATA: 'absent', bili_jct: 'absent' },
      },
      '',
    ],
    [
      'an empty session id',
      { cookies: [cookie('SESSDATA', '')] },
      {
        kind: 'already-logged-out',
        cookies: { ...everyFate('absent'), SESSDATA: 'removed-by-extension' },
      },
      '',
    ],
    ...(
      [
        ['the login page', loginPage],
        ['-101', notLoggedIn],
        ['a redirect', { kind: 'redirect' }],
      ] as const
    ).map(([name, answer]): [string, Partial<WorldOptions>, Outcome, string] => [
      `${name}, and the session is dead`,
      { exit: [answer], alive: [] },
      { kind: 'session-expired', cookies: everyFate('removed-by-extension') },
      'exit nav nav',
    ]),
    [
      'no token, and the session is dead',
      { cookies: without(loggedIn, 'bili_jct'), alive: [] },
      {
        kind: 'session-expired',
        cookies: { ...everyFate('removed-by-extension'), bili_jct: 'absent' },
      },
      'nav nav',
    ],
    [
      'no token, and the session is alive',
      { cookies: without(loggedIn, 'bili_jct') },
      { ...kept, kind: 'no-csrf-token', cookies: { ...kept.cookies, bili_jct: 'absent' } },
      'nav',
    ],
    [
      'no token, and nobody says whether the session is dead',
      { cookies: without(loggedIn, 'bili_jct'), nav: [blocked] },
      { ...kept, kind: 'no-csrf-token', cookies: { ...kept.cookies, bili_jct: 'absent' } },
      'nav',
    ],
    ['no access', { isGranted: false }, { kind: 'no-access', reached: 'nothing-sent' }, ''],
    ['lost twice', { exit: [lost, lost] }, { kind: 'offline', ...kept }, 'exit exit'],
    ['no answer in time', { exit: [timedOut] }, { kind: 'timeout', ...kept }, 'exit'],
    [
      'the token is refused',
      { exit: [json({ code: 2202 }), json({ code: 2202 })] },
      { kind: 'csrf-rejected', ...kept, detail: { ...detail, code: 2202 } },
      'exit nav exit nav',
    ],
    [
      'risk control',
      { exit: [blocked] },
      { kind: 'blocked', ...kept, detail: { status: 412 } },
      'exit',
    ],
    [
      'risk control’s page',
      { exit: [{ ...captcha, body: '<title>安全风控策略</title>' }] },
      { kind: 'blocked', ...kept, detail },
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
      { kind: 'unexpected-reply', reason: 'not-understood', ...kept, detail },
      'exit',
    ],
    [
      'the request cannot be sent',
      { exit: [{ kind: 'unsent' }] },
      { kind: 'unexpected-reply', reason: 'not-sent', ...kept, detail: {} },
      'exit',
    ],
    [
      'a captcha twice, and the session is alive',
      { exit: [captcha, captcha] },
      { kind: 'unexpected-reply', reason: 'web-page', ...kept, detail },
      'exit nav exit nav',
    ],
    [
      '“not logged in” twice, although the session is alive',
      { exit: [notLoggedIn, notLoggedIn] },
      {
        kind: 'unexpected-reply',
        reason: 'still-alive',
        ...kept,
        detail: { ...detail, code: -101 },
      },
      'exit nav exit nav',
    ],
    [
      '“not logged in” twice, and nobody says whether the session is dead',
      { exit: [notLoggedIn, notLoggedIn], nav: [navAlive, timedOut] },
      { kind: 'unexpected-reply', reason: 'unclear', ...kept, detail: { ...detail, code: -101 } },
      'exit nav exit nav',
    ],
    [
      'a cookie that does not go',
      { deletesCookies: false, unremovable: ({ name }) => name === 'bili_jct' },
      {
        kind: 'cookies-remain',
        reason: 'not-removable',
        sessionEnded: true,
        cookies: { ...everyFate('removed-by-extension'), bili_jct: 'remaining' },
      },
      'exit nav nav',
    ],
    [
      'a leftover that does not go, without a session',
      { cookies: [cookie('DedeUserID', '1')], unremovable: () => true },
      {
        kind: 'cookies-remain',
        reason: 'not-removable',
        sessionEnded: false,
        cookies: { ...everyFate('absent'), DedeUserID: 'remaining' },
      },
      '',
    ],
  ])('%s', async (_, options, outcome, requests) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    expect((await press(world)).outcome).toStrictEqual(outcome);
    expect(requestsOf(world.events)).toBe(requests);
    expect(world.destroyed).toEqual([]);
    expect(world.isFollowed()).toBe(false);
    if ('othersEnded' in outcome) {
      expect(world.removed).toEqual([]);
      expect(world.jar).toEqual(options.cookies ?? loggedIn);
    }
  });

  it('a failure tells that cookies went, and not by whom: the server has said no', async () => {
    const refuses: Script = (_truth, world) => {
      world.jar = without(world.jar, 'SESSDATA');
      return json({ code: 1 });
    };
    const { outcome } = await press(
      createWorld({ cookies: loggedIn, exit: [refuses, json({ code: 1 })] }),
    );
    const cookies = { ...everyFate('remaining'), SESSDATA: 'absent' };
    expect(outcome).toMatchObject({ kind: 'unexpected-reply', cookies });
  });
});

describe('a person with two sessions presses once', () => {
  it.each<[string, Partial<Cookie>, tokens: string[]]>([
    ['one hidden on another host', www, ['token-A', 'token-B']],
    ['one hidden in a partition', embedded, ['token-A', 'token-B']],
    ['both received by the endpoint', inFront, ['token-B', 'token-A']],
    [
      'both received, one of its host alone',
      { domain: 'passport.bilibili.com' },
      ['token-A', 'token-B'],
    ],
  ])('and both end, each with its own cookies and proof: %s', async (_, shape, tokens) => {
    const world = createWorld({ cookies: [...loggedIn, ...logIn('B', shape)], alive: ['A', 'B'] });
    const { outcome, prove, endedIds, kept } = await press(world);
    expect(outcome.kind).toBe('logged-out');
    expect(world.exits.map(({ token }) => token)).toEqual(tokens);
    expect(world.jar).toEqual(bystanders);
    expect([...world.alive, ...world.destroyed, ...kept]).toEqual([]);
    expect([...endedIds].sort()).toEqual([idOf('A'), idOf('B')]);
    world.navs.length = 0;
    expect(await prove?.()).toBe('proven');
    expect(world.navs).toHaveLength(4);
  });

  it.each<[string, Partial<Cookie>, Partial<Cookie>]>([
    ['the first party', { firstPartyDomain: 'bilibili.com' }, { firstPartyDomain: 'biligame.com' }],
    [
      'a frame of another site in between',
      { partitionKey: { topLevelSite: 'https://bilibili.com', hasCrossSiteAncestor: false } },
      { partitionKey: { topLevelSite: 'https://bilibili.com', hasCrossSiteAncestor: true } },
    ],
    ['the partition', embedded, { partitionKey: { topLevelSite: 'https://third.test' } }],
  ])('and neither is presented with the other’s cookies: told apart by %s', async (_, a, b) => {
    const cookies = [...logIn('A', a), ...without(logIn('B', b), 'bili_jct')];
    const world = createWorld({ cookies, alive: ['A', 'B'] });
    const { outcome, kept } = await press(world);
    expect(outcome).toMatchObject({ kind: 'no-csrf-token', othersEnded: true });
    expect(kept).toEqual([printOf('B')]);
    expect(world.navs).toEqual([
      `SESSDATA=${idOf('B')}; DedeUserID=uid-B; DedeUserID__ckMd5=md5-B`,
    ]);
    expect(world.destroyed).toEqual([]);
    expect(world.jar).toEqual(without(logIn('B', b), 'bili_jct'));
  });

  it('and both end, each request with its own four cookies, under first-party isolation', async () => {
    const a = { firstPartyDomain: 'bilibili.com' };
    const b = { firstPartyDomain: 'biligame.com' };
    const world = createWorld({ cookies: [...logIn('A', a), ...logIn('B', b)], alive: ['A', 'B'] });
    expect((await press(world)).outcome.kind).toBe('logged-out');
    expect(world.exits).toEqual([
      { token: 'token-A', cookieHeader: expect.stringMatching(/id-A.*token-A.*uid-A.*md5-A$/) },
      { token: 'token-B', cookieHeader: expect.stringMatching(/id-B.*token-B.*uid-B.*md5-B$/) },
    ]);
  });

  it.each<[string, Partial<WorldOptions>, Partial<Outcome>, requests: number]>([
    ['refused', { exit: [(truth) => truth(), json({ code: 7 })] }, { kind: 'unexpected-reply' }, 2],
    ['blocked', { exit: [(truth) => truth(), blocked] }, { kind: 'blocked' }, 2],
    ['offline', { exit: [(truth) => truth(), lost, lost] }, { kind: 'offline' }, 3],
  ])(
    'the first ends, the second does not, and another press ends it: %s',
    async (_, options, outcome, requests) => {
      const world = createWorld({ cookies: both, alive: ['A', 'B'], ...options });
      const { outcome: first, kept, prove } = await press(world);
      expect(first).toMatchObject({
        ...outcome,
        othersEnded: true,
        cookies: everyFate('remaining'),
      });
      expect(world.exits).toHaveLength(requests);
      expect(kept).toEqual([printOf('B')]);
      expect(prove).toBeUndefined();
      expect(world.jar).toEqual([...bystanders, ...logIn('B', www)]);
      expect(world.destroyed).toEqual([]);
      expect((await press(world)).outcome.kind).toBe('logged-out');
      expect([...world.alive]).toEqual([]);
    },
  );

  it('the first cannot be ended, the second is ended all the same', async () => {
    const cookies = [...without(loggedIn, 'bili_jct'), ...logIn('B', www)];
    const world = createWorld({ cookies, alive: ['A', 'B'] });
    const { outcome, kept } = await press(world);
    expect(outcome).toMatchObject({ kind: 'no-csrf-token', othersEnded: true });
    expect(kept).toEqual([printOf('A')]);
    expect(world.jar).toEqual(without(loggedIn, 'bili_jct'));
  });

  it.each<[string, Answer, number]>([
    ['offline', lost, 2],
    ['blocked', blocked, 1],
    ['rate-limited', reply({ status: 429 }), 1],
    ['server-error', reply({ status: 500 }), 1],
    ['timeout', timedOut, 1],
  ])('nobody asks on where the server is not to be had: %s', async (kind, answer, requests) => {
    const world = createWorld({ cookies: both, alive: ['A', 'B'], exit: [answer, answer] });
    const { outcome, kept } = await press(world);
    expect(outcome).toMatchObject({ kind, othersEnded: false });
    expect(world.exits).toHaveLength(requests);
    expect(kept).toEqual([printOf('A'), printOf('B')]);
    expect(world.jar).toEqual(both);
  });
});

it.each<[string, Cookie[]]>([
  ['a stale session id', [cookie('SESSDATA', 'stale', inFront)]],
  [
    'a stale session id of its host alone',
    [cookie('SESSDATA', 'stale', { ...inFront, domain: 'passport.bilibili.com' })],
  ],
  ['all of a stale session', logIn('S', inFront)],
  ['an empty session id', [cookie('SESSDATA', '', inFront)]],
  ['a strange token', [cookie('bili_jct', 'strange', inFront)]],
  ['a strange account', [cookie('DedeUserID', 'strange', inFront)]],
])('a person with %s in front of a living log-in is logged out at once', async (_, front) => {
  const world = createWorld({ cookies: [...loggedIn, ...front] });
  expect((await press(world)).outcome.kind).toBe('logged-out');
  expect([...world.alive, ...world.destroyed]).toEqual([]);
  expect(world.jar).toEqual(bystanders);
});

describe('a yes that was given to nobody', () => {
  const options = { cookies: logIn('A'), sendsCookies: false };
  const unclear = reply({ status: 500 });
  it.each<[string, Answer]>([
    ['alive', navAlive],
    ['nothing clear', unclear],
    ['nothing at all', lost],
  ])('ends nothing: asked whether the session lives, the server says %s', async (_, answer) => {
    const world = createWorld({ ...options, exit: [yes], nav: [answer] });
    const { outcome, prove } = await press(world);
    expect(outcome).toMatchObject({ kind: 'logged-out' });
    expect(await prove?.()).toBe('proven');
    expect(world.exits.map(({ cookieHeader }) => cookieHeader !== undefined)).toEqual([
      false,
      true,
    ]);
    expect(world.destroyed).toEqual([]);
  });

  it('removes nothing where the repetition fails', async () => {
    const world = createWorld({ ...options, exit: [yes, timedOut], nav: [unclear] });
    expect((await press(world)).outcome.kind).toBe('timeout');
    expect(world.removed).toEqual([]);
  });

  it('counts where the server says that the session is dead', async () => {
    const world = createWorld({ ...options, exit: [yes], nav: [navDead, navDead] });
    expect((await press(world)).outcome.kind).toBe('logged-out');
    expect(world.exits).toHaveLength(1);
  });
});

it('a yes that was seen is known to the next worker, also where the second session takes its time', async () => {
  const stops: Script = (_truth, world) => {
    world.stop();
    return lost;
  };
  const cookies = [...loggedIn, cookie('SESSDATA', idOf('B'), www)];
  const world = createWorld({ cookies, nav: [stops] });
  const order = await orderIn(world);
  await Promise.race([logOut(world.needs, order), world.stopped()]);
  const progress = world.reports.at(-1) ?? order.progress;
  const { outcome, prove } = await logOut(world.needs, { ...order, progress });
  expect(outcome.kind).toBe('logged-out');
  expect(await prove?.()).toBe('unknown');
});

describe('a session that came after the click', () => {
  it.each<[string, Partial<Cookie>]>([
    ['in the same place', {}],
    ['in another place', www],
    ['in front', inFront],
  ])('is kept, and told: %s', async (_, shape) => {
    const logsIn: Script = (truth, world) => {
      const answer = truth();
      world.logIn('B', logIn('B', shape));
      return answer;
    };
    const world = createWorld({ cookies: loggedIn, exit: [logsIn] });
    const { outcome, kept, prove } = await press(world);
    expect(outcome).toStrictEqual({
      kind: 'cookies-remain',
      reason: 'other-session',
      sessionEnded: true,
      cookies: everyFate('remaining'),
    });
    expect(kept).toEqual([printOf('B')]);
    expect(prove).toBeUndefined();
    expect(world.exits).toHaveLength(1);
    expect([...world.alive]).toEqual([idOf('B')]);
    expect(world.jar).toEqual([...bystanders, ...logIn('B', shape)]);
  });

  it('is kept where it came before anything was read', async () => {
    const world = createWorld({ cookies: [cookie('DedeUserID', '1')], alive: [] });
    const order = await orderIn(world);
    world.logIn('B', logIn('B', www));
    const { outcome } = await logOut(world.needs, order);
    expect(outcome).toMatchObject({ reason: 'other-session', sessionEnded: false });
    expect([...world.exits, ...world.removed]).toEqual([]);
  });
});

describe('a log-in that came while the request was in flight, and was swept away with the old one', () => {
  const swept: Script = (truth, world) => {
    world.logIn('B', logIn('B'));
    return truth();
  };

  it('by the server’s Set-Cookie is ended, too, and proven', async () => {
    const world = createWorld({ cookies: loggedIn, exit: [swept] });
    const { outcome, prove, kept } = await press(world);
    expect(world.jar).toEqual(bystanders);
    expect(outcome.kind).toBe('logged-out');
    expect(kept).toEqual([]);
    expect([...world.alive]).toEqual([]);
    expect(world.exits).toMatchObject([
      { token: 'token-A', cookieHeader: undefined },
      { token: 'token-B', cookieHeader: expect.stringContaining(idOf('B')) },
    ]);
    world.navs.length = 0;
    expect(await prove?.()).toBe('proven');
    expect(world.navs).toHaveLength(4);
  });

  it('by our own removal is ended, too', async () => {
    const world = createWorld({ cookies: loggedIn, deletesCookies: false });
    const { needs } = world;
    const remove: Needs['jar']['remove'] = async (one) => {
      if (world.removed.length === 0) world.logIn('B', logIn('B'));
      await needs.jar.remove(one);
    };
    const order = await orderIn(world);
    const { outcome } = await logOut({ ...needs, jar: { ...needs.jar, remove } }, order);
    expect(outcome.kind).toBe('logged-out');
    expect(world.destroyed).toEqual([idOf('B')]);
    expect([...world.alive]).toEqual([]);
  });

  it('is ended with its own token, and so is another that it had replaced', async () => {
    const twice: Script = (truth, world) => {
      world.logIn('B', logIn('B'));
      world.logIn('C', logIn('C'));
      return truth();
    };
    const world = createWorld({ cookies: loggedIn, exit: [twice] });
    const { prove } = await press(world);
    expect(world.exits.map(({ token }) => token)).toEqual(['token-A', 'token-B', 'token-C']);
    expect([...world.alive]).toEqual([]);
    expect(await prove?.()).toBe('proven');
  });

  it('is told as lost where the worker is stopped before it could be ended', async () => {
    const stops: Script = (_truth, world) => {
      world.stop();
      return lost;
    };
    const world = createWorld({ cookies: loggedIn, exit: [swept, stops] });
    const order = await orderIn(world);
    await Promise.race([logOut(world.needs, order), world.stopped()]);
    const progress = world.reports.at(-1) ?? order.progress;
    const { outcome, prove } = await logOut(world.needs, { ...order, progress });
    expect(outcome).toMatchObject({ kind: 'unexpected-reply', reason: 'log-in-lost' });
    expect(prove).toBeUndefined();
    expect([...world.alive]).toEqual([idOf('B')]);
  });

  it('by our removal in this browser only is told as lost: nothing is asked of the server', async () => {
    const world = createWorld({ cookies: loggedIn });
    const { needs } = world;
    const remove: Needs['jar']['remove'] = async (one) => {
      if (world.removed.length === 0) world.logIn('B', logIn('B'));
      await needs.jar.remove(one);
    };
    const order = await orderIn(world, 'local');
    const { outcome } = await logOut({ ...needs, jar: { ...needs.jar, remove } }, order);
    expect(outcome).toMatchObject({ kind: 'unexpected-reply', reason: 'log-in-lost' });
    expect([...world.exits, ...world.navs]).toEqual([]);
  });

  it('is told where it could not be ended', async () => {
    const world = createWorld({ cookies: loggedIn, exit: [swept, blocked] });
    const { outcome } = await press(world);
    expect(outcome).toMatchObject({ kind: 'unexpected-reply', reason: 'log-in-lost' });
  });

  it.each<[string, Script]>([
    [
      'it was in the jar at the click',
      (truth, world) => {
        world.set(...logIn('A'));
        return truth();
      },
    ],
    [
      'its cookies are still there',
      (truth, world) => {
        world.logIn('B', logIn('B', www));
        return truth();
      },
    ],
    [
      'it is none',
      (truth, world) => {
        world.set(cookie('SESSDATA', ''), cookie('bili_jct', 'x'));
        return truth();
      },
    ],
  ])('is none where %s', async (_, script) => {
    const world = createWorld({ cookies: loggedIn, exit: [script] });
    await press(world);
    expect(world.exits).toHaveLength(1);
  });

  it('is nobody’s business in this browser only', async () => {
    const world = createWorld({ cookies: loggedIn });
    const order = await orderIn(world, 'local');
    const report: Needs['report'] = async () => {
      world.set(...logIn('B', www));
      world.jar = without(world.jar, 'SESSDATA');
    };
    await logOut({ ...world.needs, report }, order);
    expect([...world.exits, ...world.navs]).toEqual([]);
  });
});

describe('what keeps setting cookies keeps nobody busy', () => {
  const evil = { domain: '.evil.bilibili.com' };
  const planted = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      cookie('SESSDATA', `x${from + index}`, { ...evil, path: `/${index}` }),
    );

  it.each<[string, Partial<WorldOptions>, reason: string]>([
    [
      'another dead session id at each moment',
      { meanwhile: ({ set, events }) => set(cookie('SESSDATA', `x${events.length}`, evil)) },
      'other-session',
    ],
    [
      'another account number at each moment',
      { meanwhile: ({ set, events }) => set(cookie('DedeUserID', `${events.length}`, evil)) },
      'not-removable',
    ],
    [
      'thirty dead session ids at the click',
      { cookies: [...loggedIn, ...planted(0, 30)] },
      'other-session',
    ],
  ])('%s', async (_, options, reason) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    const { outcome } = await press(world);
    expect(outcome).toMatchObject({ kind: 'cookies-remain', reason, sessionEnded: true });
    expect([...world.alive]).toEqual([]);
    expect(world.exits.length + world.navs.length).toBeLessThan(30);
    expect(world.events.length).toBeLessThan(120);
  });

  it('thirty session ids that come and go are not all asked about, nor told as proven', async () => {
    const comesAndGoes: Script = (truth, world) => {
      const answer = truth();
      world.set(...planted(0, 30));
      world.jar = world.jar.filter(({ domain }) => domain !== evil.domain);
      return answer;
    };
    const world = createWorld({ cookies: loggedIn, exit: [comesAndGoes] });
    const { outcome, prove } = await press(world);
    expect(outcome.kind).toBe('logged-out');
    expect(await prove?.()).toBe('unknown');
    expect(world.exits.length + world.navs.length).toBeLessThan(30);
  });
});

it('a companion that the browser will not remove is no log-in, and keeps none from its end', async () => {
  const planted = cookie('SESSDATA__ckMd5', 'x', { path: '/a?b' });
  const world = createWorld({
    cookies: [...loggedIn, planted],
    unremovable: ({ path }) => path !== '/',
  });
  expect((await press(world)).outcome.kind).toBe('logged-out');
});

it('a dead session id that the browser will not remove is named as dead, and is no session', async () => {
  const planted = cookie('SESSDATA', 'planted', { ...www, path: '/a?b' });
  const world = createWorld({
    cookies: [...loggedIn, planted],
    unremovable: ({ path }) => path !== '/',
  });
  const { outcome, dead, kept } = await press(world);
  expect(outcome).toStrictEqual({
    kind: 'cookies-remain',
    reason: 'not-removable',
    sessionEnded: true,
    cookies: { ...everyFate('deleted-by-server'), SESSDATA: 'remaining' },
  });
  expect({ dead, kept }).toEqual({ dead: ['print of planted'], kept: [] });
});

describe('an empty jar proves nothing', () => {
  it.each<[string, Partial<WorldOptions>, reached: string]>([
    ['just before the request', { meanwhile: withdrawAfter('report revoke') }, 'accepted'],
    ['while the request is in flight', { meanwhile: withdrawAfter('exit') }, 'accepted'],
    ['while it is refused', { meanwhile: withdrawAfter('exit'), exit: [timedOut] }, 'asked'],
    ['while it is lost', { meanwhile: withdrawAfter('exit'), exit: [lost, lost] }, 'asked'],
    [
      'while cookies are removed',
      { meanwhile: withdrawAfter('remove DedeUserID__ckMd5'), deletesCookies: false },
      'accepted',
    ],
  ])('where access was withdrawn %s: it is told what was sent', async (_, options, reached) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    const result = await press(world);
    expect(result.outcome).toEqual({ kind: 'no-access', reached });
    expect(result.prove).toBeUndefined();
    expect(world.isFollowed()).toBe(false);
  });

  it('nor does a jar of which a part is seen still: access was withdrawn from the site, not from one host', async () => {
    const cookies = [...logIn('A'), cookie('sid', 'x', www)];
    const world = createWorld({ cookies, exit: [timedOut], meanwhile: withdrawPartly });
    expect((await press(world)).outcome).toEqual({ kind: 'no-access', reached: 'asked' });

    function withdrawPartly(here: World) {
      if (here.events.at(-1) !== 'exit') return;
      here.isGranted = false;
      here.shows = ({ domain }) => domain === www.domain;
    }
  });

  it('where access was withdrawn in this browser only', async () => {
    const world = createWorld({ cookies: logIn('A'), meanwhile: withdrawAfter('report clear') });
    const { outcome } = await press(world, 'local');
    expect(outcome).toEqual({ kind: 'no-access', reached: 'nothing-sent' });
    expect(world.removed).toEqual([]);
  });

  it('where a container was deleted while its log-out waited', async () => {
    const world = createWorld({ cookies: loggedIn, isAmbient: false });
    const order = await orderIn(world);
    world.exists = false;
    const { outcome, prove } = await logOut(world.needs, order);
    expect(outcome).toStrictEqual({
      kind: 'unexpected-reply',
      reason: 'store-gone',
      detail: {},
      othersEnded: false,
    });
    expect(prove).toBeUndefined();
    expect(world.exits).toEqual([]);
  });

  it('but where a container was deleted after all of its sessions had ended, they have', async () => {
    const goes: Script = (truth, world) => {
      world.exists = false;
      return truth();
    };
    const world = createWorld({ cookies: loggedIn, isAmbient: false, exit: [goes] });
    const { outcome, prove } = await press(world);
    expect(outcome.kind).toBe('logged-out');
    expect(await prove?.()).toBe('proven');
  });

  it('where a container was deleted after one of its sessions had ended', async () => {
    const goes: Script = (_truth, world) => {
      world.exists = false;
      return timedOut;
    };
    const world = createWorld({
      cookies: both,
      alive: ['A', 'B'],
      isAmbient: false,
      exit: [yes, goes],
    });
    expect((await press(world)).outcome).toMatchObject({ reason: 'store-gone', othersEnded: true });
  });

  function withdrawAfter(event: string): NonNullable<WorldOptions['meanwhile']> {
    return (world) => {
      if (world.events.at(-1) === event) world.isGranted = false;
    };
  }
});

it.each<[string, Cookie[], Partial<Outcome>]>([
  ['alone', logIn('A'), { othersEnded: false }],
  ['beside another, which is ended', logIn('A').concat(logIn('B', www)), { othersEnded: true }],
])(
  'a session whose cookies went another way before its turn is not told as logged out: %s',
  async (_, cookies, outcome) => {
    const world = createWorld({ cookies: [...bystanders, ...cookies], alive: ['A', 'B'] });
    const order = await orderIn(world);
    world.jar = world.jar.filter(({ value }) => !logIn('A').some((one) => one.value === value));
    const result = await logOut(world.needs, order);
    expect(result.outcome).toMatchObject({
      kind: 'unexpected-reply',
      reason: 'session-gone',
      ...outcome,
    });
    expect([...world.alive]).toContain(idOf('A'));
    expect(world.jar).toEqual(bystanders);
  },
);

describe('only this browser', () => {
  it.each<[string, Partial<WorldOptions>, Outcome]>([
    ['a session', {}, { kind: 'removed-locally', cookies: everyFate('removed-by-extension') }],
    [
      'two sessions',
      { cookies: both },
      { kind: 'removed-locally', cookies: everyFate('removed-by-extension') },
    ],
    [
      'a session without token',
      { cookies: [...bystanders, cookie('SESSDATA', 'x')] },
      {
        kind: 'removed-locally',
        cookies: { ...everyFate('absent'), SESSDATA: 'removed-by-extension' },
      },
    ],
    [
      'nothing of an account',
      { cookies: bystanders },
      { kind: 'already-logged-out', cookies: everyFate('absent') },
    ],
    ['no access', { isGranted: false }, { kind: 'no-access', reached: 'nothing-sent' }],
    [
      'a cookie that does not go',
      { unremovable: ({ name }) => name === 'SESSDATA' },
      {
        kind: 'cookies-remain',
        reason: 'not-removable',
        sessionEnded: false,
        cookies: { ...everyFate('removed-by-extension'), SESSDATA: 'remaining' },
      },
    ],
  ])('never calls the server: %s', async (_, options, outcome) => {
    const world = createWorld({ cookies: loggedIn, alive: ['A', 'B'], ...options });
    const result = await press(world, 'local');
    expect(result.outcome).toStrictEqual(outcome);
    expect(result.prove).toBeUndefined();
    expect(result.dead).toEqual([]);
    expect(result.kept).toHaveLength(outcome.kind === 'cookies-remain' ? 1 : 0);
    expect([...world.exits, ...world.navs]).toEqual([]);
    expect(world.jar).toEqual(expect.arrayContaining(bystanders));
  });

  it('a session that came after the click is kept', async () => {
    const world = createWorld({ cookies: loggedIn });
    const order = await orderIn(world, 'local');
    world.logIn('B', logIn('B', www));
    const { outcome, kept } = await logOut(world.needs, order);
    expect(outcome).toMatchObject({
      kind: 'cookies-remain',
      reason: 'other-session',
      sessionEnded: false,
    });
    expect(kept).toEqual([printOf('B')]);
    expect(world.jar).toEqual([...bystanders, ...logIn('B', www)]);
  });
});

describe('the proof', () => {
  it.each<[string, Partial<WorldOptions>]>([
    ['a refusal', { exit: [blocked] }],
    ['an expired session', { alive: [] }],
    ['no session', { cookies: [] }],
    ['cookies that remain', { deletesCookies: false, unremovable: () => true }],
  ])('is not there after %s', async (_, options) => {
    const world = createWorld({ cookies: loggedIn, ...options });
    expect((await press(world)).prove).toBeUndefined();
  });

  it('asks about the session that has ended, and no sooner than it is called', async () => {
    const world = createWorld({ cookies: loggedIn });
    const { prove } = await press(world);
    expect(world.navs).toEqual([]);
    expect(await prove?.()).toBe('proven');
    const alone = `SESSDATA=${idOf('A')}`;
    expect(world.navs).toEqual([expect.stringMatching(/id-A.*token-A.*uid-A.*md5-A$/), alone]);
  });

  it('comes with the address that the server wants visited', async () => {
    const { redirectUrl } = await press(createWorld({ cookies: loggedIn }));
    expect(redirectUrl).toBe('https://passport.biligame.com/crossDomain?x=1');
  });
});

describe('progress is written down, and waited for, before it has an effect', () => {
  it.each<[string, 'server' | 'local', Partial<WorldOptions>, string]>([
    [
      'a log-out',
      'server',
      { cookies: logIn('A', inFront) },
      `ask for access, list, report revoke, exit, list, nav, nav, list, report clear, list, remove SESSDATA, remove bili_jct, remove DedeUserID,
      remove DedeUserID__ckMd5, list, ask for access`,
    ],
    [
      'a repetition',
      'server',
      { cookies: loggedIn, exit: [lost] },
      `ask for access, list, report revoke, exit, list, exit, list, ask for access, list,
      ask for access`,
    ],
    [
      'only this browser',
      'local',
      { cookies: [...bystanders, cookie('SESSDATA', 'x')] },
      `ask for access, list, report clear, list, remove SESSDATA, list, ask for access`,
    ],
    [
      'no session',
      'server',
      { cookies: bystanders },
      'ask for access, list, ask for access, list, ask for access',
    ],
    ['no access', 'server', { isGranted: false }, 'ask for access, list, ask for access'],
  ])('%s', async (_, mode, options, events) => {
    const world = createWorld({ cookies: [], ...options });
    await press(world, mode);
    expect(world.events.join(', ')).toBe(events.replace(/\s+/g, ' '));
  });

  it('with what has ended, and what was left', async () => {
    const cookies = [
      ...without(logIn('A'), 'DedeUserID'),
      cookie('DedeUserID', '1', { path: '/x' }),
      ...logIn('B', www),
    ];
    const world = createWorld({ cookies: [...bystanders, ...cookies] });
    await press(world);
    const [a, b] = [
      { fingerprint: printOf('A'), by: 'yes' },
      { fingerprint: printOf('B'), by: 'dead' },
    ];
    const rest = { asked: true, swept: false, left: [] };
    expect(world.reports).toEqual([
      { ...rest, step: 'revoke', ended: [] },
      { ...rest, step: 'revoke', ended: [a] },
      { ...rest, step: 'clear', ended: [a, b], left: accountCookieNames },
    ]);
  });

  it.each<[string, (needs: Needs) => Needs]>([
    ['the access', (needs) => ({ ...needs, access: { isGranted: fails } })],
    ['the jar', (needs) => ({ ...needs, jar: { ...needs.jar, list: fails } })],
    ['a report', (needs) => ({ ...needs, report: fails })],
  ])('and what %s throws is passed on', async (_, broken) => {
    const world = createWorld({ cookies: loggedIn, deletesCookies: false });
    const order = await orderIn(world);
    await expect(logOut(broken(world.needs), order)).rejects.toThrow('broken');
    expect(world.removed).toEqual([]);
    expect(world.isFollowed()).toBe(false);
  });

  async function fails(): Promise<never> {
    throw new Error('broken');
  }
});
