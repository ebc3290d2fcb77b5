import type { Fault } from './faults.ts';
import { avatar, loginPage, notePage, sitePage } from './pages.ts';
import type { RecordedRequest, Route } from './requests.ts';
import {
  accountCookies,
  createSession,
  type Session,
  type SessionOptions,
  type Sessions,
} from './sessions.ts';

/** What a route would answer; nothing has happened yet. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Set-Cookie lines. */
  readonly cookies?: readonly string[];
  /** What the server does besides answering. */
  readonly effect?: () => void;
}

/** What the routes know of the server around them. */
export interface RouteContext {
  readonly sessions: Sessions;
  cookiesOf(session: Session): readonly string[];
}

const origin = 'https://www.bilibili.com';

const exact: ReadonlyMap<string, Route> = new Map([
  ['api.bilibili.com/x/web-interface/nav', 'nav'],
  ['passport.bilibili.com/login', 'login-page'],
  ['passport.bilibili.com/stand-in/log-in', 'log-in'],
  ['passport.biligame.com/crossDomain', 'cross-domain'],
  ['passport.biligame.com/stand-in/log-in', 'biligame-log-in'],
]);

const isWithin = (host: string, domain: string): boolean =>
  host === domain || host.endsWith(`.${domain}`);

/** Which route a request belongs to. */
export function routeOf(method: string, host: string, path: string): Route {
  if (host === 'passport.bilibili.com' && path === '/login/exit/v2') return 'exit';
  if (method !== 'GET') return 'unknown';
  const route = exact.get(host + path);
  if (route) return route;
  if (path === '/stand-in/worker.js') return 'worker';
  // The API host has no pages: a mistyped address there has to fail.
  if (host === 'api.bilibili.com') return 'unknown';
  if (isWithin(host, 'bilibili.com')) return 'site';
  return host.endsWith('.hdslb.com') ? 'avatar' : 'unknown';
}

const html = (body: string, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body,
});

const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8' },
  body: JSON.stringify(value),
});

// source: SocialSisterYi/bilibili-API-collect, docs/login/exit.md
const expired = 'Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/';

const deletion = (name: string, domain: string): string =>
  `${name}=""; Domain=${domain}; ${expired}${name === 'SESSDATA' ? '; HttpOnly' : ''}`;

// In the captured order. source: SocialSisterYi/bilibili-API-collect, docs/login/exit.md
function deletions(wanted: (name: string) => boolean): readonly string[] {
  return ['SESSDATA', 'DedeUserID', 'bili_jct'].flatMap((name) =>
    ['.bilibili.com', '""'].flatMap((domain) =>
      [name, `${name}__ckMd5`].filter(wanted).map((each) => deletion(each, domain)),
    ),
  );
}

/** Harsher than needed: another account's number beside the session id makes it nobody's. */
function liveSession({ session, cookies }: RecordedRequest): Session | undefined {
  const uid = cookies.get('DedeUserID');
  const isMixed = uid !== undefined && session !== undefined && uid !== session.uid;
  return session?.alive && !isMixed ? session : undefined;
}

// source: SocialSisterYi/bilibili-API-collect, docs/login/exit.md. That a foreign Origin is
// refused is known from other clients; how it is refused is not, and made up here.
function exit(request: RecordedRequest, fault: Fault): Reply {
  const { headers, cookies } = request;
  if (request.method !== 'POST') {
    const refusal = json({ code: -405, message: 'Method Not Allowed' }, 405);
    return { ...refusal, headers: { ...refusal.headers, allow: 'POST' } };
  }
  if (headers.origin !== origin || !headers.referer?.startsWith(`${origin}/`)) {
    return json({ code: -403, message: '访问权限不足' }, 403);
  }
  const contentType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== 'application/x-www-form-urlencoded') {
    return json({ code: -400, message: '请求错误' });
  }

  const session = liveSession(request);
  const biliJct = cookies.get('bili_jct');
  if (!session || !biliJct || cookies.get('DedeUserID') !== session.uid) return html(loginPage());

  const form = new URLSearchParams(request.body);
  const ts = Math.floor(Date.now() / 1000);
  if (form.get('biliCSRF') !== biliJct || biliJct !== session.biliJct) {
    return json({ code: 2202, status: false, ts, message: 'csrf 校验失败' });
  }

  const gourl = encodeURIComponent(form.get('gourl') ?? `${origin}/`);
  const redirectUrl =
    'https://passport.biligame.com/crossDomain' +
    `?DedeUserID=&DedeUserID__ckMd5=&SESSDATA=&bili_jct=&gourl=${gourl}`;
  const { deleteCookies = true } = fault;
  return {
    ...json({ code: 0, status: true, ts, data: { redirectUrl } }),
    cookies: deletions((name) =>
      typeof deleteCookies === 'boolean' ? deleteCookies : deleteCookies.includes(name),
    ),
    effect: () => {
      if (fault.revoke !== false) session.alive = false;
    },
  };
}

// source: SocialSisterYi/bilibili-API-collect, docs/login/login_info.md
function nav(request: RecordedRequest): Reply {
  const session = liveSession(request);
  // The real answer carries these with and without a session.
  const wbi_img = {
    img_url: 'https://i0.hdslb.com/bfs/wbi/0123456789abcdef0123456789abcdef.png',
    sub_url: 'https://i0.hdslb.com/bfs/wbi/fedcba9876543210fedcba9876543210.png',
  };
  const value = session
    ? {
        code: 0,
        message: '0',
        ttl: 1,
        data: {
          isLogin: true,
          email_verified: 1,
          face: `https://i0.hdslb.com/bfs/face/stand-in-${session.uid}.svg`,
          level_info: { current_level: 4, current_min: 4500, current_exp: 6021, next_exp: 10800 },
          mid: Number(session.uid),
          mobile_verified: 1,
          money: 172.4,
          moral: 70,
          uname: session.uname,
          vipDueDate: 0,
          vipStatus: 0,
          vipType: 0,
          wallet: { mid: Number(session.uid), bcoin_balance: 0, coupon_balance: 0 },
          has_shop: false,
          is_senior_member: 0,
          wbi_img,
          is_jury: false,
        },
      }
    : { code: -101, message: '账号未登录', ttl: 1, data: { isLogin: false, wbi_img } };
  return { ...json(value), headers: { 'content-type': 'application/json; charset=utf-8' } };
}

function optionsFrom(query: URLSearchParams): SessionOptions {
  return { uid: query.get('uid') || undefined, uname: query.get('uname') || undefined };
}

// A SESSDATA is percent-encoded by itself, so a query may carry it encoded once or twice.
function findSession(sessions: Sessions, sessdata: string): Session | undefined {
  const encoded = encodeURIComponent(sessdata).replaceAll('*', '%2A');
  return sessions.find(sessdata) ?? sessions.find(encoded);
}

function logIn(request: RecordedRequest, { sessions, cookiesOf }: RouteContext): Reply {
  const query = new URLSearchParams(request.query);
  const sessdata = query.get('sessdata');
  const session = sessdata ? findSession(sessions, sessdata) : createSession(optionsFrom(query));
  if (!session) return html(notePage('No such session', 'The stand-in does not know it.'), 404);
  return {
    ...html(notePage('Logged in', session.uid)),
    cookies: cookiesOf(session),
    effect: () => sessions.add(session),
  };
}

function crossDomain(request: RecordedRequest): Reply {
  const query = new URLSearchParams(request.query);
  const names = ['SESSDATA', 'bili_jct', 'DedeUserID', 'DedeUserID__ckMd5'];
  const cookies = names.every((name) => query.get(name) === '')
    ? names.map((name) => deletion(name, '.biligame.com'))
    : [];
  const gourl = query.get('gourl');
  const target = gourl !== null && URL.canParse(gourl) ? new URL(gourl) : undefined;
  if (target?.protocol === 'https:' && isWithin(target.hostname, 'bilibili.com')) {
    return { status: 302, headers: { location: target.href }, body: '', cookies };
  }
  return { ...html(notePage('crossDomain', 'Nowhere to go on to.')), cookies };
}

function biligameLogIn(request: RecordedRequest): Reply {
  const session = createSession(optionsFrom(new URLSearchParams(request.query)));
  return {
    ...html(notePage('Logged in at biligame', session.uid)),
    cookies: accountCookies(session, '.biligame.com'),
  };
}

/** The reply to a request, as far as it does not depend on a fault's own status and body. */
export function replyTo(request: RecordedRequest, fault: Fault, context: RouteContext): Reply {
  switch (request.route) {
    case 'exit':
      return exit(request, fault);
    case 'nav':
      return nav(request);
    case 'login-page':
      return html(loginPage());
    case 'log-in':
      return logIn(request, context);
    case 'site':
      return html(sitePage(request.host, liveSession(request)?.uid));
    case 'cross-domain':
      return crossDomain(request);
    case 'biligame-log-in':
      return biligameLogIn(request);
    case 'avatar':
      return { status: 200, headers: { 'content-type': 'image/svg+xml' }, body: avatar() };
    case 'worker':
      return { status: 200, headers: { 'content-type': 'text/javascript' }, body: '' };
    case 'unknown':
      return html(notePage('Not found', request.path), 404);
  }
}
