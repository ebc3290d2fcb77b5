import { describe, expect, it } from 'vitest';
import { type Answer, judgeExit, judgeNav, type Reply } from './reply.ts';
import {
  json,
  loginPage,
  lost,
  navAlive,
  navDead,
  noon,
  reply,
  timedOut,
} from './testing/answers.ts';

const html = (parts: Partial<Reply> = {}) => ({ ...loginPage, ...parts });
const huge = '<!doctype html>'.padEnd(300_000, 'x');

describe('the exit endpoint said yes', () => {
  const address = 'https://passport.biligame.com/crossDomain?a=b';
  it.each<[string, Answer, string | undefined]>([
    [
      'status and data',
      json({ code: 0, status: true, ts: 1, data: { redirectUrl: address } }),
      address,
    ],
    ['no status', json({ code: 0, data: { redirectUrl: address } }), address],
    ['no data', json({ code: 0, status: true }), undefined],
    ['the code alone', json({ code: 0 }), undefined],
    ['data is null', json({ code: 0, status: true, data: null }), undefined],
    ['data is a text', json({ code: 0, status: true, data: 'https://x.test' }), undefined],
    ['redirectUrl is a number', json({ code: 0, data: { redirectUrl: 1 } }), undefined],
    ['redirectUrl is missing', json({ code: 0, data: {} }), undefined],
    ['bare content type', json({ code: 0 }, { contentType: 'application/json' }), undefined],
    [
      'space before the semicolon',
      json({ code: 0 }, { contentType: 'application/json ;x' }),
      undefined,
    ],
    ['a message that is a number', json({ code: 0, message: 0 }), undefined],
    ['a message that is null', json({ code: 0, message: null }), undefined],
    ['a message that is an object', json({ code: 0, message: {} }), undefined],
    ['loud content type', json({ code: 0 }, { contentType: ' Application/JSON;x' }), undefined],
    ['space around', reply({ body: ' \n{"code": 0}\n' }), undefined],
  ])('%s', (_, answer, redirectUrl) => {
    expect(judgeExit(answer)).toEqual({ kind: 'accepted', redirectUrl });
  });
});

describe('the exit endpoint says “not logged in”', () => {
  it.each<[string, Answer, object]>([
    ['-101', json({ code: -101, message: '账号未登录' }), { status: 200, code: -101 }],
    [
      '-101 with a message that is null',
      json({ code: -101, message: null }),
      { status: 200, code: -101 },
    ],
    [
      '-101 with another status',
      json({ code: -101 }, { status: 401 }),
      { status: 401, code: -101 },
    ],
  ])('%s', (_, answer, detail) => {
    expect(judgeExit(answer)).toStrictEqual({ kind: 'not-logged-in', detail });
  });
});

describe('the exit endpoint answered with a web page, which says nothing of the session', () => {
  it.each<[string, Answer]>([
    ['the login page', html()],
    ['the login page, huge and cut', html({ body: huge, complete: false })],
    ['an empty page', html({ body: '' })],
    ['a captcha', html({ body: '<p>Are you human?' })],
    ['a maintenance page', html({ body: '<title>系统维护中</title>' })],
    ['HTML that looks like a yes', html({ body: '{"code":0,"status":true}' })],
    ['HTML in capitals', html({ contentType: 'TEXT/HTML' })],
  ])('%s', (_, answer) => {
    expect(judgeExit(answer)).toStrictEqual({ kind: 'web-page', detail: { status: 200 } });
  });

  it('a redirect', () => {
    expect(judgeExit({ kind: 'redirect' })).toStrictEqual({ kind: 'web-page', detail: {} });
  });

  it('nothing that it says itself is kept', () => {
    const shouts = json({ code: 7, message: 'secret', data: 'secret' });
    expect(JSON.stringify(judgeExit(shouts))).not.toContain('secret');
  });
});

describe('the exit endpoint refused the token', () => {
  it.each([
    [json({ code: 2202, message: 'csrf 校验失败' }), { status: 200, code: 2202 }],
    [json({ code: -2202 }), { status: 200, code: -2202 }],
    [json({ code: 2202 }, { status: 400 }), { status: 400, code: 2202 }],
    [json({ code: 2202, message: 7 }), { status: 200, code: 2202 }],
  ])('%#', (answer, detail) => {
    expect(judgeExit(answer)).toEqual({ kind: 'csrf-rejected', detail });
  });
});

describe('risk control blocked the request', () => {
  it.each([
    [html({ status: 412 }), { status: 412 }],
    [html({ status: 403 }), { status: 403 }],
    [html({ body: '<p>由于触发哔哩哔哩安全风控策略，该次访问请求被拒绝。' }), { status: 200 }],
    [
      html({ body: '<p>rejected because of the bilibili Security Control Policy.' }),
      { status: 200 },
    ],
    [html({ body: '安全风控策略', complete: false }), { status: 200 }],
    [json({ code: 0, status: true }, { status: 412 }), { status: 412 }],
    [json({ code: -412, message: 'banned' }), { status: 200, code: -412 }],
    [json({ code: -352 }), { status: 200, code: -352 }],
    [json({ code: -351 }), { status: 200, code: -351 }],
  ])('%#', (answer, detail) => {
    expect(judgeExit(answer)).toEqual({ kind: 'blocked', detail });
  });
});

describe('the server asks for a pause, in whole seconds', () => {
  const at = (milliseconds: number) => new Date(noon + milliseconds).toUTCString();
  it.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['120', 120],
    [' 120 ', 120],
    [at(90_000), 90],
    [at(0), 0],
    [at(-90_000), 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['999999999', 999_999_999],
    ['Thursday, 01-Jan-26 12:01:30 GMT', undefined],
    ['Thu Jan  1 12:01:30 2026', undefined],
    ['Thu, 1 Jan 2026 12:01:30 GMT', undefined],
    ['Thu, 01 Jan 2026 12:01:30 +0100', undefined],
    ['Thu, 01 Jan 2026 12:01 GMT', undefined],
    ['Thu, 01 Foo 2026 12:01:30 GMT', undefined],
    ['2026-01-01T12:01:30Z', undefined],
    ['January 2026', undefined],
    [` ${at(90_000)} `, 90],
    [`${at(90_000)}, 120`, undefined],
    ['12345678901234567890', undefined],
  ])('%j: %j', (retryAfter, retryAfterSeconds) => {
    const answer = html({ status: 429, retryAfter });
    const detail = { status: 429 };
    expect(judgeExit(answer)).toEqual({ kind: 'rate-limited', detail, retryAfterSeconds });
  });

  it('a part of a second counts as a whole one', () => {
    const answer = html({ status: 429, retryAfter: at(2_000), receivedAt: noon + 500 });
    expect(judgeExit(answer)).toMatchObject({ retryAfterSeconds: 2 });
  });

  it('also around a yes', () => {
    expect(judgeExit(json({ code: 0 }, { status: 429 }))).toMatchObject({ kind: 'rate-limited' });
  });
});

it.each([500, 502, 503, 504, 599])(
  'HTTP %i is a fault of the server, whatever it holds',
  (status) => {
    const verdict = { kind: 'server-error', detail: { status } };
    expect(judgeExit(json({ code: 0, status: true }, { status }))).toEqual(verdict);
    expect(judgeExit(html({ status }))).toEqual(verdict);
  },
);

describe('anything else makes no sense', () => {
  it.each<[string, Answer, object]>([
    ['"0" is a text', json({ code: '0', status: true }), { status: 200 }],
    ['code is missing', json({ status: true }), { status: 200 }],
    ['code is null', json({ code: null }), { status: 200 }],
    ['code is false', json({ code: false }), { status: 200 }],
    ['code is a list', json({ code: [0] }), { status: 200 }],
    ['code is a fraction', json({ code: 0.5 }), { status: 200 }],
    ['status is false', json({ code: 0, status: false }), { status: 200, code: 0 }],
    ['status is "true"', json({ code: 0, status: 'true' }), { status: 200, code: 0 }],
    ['status is 1', json({ code: 0, status: 1 }), { status: 200, code: 0 }],
    ['status is null', json({ code: 0, status: null }), { status: 200, code: 0 }],
    ['HTTP 201', json({ code: 0, status: true }, { status: 201 }), { status: 201, code: 0 }],
    ['HTTP 204', json({ code: 0 }, { status: 204 }), { status: 204, code: 0 }],
    ['HTTP 404', json({ code: 0 }, { status: 404 }), { status: 404, code: 0 }],
    ['HTML with HTTP 404', html({ status: 404 }), { status: 404 }],
    ['plain text', json({ code: 0 }, { contentType: 'text/plain' }), { status: 200 }],
    ['no content type', json({ code: 0 }, { contentType: '' }), { status: 200 }],
    ['a kind of JSON', json({ code: 0 }, { contentType: 'application/json-p' }), { status: 200 }],
    ['two types', json({ code: 0 }, { contentType: 'application/json, x' }), { status: 200 }],
    ['a suffix', json({ code: 0 }, { contentType: 'application/hal+json' }), { status: 200 }],
    ['JSONP', json({ code: 0 }, { contentType: 'application/jsonp' }), { status: 200 }],
    [
      'JSON by a later word',
      json({ code: 0 }, { contentType: 'x, application/json' }),
      { status: 200 },
    ],
    ['cut short', reply({ body: '{"code":0,"status":tr' }), { status: 200 }],
    ['longer than the cap', json({ code: 0 }, { complete: false }), { status: 200 }],
    ['two answers', reply({ body: '{"code":0}{"code":0}' }), { status: 200 }],
    ['a list', json([{ code: 0 }]), { status: 200 }],
    ['null', json(null), { status: 200 }],
    ['0', json(0), { status: 200 }],
    ['empty', reply(), { status: 200 }],
    ['an unknown code', json({ code: 86038, message: 'what' }), { status: 200, code: 86038 }],
    ['-1', json({ code: -1 }), { status: 200, code: -1 }],
    ['a message that is no text', json({ code: -1, message: ['x'] }), { status: 200, code: -1 }],
  ])('%s', (_, answer, detail) => {
    const verdict = { kind: 'unexpected-reply', reason: 'not-understood', detail };
    expect(judgeExit(answer)).toEqual(verdict);
  });
});

it.each<[Answer, object]>([
  [lost, { kind: 'lost' }],
  [timedOut, { kind: 'timeout' }],
  [{ kind: 'unsent' }, { kind: 'unexpected-reply', reason: 'not-sent', detail: {} }],
])('without a reply: %j', (answer, verdict) => {
  expect(judgeExit(answer)).toEqual(verdict);
});

describe('a session is dead only by an explicit word', () => {
  it.each<[string, Answer]>([
    ['-101 and isLogin false', navDead],
    ['-101 alone', json({ code: -101 })],
    ['-101 with data null', json({ code: -101, data: null })],
    ['-101 with empty data', json({ code: -101, data: {} })],
    ['isLogin false', json({ code: 0, data: { isLogin: false } })],
  ])('dead: %s', (_, answer) => {
    expect(judgeNav(answer)).toEqual({ liveness: 'dead' });
  });

  it.each<[string, Answer]>([
    ['-101 contradicts isLogin true', json({ code: -101, data: { isLogin: true } })],
    ['-101 with a strange flag', json({ code: -101, data: { isLogin: 0 } })],
    ['"-101" is a text', json({ code: '-101' })],
    ['0 without data', json({ code: 0 })],
    ['0 without the flag', json({ code: 0, data: {} })],
    ['the flag is a text', json({ code: 0, data: { isLogin: 'false' } })],
    ['another code', json({ code: -412, data: { isLogin: false } })],
    ['another code, alive', json({ code: -352, data: { isLogin: true } })],
    ['-101 with HTTP 412', { ...navDead, status: 412 } as Answer],
    ['-101 with HTTP 401', { ...navDead, status: 401 } as Answer],
    ['alive with HTTP 500', { ...navAlive, status: 500 } as Answer],
    ['-101 as HTML', { ...navDead, contentType: 'text/html' } as Answer],
    ['-101 cut by the cap', { ...navDead, complete: false } as Answer],
    ['the login page', loginPage],
    ['empty', reply()],
    ['null', json(null)],
    ['a list', json([])],
    ['a redirect', { kind: 'redirect' }],
    ['no connection', lost],
    ['no answer in time', timedOut],
    ['cookies not attached', { kind: 'unsent' }],
  ])('unclear: %s', (_, answer) => {
    expect(judgeNav(answer)).toEqual({ liveness: 'unclear' });
  });
});

describe('a live session shows', () => {
  const face = 'https://i0.hdslb.com/bfs/face/a.jpg';
  const alive = (data: object) => json({ code: 0, data: { isLogin: true, ...data } });
  it.each<[string, object, object | undefined]>([
    ['name and avatar', { uname: '某人', face }, { name: '某人', avatarUrl: face }],
    ['the name alone', { uname: 'A' }, { name: 'A' }],
    ['no avatar of another host', { uname: 'A', face: 'https://evil.test/a.jpg' }, { name: 'A' }],
    [
      'no avatar of a look-alike',
      { uname: 'A', face: 'https://i0.hdslb.com.evil.test/a' },
      { name: 'A' },
    ],
    ['no avatar of a bare name', { uname: 'A', face: 'https://nothdslb.com/a' }, { name: 'A' }],
    ['no avatar with a user', { uname: 'A', face: 'https://x@i0.hdslb.com/a' }, { name: 'A' }],
    ['no avatar with a port', { uname: 'A', face: 'https://i0.hdslb.com:8/a' }, { name: 'A' }],
    ['no avatar over HTTP', { uname: 'A', face: 'http://i0.hdslb.com/a.jpg' }, { name: 'A' }],
    ['no avatar that is code', { uname: 'A', face: `javascript:1//${face}` }, { name: 'A' }],
    ['no avatar of two lines', { uname: 'A', face: `${face}\nx` }, { name: 'A' }],
    ['no avatar that is none', { uname: 'A', face: 1 }, { name: 'A' }],
    ['nothing without a name', { face }, undefined],
    ['nothing with a name of spaces', { uname: '\u3000 \u00a0', face }, undefined],
    [
      'nothing with a name of zero width',
      { uname: '\u200b\u2060\u202e\u{e0041}', face },
      undefined,
    ],
    ['nothing with a name of fillers', { uname: '\u3164\u2800\u115f', face }, undefined],
    ['nothing with a name of marks alone', { uname: '\u0301\ufe0f', face }, undefined],
    ['a name with marks and joiners', { uname: '👩\u200d🚀' }, { name: '👩\u200d🚀' }],
    ['nothing with an empty name', { uname: '', face }, undefined],
    ['nothing with a name too long', { uname: 'x'.repeat(65), face }, undefined],
    ['nothing with a name that is none', { uname: 7, face }, undefined],
  ])('%s', (_, data, profile) => {
    expect(judgeNav(alive(data))).toEqual({ liveness: 'alive', ...(profile && { profile }) });
  });
});
