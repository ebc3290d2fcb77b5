import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, type Route, type Session, type StandIn, startStandIn } from './index.ts';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly setCookie: readonly string[];
  readonly body: string;
  /** Whether the reply ended as HTTP wants it. */
  readonly complete: boolean;
}

interface Ask {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn();
});
beforeEach(() => standIn.reset());
afterAll(() => standIn.close());

/** Resolves once there are headers, even if the body breaks off; rejects when there are none. */
function ask(
  address: string,
  { method = 'GET', headers = {}, body }: Ask = {},
  port = standIn.port,
): Promise<Answer> {
  const { host, pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    const request = httpsRequest({
      host: '127.0.0.1',
      port,
      method,
      path: pathname + search,
      servername: host,
      headers: { host, ...headers },
      rejectUnauthorized: false,
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A broken body shows in `complete`.
      response.on('error', () => {});
      response.on('close', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          setCookie: response.headers['set-cookie'] ?? [],
          body: Buffer.concat(chunks).toString(),
          complete: response.complete,
        }),
      );
    });
    request.end(body);
  });
}

const exitUrl = 'https://passport.bilibili.com/login/exit/v2';
const navUrl = 'https://api.bilibili.com/x/web-interface/nav';

const cookieHeader = (cookies: Record<string, string | undefined>): string =>
  Object.entries(cookies)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');

const accountOf = (session: Session) => ({
  SESSDATA: session.sessdata,
  bili_jct: session.biliJct,
  DedeUserID: session.uid,
});

interface ExitChange {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly cookies?: Record<string, string | undefined>;
  readonly body?: string;
}

function exitWith(session: Session, change: ExitChange = {}): Promise<Answer> {
  const headers = {
    origin: 'https://www.bilibili.com',
    referer: 'https://www.bilibili.com/',
    'content-type': 'application/x-www-form-urlencoded',
    cookie: cookieHeader({ ...accountOf(session), ...change.cookies }),
    ...change.headers,
  };
  return ask(change.url ?? exitUrl, {
    method: change.method ?? 'POST',
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    body: change.body ?? new URLSearchParams({ biliCSRF: session.biliJct }).toString(),
  });
}

const navWith = (session: Session): Promise<Answer> =>
  ask(navUrl, { headers: { cookie: `SESSDATA=${session.sessdata}` } });

/** The lines of the captured reply, word for word. */
const captured = [
  'SESSDATA=""; Domain=.bilibili.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/; HttpOnly',
  'SESSDATA__ckMd5=""; Domain=.bilibili.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  'SESSDATA=""; Domain=""; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/; HttpOnly',
  'SESSDATA__ckMd5=""; Domain=""; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  'DedeUserID=""; Domain=.bilibili.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  'DedeUserID__ckMd5=""; Domain=.bilibili.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  'DedeUserID=""; Domain=""; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  'DedeUserID__ckMd5=""; Domain=""; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  'bili_jct=""; Domain=.bilibili.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  'bili_jct__ckMd5=""; Domain=.bilibili.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  'bili_jct=""; Domain=""; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  'bili_jct__ckMd5=""; Domain=""; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
];

const redirect = (gourl: string): string =>
  'https://passport.biligame.com/crossDomain?DedeUserID=&DedeUserID__ckMd5=&SESSDATA=&bili_jct=' +
  `&gourl=${encodeURIComponent(gourl)}`;

describe('exit', () => {
  it.each<[string, ExitChange]>([['as the site asks', {}]])(
    'says yes and revokes: %s',
    async (_case, change) => {
      const session = standIn.createSession();
      const before = Math.floor(Date.now() / 1000);
      const answer = await exitWith(session, change);

      expect(answer).toMatchObject({ status: 200, setCookie: captured, complete: true });
      expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
      const { ts, ...rest } = JSON.parse(answer.body);
      expect(rest).toEqual({
        code: 0,
        status: true,
        data: { redirectUrl: redirect('https://www.bilibili.com/') },
      });
      expect(ts).toBeGreaterThanOrEqual(before);
      expect(ts).toBeLessThanOrEqual(Date.now() / 1000);
      expect(session.alive).toBe(false);
    },
  );

  it('understands an encoded token and passes gourl on', async () => {
    const session = standIn.createSession({ biliJct: 'a+b/c=&d' });
    const form = { biliCSRF: 'a+b/c=&d', gourl: 'https://t.bilibili.com/?a=1' };
    const raw = await exitWith(session, { body: 'biliCSRF=a+b/c=&d' });
    expect(JSON.parse(raw.body).code).toBe(2202);
    const answer = await exitWith(session, { body: new URLSearchParams(form).toString() });
    expect(JSON.parse(answer.body).data).toEqual({ redirectUrl: redirect(form.gourl) });
  });

  const otherToken = 'f'.repeat(32);
  const forbidden = { status: 403, json: { code: -403, message: '访问权限不足' } };
  const badRequest = { status: 200, json: { code: -400, message: '请求错误' } };
  const badToken = {
    status: 200,
    json: { code: 2202, status: false, ts: expect.any(Number), message: 'csrf 校验失败' },
  };
  const notAllowed = { status: 405, json: { code: -405, message: 'Method Not Allowed' } };
  const loginPage = { status: 200, json: undefined };
  const noCookies = { SESSDATA: undefined };

  it.each<[string, ExitChange, { status: number; json: unknown }]>([
    ['PUT', { method: 'PUT' }, notAllowed],
    ['no Origin', { headers: { origin: undefined } }, forbidden],
    ['Origin of an extension', { headers: { origin: 'chrome-extension://abc' } }, forbidden],
    ['no Referer', { headers: { referer: undefined } }, forbidden],
    ['JSON', { headers: { 'content-type': 'application/json' } }, badRequest],
    ['no SESSDATA', { cookies: { SESSDATA: undefined } }, loginPage],
    ['no bili_jct', { cookies: { bili_jct: undefined } }, loginPage],
    ['no DedeUserID', { cookies: { DedeUserID: undefined } }, loginPage],
    ['DedeUserID of another', { cookies: { DedeUserID: '7' } }, loginPage],
    ['strange biliCSRF', { body: `biliCSRF=${otherToken}` }, badToken],
    ['cookies before token', { cookies: noCookies, body: '' }, loginPage],
  ])('refuses: %s', async (_case, change, expected) => {
    const session = standIn.createSession();
    const answer = await exitWith(session, change);
    expect(answer).toMatchObject({ status: expected.status, setCookie: [], complete: true });
    if (expected.json) {
      expect(JSON.parse(answer.body)).toEqual(expected.json);
    } else {
      expect(answer.headers['content-type']).toMatch(/^text\/html/);
      expect(answer.body).toContain('<form id="login">');
    }
    expect(session.alive).toBe(true);
    // The same session and request are fine without the change: it was the change that mattered.
    expect(JSON.parse((await exitWith(session)).body).code).toBe(0);
  });

  it('revokes one session, also of a person with two', async () => {
    const [first, second] = [
      standIn.createSession({ uid: '7' }),
      standIn.createSession({ uid: '7' }),
    ];
    await exitWith(first);
    expect([first.alive, second.alive]).toEqual([false, true]);
    expect(JSON.parse((await navWith(first)).body).code).toBe(-101);
    expect(JSON.parse((await navWith(second)).body).code).toBe(0);
    const again = await exitWith(first);
    expect(again).toMatchObject({ status: 200, setCookie: [] });
    expect(again.body).toContain('<form id="login">');
  });
});

describe('nav', () => {
  it('describes a live session', async () => {
    const session = standIn.createSession({ uid: '42', uname: '某人 <b>' });
    const answer = await ask(`${navUrl}?x=1`, {
      headers: { cookie: `SESSDATA=${session.sessdata}` },
    });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 0,
      message: '0',
      ttl: 1,
      data: {
        isLogin: true,
        mid: 42,
        uname: '某人 <b>',
        face: 'https://i0.hdslb.com/bfs/face/stand-in-42.svg',
      },
    });
  });

  it.each<[string, (session: Session) => string | undefined]>([
    ['without cookies', () => undefined],
    ['with a strange SESSDATA', () => 'SESSDATA=x'],
    [
      'with a dead session',
      (session) => {
        session.alive = false;
        return `SESSDATA=${session.sessdata}`;
      },
    ],
    ['when the first SESSDATA is strange', (session) => `SESSDATA=x; SESSDATA=${session.sessdata}`],
  ])('says -101 %s', async (_case, cookieOf) => {
    const session = standIn.createSession();
    expect(JSON.parse((await navWith(session)).body).data.isLogin).toBe(true);
    const cookie = cookieOf(session);
    const answer = await ask(navUrl, { headers: cookie === undefined ? {} : { cookie } });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: -101,
      message: '账号未登录',
      data: { isLogin: false },
    });
  });
});

const logInUrl = 'https://passport.bilibili.com/stand-in/log-in';
const names = (lines: readonly string[]): string[] => lines.map((line) => line.split('=')[0] ?? '');
const cookieValue = (lines: readonly string[], name: string): string =>
  lines.find((line) => line.startsWith(`${name}=`))?.split(/[=;]/)[1] ?? '';

describe('log-in', () => {
  it('makes a session and sets its cookies as the site does', async () => {
    const { setCookie, body } = await ask(`${logInUrl}?uid=42&uname=${encodeURIComponent('某人')}`);
    const day = 24 * 60 * 60 * 1000;
    for (const line of setCookie) {
      expect(line).toMatch(
        /; Path=\/; Domain=\.bilibili\.com; Expires=[^;]+GMT(; HttpOnly; Secure)?$/,
      );
      const expires = Date.parse(/Expires=([^;]+)/.exec(line)?.[1] ?? '');
      expect(Math.round((expires - Date.now()) / day)).toBe(180);
    }
    expect(names(setCookie)).toEqual([
      'SESSDATA',
      'bili_jct',
      'DedeUserID',
      'DedeUserID__ckMd5',
      'sid',
      'buvid3',
      'b_nut',
    ]);
    expect(names(setCookie.filter((line) => /HttpOnly|Secure/.test(line)))).toEqual(['SESSDATA']);

    const session = standIn.session(cookieValue(setCookie, 'SESSDATA'));
    expect(session).toMatchObject({ uid: '42', uname: '某人', alive: true });
    expect(session && standIn.cookiesOf(session)).toEqual(setCookie);
    expect(body).toContain('42');
  });

  it.each([
    ['as it is', (sessdata: string) => sessdata],
    ['encoded', encodeURIComponent],
  ])('sends the cookies of a known session again, SESSDATA %s', async (_case, encode) => {
    const session = standIn.createSession();
    const { setCookie } = await ask(`${logInUrl}?sessdata=${encode(session.sessdata)}`);
    expect(cookieValue(setCookie, 'SESSDATA')).toBe(session.sessdata);
    expect(setCookie).toEqual(standIn.cookiesOf(session));
  });

  it('sets the four at biligame', async () => {
    const { setCookie } = await ask('https://passport.biligame.com/stand-in/log-in?uid=42');
    expect(names(setCookie)).toEqual(['SESSDATA', 'bili_jct', 'DedeUserID', 'DedeUserID__ckMd5']);
    expect(cookieValue(setCookie, 'DedeUserID')).toBe('42');
    for (const line of setCookie) expect(line).toContain('; Domain=.biligame.com;');
  });
});

describe('cross-domain', () => {
  const gone = [
    'SESSDATA=""; Domain=.biligame.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/; HttpOnly',
    'bili_jct=""; Domain=.biligame.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
    'DedeUserID=""; Domain=.biligame.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
    'DedeUserID__ckMd5=""; Domain=.biligame.com; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/',
  ];
  const home = 'https://www.bilibili.com/';

  it.each([
    [redirect(home), 302, home, gone],
    [redirect(home).replace('SESSDATA=&', 'SESSDATA=x&'), 302, home, []],
    [redirect('https://notbilibili.com/'), 200, undefined, gone],
    ['https://passport.biligame.com/crossDomain', 200, undefined, []],
  ])('%s → %i', async (address, status, location, setCookie) => {
    const answer = await ask(address);
    expect(answer).toMatchObject({ status, setCookie });
    expect(answer.headers.location).toBe(location);
  });
});

describe('routing', () => {
  it.each<[string, string, number, Route, string]>([
    ['GET', 'https://www.bilibili.com/', 200, 'site', 'id="link"'],
    ['GET', 'https://t.bilibili.com/', 200, 'site', '<h1>Stand-in for t.bilibili.com</h1>'],
    ['GET', 'https://passport.bilibili.com/login', 200, 'login-page', 'id="login"'],
    ['GET', 'https://i0.hdslb.com/bfs/face/stand-in-1.svg', 200, 'avatar', '<circle'],
    ['GET', 'https://www.bilibili.com/stand-in/worker.js', 200, 'worker', ''],
    ['POST', navUrl, 404, 'unknown', 'Not found'],
    ['GET', 'https://notbilibili.com/', 404, 'unknown', 'Not found'],
  ])('%s %s → %i %s', async (method, address, status, route, content) => {
    const answer = await ask(address, { method });
    expect(answer).toMatchObject({ status, complete: true });
    expect(answer.body).toContain(content);
    expect(standIn.requests.map((request) => request.route)).toEqual([route]);
  });

  it('shows the uid of a live session on the site', async () => {
    const session = standIn.createSession({ uid: '42' });
    const visit = () =>
      ask('https://www.bilibili.com/', { headers: { cookie: `SESSDATA=${session.sessdata}` } });
    expect((await visit()).body).toContain('<p id="account">42</p>');
    session.alive = false;
    expect((await visit()).body).toContain('<p id="account"></p>');
  });
});

describe('recording', () => {
  it('keeps what arrived', async () => {
    const session = standIn.createSession();
    const before = performance.now();
    await exitWith(session, {
      url: `${exitUrl}?a=1?2`,
      body: 'biliCSRF=字',
      headers: {
        host: 'Passport.Bilibili.com:8443',
        cookie: `SESSDATA=${session.sessdata}; a="=b"; SESSDATA=late; novalue; c=`,
      },
    });
    expect(standIn.requestsTo('nav')).toEqual([]);
    const [request, ...others] = standIn.requestsTo('exit');
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      route: 'exit',
      method: 'POST',
      host: 'passport.bilibili.com',
      path: '/login/exit/v2',
      query: 'a=1?2',
      body: 'biliCSRF=字',
      headers: { referer: 'https://www.bilibili.com/' },
    });
    expect(request?.session).toBe(session);
    expect([...(request?.cookies ?? [])]).toEqual([
      ['SESSDATA', session.sessdata],
      ['a', '"=b"'],
      ['c', ''],
    ]);
    expect(request?.at).toBeGreaterThan(before);
    expect(request?.at).toBeLessThan(performance.now());
  });

  it('tells when a count is reached, earlier arrivals included', async () => {
    const session = standIn.createSession();
    await navWith(session);
    const early = standIn.waitForRequests('nav', 1);
    const late = standIn.waitForRequests('nav', 3);
    expect(await early).toHaveLength(1);
    await Promise.all([ask('https://t.bilibili.com/'), navWith(session)]);
    let reached = false;
    void late.then(() => {
      reached = true;
    });
    expect(standIn.requestsTo('nav')).toHaveLength(2);
    await exitWith(session);
    expect(reached).toBe(false);
    await navWith(session);
    expect((await late).map((request) => request.route)).toEqual(['nav', 'nav', 'nav']);
  });

  it('forgets everything on reset', async () => {
    const session = standIn.createSession();
    standIn.script('nav', { status: 500 });
    await ask('https://t.bilibili.com/');
    const waiting = standIn.waitForRequests('nav', 1);
    standIn.reset();
    await expect(waiting).rejects.toThrow('reset after 0 of 1 requests to nav');
    expect(standIn.requests).toEqual([]);
    expect(standIn.session(session.sessdata)).toBeUndefined();
    const answer = await navWith(session);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body).code).toBe(-101);
  });
});

describe('faults', () => {
  const yes = '{"code":0,';
  const whole = expect.stringMatching(/^\{"code":0,.*\}\}$/);

  it.each<[string, Fault, Partial<Record<keyof Answer, unknown>>, boolean]>([
    ['status', { status: 503 }, { status: 503, setCookie: [], body: whole }, true],
    ['body', { body: '<html>' }, { status: 200, setCookie: [], body: '<html>' }, true],
    [
      'body with effect',
      { body: 'gibberish', effect: true },
      { status: 200, setCookie: captured, body: 'gibberish' },
      false,
    ],
    [
      'headers',
      { headers: { 'Content-Type': 'text/plain', 'X-More': '1' } },
      {
        setCookie: captured,
        body: whole,
        headers: expect.objectContaining({ 'content-type': 'text/plain', 'x-more': '1' }),
      },
      false,
    ],
    ['revoke: false', { revoke: false }, { setCookie: captured, body: whole }, true],
    ['deleteCookies: false', { deleteCookies: false }, { setCookie: [], body: whole }, false],
    [
      'deleteCookies: names',
      { deleteCookies: ['SESSDATA', 'bili_jct__ckMd5'] },
      { setCookie: [captured[0], captured[2], captured[9], captured[11]], body: whole },
      false,
    ],
  ])('%s', async (_case, fault, expected, alive) => {
    const session = standIn.createSession();
    standIn.script('exit', fault);
    const answer = await exitWith(session);
    expect(answer).toMatchObject({ ...expected, complete: true });
    expect(session.alive).toBe(alive);
    // Used up: the next request is answered as usual.
    const next = await exitWith(standIn.createSession());
    expect(next).toMatchObject({ status: 200, setCookie: captured, body: whole });
  });

  it('truncate: a complete reply with half of the body', async () => {
    const session = standIn.createSession();
    standIn.script('exit', { truncate: true });
    const { body, ...cut } = await exitWith(session);
    expect(cut).toMatchObject({ status: 200, setCookie: captured, complete: true });
    expect(cut.headers['content-length']).toBe(String(body.length));
    expect(body.startsWith(yes)).toBe(true);
    const full = (await exitWith(standIn.createSession())).body;
    expect(body).toHaveLength(Math.floor(full.length / 2));
    expect(session.alive).toBe(false);
  });

  it.each<['before-handling' | 'after-handling', boolean]>([
    ['before-handling', true],
    ['after-handling', false],
  ])('reset %s', async (reset, alive) => {
    const session = standIn.createSession();
    standIn.script('exit', { reset });
    await expect(exitWith(session)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(standIn.requestsTo('exit')).toHaveLength(1);
    expect(session.alive).toBe(alive);
  });

  it('reset mid-body: the headers and half of the body', async () => {
    const session = standIn.createSession();
    standIn.script('exit', { reset: 'mid-body' });
    const { body, ...cut } = await exitWith(session);
    expect(cut).toMatchObject({ status: 200, setCookie: captured, complete: false });
    expect(body).toHaveLength(Math.floor(Number(cut.headers['content-length']) / 2));
    expect(body.startsWith(yes)).toBe(true);
    expect(session.alive).toBe(false);
  });

  it('delayMs', async () => {
    const session = standIn.createSession();
    standIn.script('exit', { delayMs: 60 });
    const asked = performance.now();
    const answer = await exitWith(session);
    // A timer may fire a fraction of a millisecond early.
    expect(performance.now() - asked).toBeGreaterThanOrEqual(59);
    expect(answer.body.startsWith(yes)).toBe(true);
  });

  it('hold: no effect and no answer until it settles', async () => {
    const session = standIn.createSession();
    let release = () => {};
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    standIn.script('exit', { hold });
    const settled: string[] = [];
    const held = exitWith(session).finally(() => settled.push('exit'));
    await standIn.waitForRequests('exit', 1);
    // Others are answered meanwhile, and see the session alive.
    expect(JSON.parse((await navWith(session)).body).code).toBe(0);
    expect(settled).toEqual([]);
    release();
    expect((await held).body.startsWith(yes)).toBe(true);
    expect(session.alive).toBe(false);
  });

  it.each<[string, Fault, boolean]>([
    ['hang', { hang: true }, true],
    ['hang with effect', { hang: true, effect: true }, false],
  ])('reset() ends: %s', async (_case, fault, alive) => {
    const session = standIn.createSession();
    standIn.script('exit', fault);
    const settled: string[] = [];
    const hanging = exitWith(session).finally(() => settled.push('exit'));
    const failed = expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' });
    await standIn.waitForRequests('exit', 1);
    expect(JSON.parse((await navWith(session)).body).data.isLogin).toBe(alive);
    expect(settled).toEqual([]);
    standIn.reset();
    await failed;
    expect(session.alive).toBe(alive);
  });

  it('are used in order, one per request, and only by their route', async () => {
    const session = standIn.createSession();
    standIn.script('nav', { status: 501 }, {}, { status: 503 });
    standIn.script('nav', { status: 504 });
    expect((await ask('https://t.bilibili.com/')).status).toBe(200);
    const statuses: (number | undefined)[] = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await navWith(session)).status);
    expect(statuses).toEqual([501, 200, 503, 504, 200]);
  });
});

describe('the server', () => {
  const connectTo = (host: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect({ host, port: standIn.port });
      socket.once('connect', () => {
        socket.destroy();
        resolve('connected');
      });
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'no code'));
    });

  // 127.0.0.2 and ::1 would answer if the server listened on every address.
  it.each([
    ['127.0.0.1', /^connected$/],
    ['127.0.0.2', /^(ECONNREFUSED|EADDRNOTAVAIL)$/],
    ['::1', /^(ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH|EAFNOSUPPORT)$/],
  ])('listens on 127.0.0.1 alone: %s', async (host, expected) => {
    expect(await connectTo(host)).toMatch(expected);
  });

  it('closes with a hanging request, a silent connection and somebody waiting', async () => {
    const other = await startStandIn();
    other.script('nav', { hang: true });
    const hanging = expect(ask(navUrl, {}, other.port)).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    const waiting = expect(other.waitForRequests('exit', 1)).rejects.toThrow('closed');
    // Connected, but never says a word of TLS.
    const silent = connect({ host: '127.0.0.1', port: other.port });
    silent.on('error', () => {});
    const silentEnd = new Promise((resolve) => silent.once('close', resolve));
    silent.resume();
    await new Promise((resolve) => silent.once('connect', resolve));
    await other.waitForRequests('nav', 1);

    await other.close();
    await Promise.all([hanging, waiting, silentEnd, other.close()]);
    await expect(ask(navUrl, {}, other.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
