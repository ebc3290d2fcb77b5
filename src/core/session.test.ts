import { describe, expect, it } from 'vitest';
import type { Cookie } from './cookie.ts';
import { accountCookies, sessionsIn } from './session.ts';
import { bystanders, cookie, logIn, valuesOf } from './testing/cookies.ts';

const headerOf = (letter: string) =>
  Object.entries(valuesOf(letter))
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');

const tokenPath = { path: '/login/exit/v2' };
const partition = { partitionKey: { topLevelSite: 'https://other.test' } };

it('the account cookies are picked out of a jar', () => {
  expect(accountCookies([...bystanders, ...logIn('A')])).toEqual(logIn('A'));
});

it('one log-in is one session, with everything that presents it', () => {
  expect(sessionsIn([...bystanders, ...logIn('A')])).toEqual([
    {
      handle: valuesOf('A').SESSDATA,
      token: 'token-A',
      uid: 'uid-A',
      cookieHeader: headerOf('A'),
      sentByBrowser: true,
    },
  ]);
});

describe('there is no session', () => {
  it.each<[string, Cookie[]]>([
    ['in an empty jar', []],
    ['among bystanders', bystanders],
    ['without SESSDATA', logIn('A').filter(({ name }) => name !== 'SESSDATA')],
    ['behind an empty SESSDATA', [cookie('SESSDATA', ''), cookie('bili_jct', 't')]],
    ['behind a SESSDATA of a look-alike', logIn('A', { domain: '.notbilibili.com' })],
    ['behind a companion', [cookie('SESSDATA__ckMd5', 'x')]],
  ])('%s', (_, jar) => {
    expect(sessionsIn(jar)).toEqual([]);
  });
});

describe('the token is the one that the endpoint would receive', () => {
  const handle = cookie('SESSDATA', 'h');
  it.each<[string, Cookie[], string | undefined]>([
    ['none', [], undefined],
    ['an empty one', [cookie('bili_jct', '')], undefined],
    ['of another host', [cookie('bili_jct', 't', { domain: 'www.bilibili.com' })], undefined],
    ['host-only of the site', [cookie('bili_jct', 't', { domain: 'bilibili.com' })], undefined],
    ['of a path not asked', [cookie('bili_jct', 't', { path: '/log' })], undefined],
    ['partitioned', [cookie('bili_jct', 't', partition)], undefined],
    ['of a look-alike', [cookie('bili_jct', 't', { domain: '.notbilibili.com' })], undefined],
    ['the only one', [cookie('bili_jct', 't')], 't'],
    ['host-only', [cookie('bili_jct', 't', { domain: 'passport.bilibili.com' })], 't'],
    ['the deeper one', [cookie('bili_jct', 't'), cookie('bili_jct', 'deep', tokenPath)], 'deep'],
    ['the first of equals', [cookie('bili_jct', '1'), cookie('bili_jct', '2')], '1'],
  ])('%s', (_, tokens, expected) => {
    expect(sessionsIn([handle, ...tokens]).map(({ token }) => token)).toEqual([expected]);
  });
});

it('what is missing or empty is not presented', () => {
  const [session] = sessionsIn([cookie('SESSDATA', 'h'), cookie('DedeUserID', '')]);
  expect(session).toMatchObject({ cookieHeader: 'SESSDATA=h', uid: undefined });
});

describe('of several sessions', () => {
  it('the first is the one that the browser would send, wherever it stands in the jar', () => {
    const jar = [...logIn('B', { domain: 'www.bilibili.com' }), ...logIn('A')];
    expect(sessionsIn(jar)).toMatchObject([
      { handle: valuesOf('A').SESSDATA, cookieHeader: headerOf('A'), sentByBrowser: true },
      { handle: valuesOf('B').SESSDATA, cookieHeader: headerOf('B'), sentByBrowser: false },
    ]);
  });

  it('the first is the one with the deeper path', () => {
    const jar = [...logIn('A'), ...logIn('B', { path: '/login' })];
    expect(sessionsIn(jar)).toMatchObject([
      // Both are sent: which one the server takes is a guess, so neither is left to the browser.
      { token: 'token-B', sentByBrowser: false },
      { token: 'token-A', sentByBrowser: false },
    ]);
  });

  it('an empty deeper SESSDATA hides the others from the endpoint', () => {
    const jar = [cookie('SESSDATA', '', { path: '/login' }), ...logIn('A')];
    expect(sessionsIn(jar)).toMatchObject([{ token: 'token-A', sentByBrowser: false }]);
  });

  it('two cookies with one value are one session', () => {
    const jar = [...logIn('A'), ...logIn('A', { domain: 'passport.bilibili.com' })];
    expect(sessionsIn(jar)).toHaveLength(1);
  });
});

describe('a hidden handle is presented with the cookies of its own shape', () => {
  it.each<[string, Partial<Cookie>]>([
    ['host', { domain: 'www.bilibili.com' }],
    ['path', { path: '/elsewhere' }],
    ['partition', partition],
  ])('%s', (_, shape) => {
    const [, hidden] = sessionsIn([...logIn('A'), ...logIn('B', shape)]);
    expect(hidden?.cookieHeader).toBe(headerOf('B'));
  });

  it('and two partitions are two shapes', () => {
    const other = { partitionKey: { topLevelSite: 'https://third.test' } };
    const sessions = sessionsIn([...logIn('B', partition), ...logIn('C', other)]);
    expect(sessions.map(({ token }) => token)).toEqual(['token-B', 'token-C']);
  });

  it('and never with another session’s', () => {
    const jar = [cookie('bili_jct', 't'), cookie('SESSDATA', 'h', partition)];
    expect(sessionsIn(jar)).toMatchObject([
      { token: undefined, sentByBrowser: false, cookieHeader: 'SESSDATA=h' },
    ]);
  });
});
