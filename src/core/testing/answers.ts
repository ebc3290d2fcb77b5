import type { Answer, Reply } from '../reply.ts';

/** Thursday, 1 January 2026, noon in UTC. */
export const noon = Date.UTC(2026, 0, 1, 12);

export function reply(parts: Partial<Reply> = {}): Reply {
  return {
    kind: 'reply',
    status: 200,
    contentType: 'application/json; charset=utf-8',
    retryAfter: undefined,
    body: '',
    complete: true,
    receivedAt: noon,
    ...parts,
  };
}

export function json(body: unknown, parts: Partial<Reply> = {}): Reply {
  return reply({ body: JSON.stringify(body), ...parts });
}

export const yes = json({
  code: 0,
  status: true,
  ts: 1767268800,
  data: { redirectUrl: 'https://passport.biligame.com/crossDomain?x=1' },
});
export const loginPage = reply({
  contentType: 'text/html; charset=utf-8',
  body: '<!doctype html><title>Log in</title>',
});
export const csrfRejected = json({ code: 2202, message: 'csrf' });
export const navAlive = json({ code: 0, data: { isLogin: true, uname: 'Somebody' } });
export const navDead = json({ code: -101, message: '账号未登录', data: { isLogin: false } });
export const lost: Answer = { kind: 'lost' };
export const timedOut: Answer = { kind: 'timeout' };
