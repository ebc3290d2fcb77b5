import type { Fault } from '../stand-in/index.ts';

// Everything a server may say or leave unsaid, by name: a plan holds the names.

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };
const htmlHeaders = { 'content-type': 'text/html; charset=utf-8' };
const json = (value: unknown, status = 200): Fault => ({
  status,
  headers: jsonHeaders,
  body: JSON.stringify(value),
});
const page = (text: string, status = 200): Fault => ({
  status,
  headers: htmlHeaders,
  body: `<!doctype html><title>${text}</title><p>${text}</p>`,
});

const yes = { code: 0, status: true, ts: 1, data: {} };
const dead = { code: -101, message: '账号未登录', data: { isLogin: false } };
const captcha = page('请完成验证 captcha');
const maintenance = page('系统维护中');
const loginPage = page('Log in');
const riskPage = page('412 Precondition Failed', 412);
const nonsense: Fault = { status: 200, headers: jsonHeaders, body: '{"code":' };
const array = json([0]);
const redirect: Fault = { status: 302, headers: { location: 'https://www.bilibili.com/' } };
/** More than anybody should read of it. */
const padding = ' '.repeat(300 * 1024);

/** What the exit endpoint may do with a request. */
export const exitReplies = {
  honest: {},
  // Lies.
  'yes, nothing revoked': { revoke: false },
  'yes, nothing revoked or deleted': { revoke: false, deleteCookies: false },
  'yes, nothing deleted': { deleteCookies: false },
  'yes, SESSDATA stays': { deleteCookies: ['bili_jct', 'DedeUserID', 'DedeUserID__ckMd5'] },
  'yes, only SESSDATA goes': { deleteCookies: ['SESSDATA'] },
  'yes, nothing done': json(yes),
  '-101': json(dead),
  'login page': loginPage,
  redirect,
  // Lost.
  'cut before': { reset: 'before-handling' },
  'cut after the revocation': { reset: 'after-handling' },
  'cut in the body': { reset: 'mid-body' },
  'half a body': { truncate: true },
  hang: { hang: true },
  'hang after the revocation': { hang: true, effect: true },
  // No.
  captcha,
  maintenance,
  '412': riskPage,
  '412 after the revocation': { ...riskPage, effect: true, deleteCookies: false },
  '-412': json({ code: -412, message: '请求被拦截' }),
  '403': page('Forbidden', 403),
  '429': { ...page('Too many', 429), headers: { ...htmlHeaders, 'retry-after': '60' } },
  '500': page('Internal Server Error', 500),
  '502 after the revocation': { ...page('Bad Gateway', 502), effect: true },
  '503': json({ code: -503, message: '过载保护' }, 503),
  '2202': json({ code: 2202, status: false, message: 'csrf 校验失败' }),
  '-2202': json({ code: -2202, message: 'csrf' }),
  // Nonsense.
  nonsense,
  array,
  empty: { status: 200, headers: jsonHeaders, body: '' },
  'code "0"': json({ code: '0', status: true }),
  'code 0, status false': json({ code: 0, status: false }),
  'yes as text': { status: 200, headers: { 'content-type': 'text/plain' }, body: '{"code":0}' },
  'yes as 201': json(yes, 201),
  'huge yes': { ...json(yes), body: `${padding}${JSON.stringify(yes)}` },
  'huge yes after the revocation': {
    ...json(yes),
    body: `${padding}${JSON.stringify(yes)}`,
    effect: true,
  },
} satisfies Record<string, Fault>;
export type ExitReply = Extract<keyof typeof exitReplies, string>;

/** What the nav address may do with a question. */
export const navReplies = {
  honest: {},
  // Lies.
  'dead, whoever asks': json(dead),
  'not logged in, whoever asks': json({ code: 0, data: { isLogin: false } }),
  'alive, whoever asks': json({ code: 0, data: { isLogin: true, mid: 1, uname: 'Somebody' } }),
  // Nothing that tells.
  'cut before': { reset: 'before-handling' },
  'cut in the body': { reset: 'mid-body' },
  'half a body': { truncate: true },
  hang: { hang: true },
  captcha,
  '412': riskPage,
  '-352': json({ code: -352, message: '风控校验失败' }),
  '-101 as 500': json(dead, 500),
  '500': page('Internal Server Error', 500),
  '-101 but logged in': json({ code: -101, data: { isLogin: true } }),
  nonsense,
  array,
  redirect,
  'huge dead': { ...json(dead), body: `${padding}${JSON.stringify(dead)}` },
} satisfies Record<string, Fault>;
export type NavReply = keyof typeof navReplies;
