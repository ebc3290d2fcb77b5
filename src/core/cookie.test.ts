import { describe, expect, it } from 'vitest';
import {
  accountCookieNames,
  addressOf,
  belongsToAccount,
  cookiesSentTo,
  isWithin,
  namesIn,
  shapeOf,
} from './cookie.ts';
import { exitAddress } from './endpoint.ts';
import { bystanders, cookie } from './testing/cookies.ts';

describe('a host is within a domain', () => {
  it.each([
    ['bilibili.com', true],
    ['.bilibili.com', true],
    ['passport.bilibili.com', true],
    ['.a.b.bilibili.com', true],
    ['WWW.BiliBili.com', true],
    ['notbilibili.com', false],
    ['.notbilibili.com', false],
    ['bilibili.com.evil.test', false],
    ['bilibili.com.', false],
    ['bilibili.co', false],
    ['com', false],
    ['', false],
  ])('%j: %s', (host, expected) => {
    expect(isWithin(host, 'bilibili.com')).toBe(expected);
  });
});

describe('a cookie belongs to the account', () => {
  it.each([...accountCookieNames, 'SESSDATA__ckMd5', 'bili_jct__ckMd5'])(
    'by its name: %s',
    (name) => {
      expect(belongsToAccount(cookie(name, 'x'))).toBe(true);
    },
  );

  it.each([
    ['/login/exit/v2', { path: '/login/exit/v2' }],
    ['host-only', { domain: 'passport.bilibili.com' }],
    ['partitioned', { partitionKey: { topLevelSite: 'https://other.test' } }],
    ['empty', { value: '' }],
  ])('in every shape: %s', (_, shape) => {
    expect(belongsToAccount(cookie('SESSDATA', 'x', shape))).toBe(true);
  });

  it.each(bystanders.map((bystander) => [bystander.name, bystander.domain, bystander] as const))(
    'but not %s of %s',
    (_name, _domain, bystander) => {
      expect(belongsToAccount(bystander)).toBe(false);
    },
  );

  it.each(['SESSDATA ', 'xSESSDATA', 'SESSDATAx', 'DedeUserID__ckMd5__ckMd5', '', 'toString'])(
    'but not by a name like %j',
    (name) => {
      expect(belongsToAccount(cookie(name, 'x'))).toBe(false);
    },
  );
});

it('names are listed once, in a fixed order, without companions', () => {
  const jar = [
    cookie('DedeUserID', '1'),
    cookie('bili_jct__ckMd5', '1'),
    cookie('SESSDATA', '1'),
    cookie('SESSDATA', '2', { path: '/login' }),
  ];
  expect(namesIn(jar)).toEqual(['SESSDATA', 'DedeUserID']);
});

describe('the URL to set a cookie from has its host and path, and is never http', () => {
  it.each([
    [{ secure: true }, 'https://bilibili.com/'],
    [{ secure: false }, 'https://bilibili.com/'],
    [{ path: '/login/exit' }, 'https://bilibili.com/login/exit'],
    [{ domain: 'passport.bilibili.com' }, 'https://passport.bilibili.com/'],
  ])('%j: %s', (shape, url) => {
    expect(addressOf(cookie('SESSDATA', 'x', shape))).toBe(url);
  });
});

describe('cookies that were set together share their', () => {
  const topLevelSite = 'https://a.test';
  it.each([
    ['host', { domain: 'www.bilibili.com' }],
    ['path', { path: '/login' }],
    ['partition', { partitionKey: { topLevelSite: 'https://b.test' } }],
    ['frame', { partitionKey: { topLevelSite, hasCrossSiteAncestor: true } }],
    ['first party', { firstPartyDomain: 'b.test' }],
  ])('%s', (_, other) => {
    const place = { partitionKey: { topLevelSite }, firstPartyDomain: 'a.test' };
    const shape = shapeOf(cookie('SESSDATA', 'x', place));
    expect(shapeOf(cookie('bili_jct', 'y', { ...place, secure: true }))).toBe(shape);
    expect(shapeOf(cookie('SESSDATA', 'x', { ...place, ...other }))).not.toBe(shape);
  });

  it.each([
    [{ partitionKey: null }, {}],
    [{ partitionKey: {} }, {}],
    [{ firstPartyDomain: '' }, {}],
    [
      { partitionKey: { topLevelSite, hasCrossSiteAncestor: false } },
      { partitionKey: { topLevelSite } },
    ],
  ])('place also where a browser spells it otherwise: %j', (one, other) => {
    expect(shapeOf(cookie('a', '1', one))).toBe(shapeOf(cookie('a', '1', other)));
  });
});

describe('a request to the exit endpoint carries a cookie', () => {
  it.each([
    // RFC 6265, 5.1.3
    [{ domain: '.bilibili.com' }, true],
    [{ domain: '.passport.bilibili.com' }, true],
    [{ domain: 'passport.bilibili.com' }, true],
    [{ domain: 'bilibili.com' }, false],
    [{ domain: '.www.bilibili.com' }, false],
    [{ domain: 'www.bilibili.com' }, false],
    [{ domain: '.port.bilibili.com' }, false],
    [{ domain: '.x.passport.bilibili.com' }, false],
    [{ domain: '.notbilibili.com' }, false],
    // RFC 6265, 5.1.4
    [{ path: '/' }, true],
    [{ path: '/login' }, true],
    [{ path: '/login/' }, true],
    [{ path: '/login/exit' }, true],
    [{ path: '/login/exit/v2' }, true],
    [{ path: '/log' }, false],
    [{ path: '/login/exit/v' }, false],
    [{ path: '/login/exit/v2/' }, false],
    [{ path: '/login/exit/v2/x' }, false],
    [{ path: '/LOGIN' }, false],
    // CHIPS
    [{ partitionKey: { topLevelSite: 'https://bilibili.com' } }, false],
    [{ partitionKey: {} }, false],
    [{ partitionKey: null }, true],
    [{ secure: true }, true],
    // First-party isolation: our request has no first party.
    [{ firstPartyDomain: 'bilibili.com' }, false],
    [{ firstPartyDomain: '' }, true],
  ])('%j: %s', (shape, expected) => {
    expect(cookiesSentTo(exitAddress, [cookie('a', '1', shape)])).toHaveLength(expected ? 1 : 0);
  });

  it('with the longer paths first, otherwise in the order given', () => {
    const paths = ['/', '/login', '/', '/login/exit/v2', '/login'];
    const jar = paths.map((path, index) => cookie('a', String(index), { path }));
    expect(
      cookiesSentTo(exitAddress, jar)
        .map(({ value }) => value)
        .join(),
    ).toBe('3,1,4,0,2');
    expect(jar.map(({ value }) => value).join()).toBe('0,1,2,3,4');
  });
});
