import { describe, expect, it } from 'vitest';
import { type Cookie, shapeOf } from './cookie.ts';
import { accountCookies, isSessionId, sessionsIn } from './session.ts';
import {
  bystanders,
  cookie,
  embedded,
  idOf,
  inFront,
  logIn,
  valuesOf,
  without,
  www,
} from './testing/cookies.ts';

const headerOf = (letter: string) =>
  Object.entries(valuesOf(letter))
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');

it('the account cookies are picked out of a jar', () => {
  expect(accountCookies([...bystanders, ...logIn('A')])).toEqual(logIn('A'));
});

it.each([
  [cookie('SESSDATA', 'x'), true],
  [cookie('SESSDATA', ''), false],
  [cookie('bili_jct', 'x'), false],
])('a session id is a SESSDATA that is not empty: %#', (one, expected) => {
  expect(isSessionId(one)).toBe(expected);
});

it('one log-in is one session, with everything that presents it', () => {
  expect(sessionsIn([...bystanders, ...logIn('A')])).toEqual([
    {
      id: idOf('A'),
      token: 'token-A',
      uid: 'uid-A',
      cookieHeader: headerOf('A'),
      sentByBrowser: true,
      isSecure: false,
      shapes: new Set(logIn('A').map(shapeOf)),
    },
  ]);
});

it('a session is Secure where its id is', () => {
  const jar = [...logIn('A', { secure: true }), cookie('SESSDATA', 'planted', { path: '/login' })];
  const known = sessionsIn(jar).map(({ id, isSecure }) => [id, isSecure]);
  expect(known).toEqual([
    ['planted', false],
    [idOf('A'), true],
  ]);
});

describe('there is no session', () => {
  it.each<[string, Cookie[]]>([
    ['in an empty jar', []],
    ['among bystanders', bystanders],
    ['without SESSDATA', without(logIn('A'), 'SESSDATA')],
    ['behind an empty SESSDATA', [cookie('SESSDATA', ''), cookie('bili_jct', 't')]],
    ['behind a SESSDATA of a look-alike', logIn('A', { domain: '.notbilibili.com' })],
    ['behind a companion', [cookie('SESSDATA__ckMd5', 'x')]],
  ])('%s', (_, jar) => {
    expect(sessionsIn(jar)).toEqual([]);
  });
});

describe('the token is the session’s own, or the one that the endpoint would receive with it', () => {
  const id = cookie('SESSDATA', 'x');
  const own = cookie('bili_jct', 'own');
  it.each<[string, Cookie[], string | undefined]>([
    ['none', [id], undefined],
    ['an empty one', [id, cookie('bili_jct', '')], undefined],
    ['of another host', [id, cookie('bili_jct', 't', www)], undefined],
    ['host-only of the site', [id, cookie('bili_jct', 't', { domain: 'bilibili.com' })], undefined],
    ['of a path not asked', [id, cookie('bili_jct', 't', { path: '/log' })], undefined],
    ['partitioned', [id, cookie('bili_jct', 't', embedded)], undefined],
    ['of a look-alike', [id, cookie('bili_jct', 't', { domain: '.notbilibili.com' })], undefined],
    ['its own', [id, own], 'own'],
    ['of its host alone', [id, cookie('bili_jct', 't', { domain: 'passport.bilibili.com' })], 't'],
    ['its own before a deeper one', [id, own, cookie('bili_jct', 'deep', inFront)], 'own'],
    [
      'the deeper of two that are not its own',
      [
        id,
        cookie('bili_jct', '1', { path: '/login/exit' }),
        cookie('bili_jct', '2', { path: '/login/exit/v2' }),
      ],
      '2',
    ],
    [
      'not one of two sessions’',
      [id, cookie('SESSDATA', 'y', inFront), cookie('bili_jct', 't', { path: '/login/exit' })],
      undefined,
    ],
    [
      'of the place that the endpoint sees first',
      [id, own, cookie('SESSDATA', 'x', inFront), cookie('bili_jct', 'deep', inFront)],
      'deep',
    ],
  ])('%s', (_, jar, expected) => {
    expect(sessionsIn(jar).find((session) => session.id === 'x')?.token).toBe(expected);
  });
});

it('what is missing or empty is not presented', () => {
  const [session] = sessionsIn([cookie('SESSDATA', 'x'), cookie('DedeUserID', '')]);
  expect(session).toMatchObject({ cookieHeader: 'SESSDATA=x', uid: undefined });
});

describe('the browser sends a session by itself', () => {
  it.each<[string, Cookie[], boolean]>([
    ['where it is alone', logIn('A'), true],
    ['beside a hidden one', [...logIn('B', www), ...logIn('A')], true],
    ['where its id stands twice', [...logIn('A'), ...logIn('A', inFront)], true],
    [
      'where a token of its host alone completes it',
      [
        ...without(logIn('A'), 'bili_jct'),
        cookie('bili_jct', 't', { domain: 'passport.bilibili.com' }),
      ],
      true,
    ],
    ['but not beside another that is sent', [...logIn('A'), ...logIn('B', inFront)], false],
    ['but not behind an empty id', [cookie('SESSDATA', '', inFront), ...logIn('A')], false],
    ['but not behind a strange token', [cookie('bili_jct', 'x', inFront), ...logIn('A')], false],
    [
      'but not behind a strange account',
      [cookie('DedeUserID', 'x', inFront), ...logIn('A')],
      false,
    ],
    ['but not where it is hidden', logIn('A', www), false],
    ['but not from a partition', logIn('A', embedded), false],
    ['but not from another first party', logIn('A', { firstPartyDomain: 'bilibili.com' }), false],
  ])('%s', (_, jar, expected) => {
    expect(sessionsIn(jar).find(({ id }) => id === idOf('A'))?.sentByBrowser).toBe(expected);
  });
});

describe('of several sessions', () => {
  it.each<[string, Cookie[], first: string]>([
    ['that is sent', [...logIn('B', www), ...logIn('A')], 'A'],
    ['with the deeper path', [...logIn('A'), ...logIn('B', inFront)], 'B'],
  ])('the first is the one %s, wherever it stands in the jar', (_, jar, first) => {
    expect(sessionsIn(jar).map(({ id }) => id)).toEqual([
      idOf(first),
      idOf(first === 'A' ? 'B' : 'A'),
    ]);
  });

  it('two cookies with one value are one, which stands in two places', () => {
    const [session, ...others] = sessionsIn([...logIn('A'), ...logIn('A', www)]);
    expect(others).toEqual([]);
    expect(session?.shapes.size).toBe(2);
  });

  it.each<[string, Partial<Cookie>, Partial<Cookie>]>([
    ['host', {}, www],
    ['path', {}, inFront],
    ['path, not asked', {}, { path: '/elsewhere' }],
    ['partition', {}, embedded],
    ['partition, of two', embedded, { partitionKey: { topLevelSite: 'https://third.test' } }],
    ['frame', embedded, { partitionKey: { ...embedded.partitionKey, hasCrossSiteAncestor: true } }],
    ['first party', { firstPartyDomain: 'a.test' }, { firstPartyDomain: 'b.test' }],
  ])('each is presented with the cookies of its own place: %s', (_, a, b) => {
    const headers = sessionsIn([...logIn('A', a), ...logIn('B', b)]).map(
      ({ cookieHeader }) => cookieHeader,
    );
    expect(headers.sort()).toEqual([headerOf('A'), headerOf('B')]);
  });

  it('none is presented with what another lacks', () => {
    const jar = [cookie('bili_jct', 't'), cookie('SESSDATA', 'x', embedded)];
    expect(sessionsIn(jar)).toMatchObject([
      { token: undefined, sentByBrowser: false, cookieHeader: 'SESSDATA=x' },
    ]);
  });
});
