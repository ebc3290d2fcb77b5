import {
  accountCookiesOf,
  allFour,
  expect,
  gate,
  layCookies,
  logIn,
  openLoggedIn,
  removeCookie,
  setCookie,
  test,
  theFour,
} from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';
import type { Fault, Route } from '../../stand-in/index.ts';

const loginPage: Fault = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>Log in</title>',
};
const json = (body: unknown, status = 200): Fault => ({ status, body: JSON.stringify(body) });
const unclear: Fault = { status: 500 };

test.describe('good endings', () => {
  test('logged-out, proven', async ({ extension, standIn }) => {
    const session = await logIn(extension, standIn);
    const popup = await openLoggedIn(extension, session);
    await popup.press('log-out');
    const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    expect(shown.view).toBe('finished');
    expect(shown.fates).toEqual(allFour('deleted-by-server'));
    expect(session.alive).toBe(false);
    expect(await accountCookiesOf(extension)).toEqual([]);
  });

  test('logged-out, unknown: the proof has no clear answer', { tag: '@all' }, async ({
    extension,
    standIn,
  }) => {
    const session = await logIn(extension, standIn);
    const popup = await openLoggedIn(extension, session);
    standIn.script('nav', unclear);
    await popup.press('log-out');
    await popup.waitFor({ outcome: 'logged-out', revocation: 'unknown' });
    expect(session.alive).toBe(false);
  });

  test('logged-out, still-alive: the server said yes and did nothing', { tag: '@once' }, async ({
    extension,
    standIn,
  }) => {
    const session = await logIn(extension, standIn);
    const popup = await openLoggedIn(extension, session);
    standIn.script('exit', { revoke: false });
    await popup.press('log-out');
    const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'still-alive' });
    expect(shown.text).toContain('change your Bilibili password');
    const [, first, second] = standIn.requestsTo('nav');
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(2_000);
    expect(session.alive).toBe(true);
  });

  test('already-logged-out: leftovers without SESSDATA go, no request', async ({
    extension,
    standIn,
  }) => {
    await logIn(extension, standIn);
    await removeCookie(extension, 'SESSDATA');
    const popup = await openPopup(extension);
    await popup.waitFor({ view: 'logged-out' });
    await popup.press('log-out');
    const shown = await popup.waitFor({ view: 'finished', outcome: 'already-logged-out' });
    expect(shown.fates).toEqual({ ...allFour('removed-by-extension'), SESSDATA: 'absent' });
    expect(standIn.requestsTo('exit')).toEqual([]);
    expect(standIn.requestsTo('nav')).toEqual([]);
    expect(await accountCookiesOf(extension)).toEqual([]);
  });

  const deadSessionReplies: [string, Fault | undefined][] = [
    ['the login page', undefined],
    ['code −101', json({ code: -101, message: '账号未登录' })],
    [
      'a redirect to the login page',
      { status: 302, headers: { location: 'https://passport.bilibili.com/login' }, body: '' },
    ],
  ];
  for (const [name, fault] of deadSessionReplies) {
    const tag = { 'code −101': '@all', 'the login page': '@once' }[name] ?? [];
    test(`session-expired: ${name}, and the probe says dead`, { tag }, async ({
      extension,
      standIn,
    }) => {
      const session = await logIn(extension, standIn);
      const popup = await openLoggedIn(extension, session);
      session.alive = false;
      if (fault) standIn.script('exit', fault);
      await popup.press('log-out');
      const shown = await popup.waitFor({ view: 'finished', outcome: 'session-expired' });
      expect(shown.fates).toEqual(allFour('removed-by-extension'));
      expect(standIn.requestsTo('login-page'), 'the redirect is not followed').toEqual([]);
      expect(await accountCookiesOf(extension)).toEqual([]);
    });
  }

  test('removed-locally: only this browser, nothing asked of the server', async ({
    extension,
    standIn,
  }) => {
    const session = await logIn(extension, standIn);
    const popup = await openLoggedIn(extension, session);
    await popup.removeLocally();
    const shown = await popup.waitFor({ view: 'finished', outcome: 'removed-locally' });
    expect(shown.fates).toEqual(allFour('removed-by-extension'));
    expect(standIn.requestsTo('exit')).toEqual([]);
    expect(session.alive).toBe(true);
    expect(await accountCookiesOf(extension)).toEqual([]);
  });

  test('a connection lost before the server acted is retried once', async ({
    extension,
    standIn,
  }) => {
    const session = await logIn(extension, standIn);
    const popup = await openLoggedIn(extension, session);
    standIn.script('exit', { reset: 'before-handling' });
    await popup.press('log-out');
    await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    expect(standIn.requestsTo('exit')).toHaveLength(2);
  });

  for (const reset of ['after-handling', 'mid-body'] as const) {
    test(`a connection lost ${reset} is retried and judged`, async ({ extension, standIn }) => {
      const session = await logIn(extension, standIn);
      const popup = await openLoggedIn(extension, session);
      standIn.script('exit', { reset });
      await popup.press('log-out');
      await popup.waitFor({ view: 'finished', outcome: 'session-expired' });
      expect(standIn.requestsTo('exit')).toHaveLength(2);
      expect(session.alive).toBe(false);
      expect(await accountCookiesOf(extension)).toEqual([]);
    });
  }

  test('a token that changed meanwhile is read afresh, once', { tag: '@once' }, async ({
    extension,
    standIn,
  }) => {
    const session = await logIn(extension, standIn);
    const token = { url: 'https://www.bilibili.com/', domain: '.bilibili.com', name: 'bili_jct' };
    await setCookie(extension, { ...token, value: 'stale' });
    const popup = await openLoggedIn(extension, session);
    const { hold, open } = gate();
    standIn.script('exit', { hold });
    await popup.press('log-out');
    await standIn.waitForRequests('exit', 1);
    await setCookie(extension, { ...token, value: session.biliJct });
    open();
    await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    expect(standIn.requestsTo('exit').map(({ body }) => body)).toEqual([
      'biliCSRF=stale',
      `biliCSRF=${session.biliJct}`,
    ]);
  });
});

interface Failure {
  readonly name: string;
  readonly outcome: string;
  readonly faults: Partial<Record<Route, readonly Fault[]>>;
  readonly says?: string;
  readonly posts?: number;
}

/** Once of the request as the browser sends it, and once of it with the cookies attached. */
const csrfRefused = json({ code: 2202, message: 'csrf' });

const failures: readonly Failure[] = [
  {
    name: 'no answer',
    outcome: 'timeout',
    faults: { exit: [{ hang: true }] },
    says: 'did not answer in time',
  },
  {
    name: 'truncated JSON',
    outcome: 'unexpected-reply',
    faults: { exit: [{ truncate: true, status: 200 }] },
  },
];

/** More of what the tables of `src/core/reply.test.ts` and `revoke.test.ts` have, through a whole browser. */
const moreFailures: readonly Failure[] = [
  {
    name: 'a huge reply',
    outcome: 'unexpected-reply',
    faults: { exit: [json({ code: 0, filler: 'x'.repeat(2_000_000) })] },
  },
  {
    name: 'code 2202',
    outcome: 'csrf-rejected',
    faults: { exit: [csrfRefused, csrfRefused] },
    posts: 2,
    says: 'code 2202',
  },
  {
    name: 'the login page though the session lives',
    outcome: 'unexpected-reply',
    faults: { exit: [loginPage, loginPage] },
    says: 'answered with a web page',
    posts: 2,
  },
  {
    name: 'HTTP 412',
    outcome: 'blocked',
    faults: { exit: [{ ...loginPage, status: 412 }] },
    says: '30 to 60 minutes',
  },
  {
    name: 'HTTP 429',
    outcome: 'rate-limited',
    faults: { exit: [{ status: 429, headers: { 'retry-after': '90' }, body: '' }] },
    says: 'in 90 seconds',
  },
  {
    name: 'HTTP 503',
    outcome: 'server-error',
    faults: { exit: [{ status: 503, body: '' }] },
    says: 'HTTP 503',
  },
  {
    name: 'code −2202',
    outcome: 'csrf-rejected',
    faults: { exit: [json({ code: -2202, message: 'csrf' }), csrfRefused] },
    posts: 2,
  },
  { name: 'HTTP 403', outcome: 'blocked', faults: { exit: [json({ code: -403 }, 403)] } },
  { name: 'code −412', outcome: 'blocked', faults: { exit: [json({ code: -412 })] } },
  { name: 'code −352', outcome: 'blocked', faults: { exit: [json({ code: -352 })] } },
  { name: 'code −351', outcome: 'blocked', faults: { exit: [json({ code: -351 })] } },
  { name: 'the string "0"', outcome: 'unexpected-reply', faults: { exit: [json({ code: '0' })] } },
  {
    name: 'code 0 with status false',
    outcome: 'unexpected-reply',
    faults: { exit: [json({ code: 0, status: false })] },
  },
  {
    name: 'an unknown code',
    outcome: 'unexpected-reply',
    faults: { exit: [json({ code: 86_000, message: 'please hold' })] },
    says: 'code 86000',
  },
  {
    name: 'the login page and no clear word about the session',
    outcome: 'unexpected-reply',
    faults: { exit: [loginPage, loginPage], nav: [unclear, unclear] },
    says: 'answered with a web page',
    posts: 2,
  },
  {
    name: 'code −101 and no clear word about the session',
    outcome: 'unexpected-reply',
    faults: { exit: [json({ code: -101 }), json({ code: -101 })], nav: [unclear, unclear] },
    says: 'answer is in doubt',
    posts: 2,
  },
  {
    name: 'risk control’s page with HTTP 200',
    outcome: 'blocked',
    faults: {
      exit: [{ ...loginPage, body: '由于触发哔哩哔哩安全风控策略，该次访问请求被拒绝。' }],
    },
    says: '30 to 60 minutes',
  },
];

test.describe('failures leave the jar as it was', () => {
  for (const failure of [...failures, ...moreFailures]) {
    const { name, outcome, faults, says = '', posts = 1 } = failure;
    const tag = moreFailures.includes(failure) ? ['@all'] : [];
    test(`${outcome}: ${name}`, { tag }, async ({ extension, standIn }) => {
      const session = await logIn(extension, standIn);
      const popup = await openLoggedIn(extension, session);
      for (const [route, list] of Object.entries(faults)) standIn.script(route as Route, ...list);
      await popup.press('log-out');
      const shown = await popup.waitFor({ view: 'failed' });
      expect(shown.outcome).toBe(outcome);
      expect(shown.fates).toEqual(allFour('remaining'));
      expect(shown.actions).toEqual(['retry', 'remove-local']);
      expect(shown.text).toContain(says);
      expect(standIn.requestsTo('exit')).toHaveLength(posts);
      expect(session.alive).toBe(true);
      expect(await accountCookiesOf(extension)).toEqual(theFour);
    });
  }

  test('no-csrf-token: nothing is sent or removed', { tag: '@once' }, async ({
    extension,
    standIn,
  }) => {
    const session = await logIn(extension, standIn);
    await removeCookie(extension, 'bili_jct');
    const popup = await openLoggedIn(extension, session);
    await popup.press('log-out');
    const shown = await popup.waitFor({ view: 'failed', outcome: 'no-csrf-token' });
    expect(shown.actions).toContain('remove-local');
    expect(standIn.requestsTo('exit')).toEqual([]);
    expect(await accountCookiesOf(extension)).toEqual(theFour.filter((n) => n !== 'bili_jct'));
  });

  test('the server gone: offline, and a retry succeeds', { tag: '@all' }, async ({
    extension,
    standIn,
  }) => {
    const session = await logIn(extension, standIn);
    const popup = await openLoggedIn(extension, session);
    // Chromium repeats by itself what it sent over the connection that the popup had made ready.
    standIn.script('exit', ...Array(4).fill({ reset: 'before-handling' }));
    await popup.press('log-out');
    const shown = await popup.waitFor({ view: 'failed', outcome: 'offline' });
    expect(shown.fates).toEqual(allFour('remaining'));
    expect(shown.actions).toEqual(['retry', 'remove-local']);
    expect(shown.text).toContain('Check the network');
    expect(await accountCookiesOf(extension)).toEqual(theFour);
    standIn.unscript();
    await popup.press('retry');
    await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  });

  test('only this browser is offered beside a failure, and works', { tag: '@once' }, async ({
    extension,
    standIn,
  }) => {
    const session = await logIn(extension, standIn);
    const popup = await openLoggedIn(extension, session);
    standIn.script('exit', { status: 503, body: '' });
    await popup.press('log-out');
    await popup.waitFor({ view: 'failed', outcome: 'server-error' });
    await popup.removeLocally();
    await popup.waitFor({ view: 'finished', outcome: 'removed-locally' });
    expect(session.alive).toBe(true);
  });

  test('the server’s own words are not shown, whatever they repeat', { tag: '@all' }, async ({
    extension,
    standIn,
  }) => {
    const session = await logIn(extension, standIn);
    const popup = await openLoggedIn(extension, session);
    standIn.script('exit', json({ code: 5, message: `bad ${session.biliJct}` }));
    await popup.press('log-out');
    const shown = await popup.waitFor({ view: 'failed', outcome: 'unexpected-reply' });
    expect(shown.text).toContain('code 5');
    expect(shown.text).not.toContain('bad');
  });
});

test('two log-ins in one jar: one log-out ends both, and proves both', { tag: '@once' }, async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  const other = standIn.createSession();
  await layCookies(extension, other, { url: 'https://www.bilibili.com/' });
  const popup = await openLoggedIn(extension, session);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect([session.alive, other.alive]).toEqual([false, false]);
  expect(await accountCookiesOf(extension)).toEqual([]);
});

test('a further living session without a token keeps its id; once dead, it goes', {
  tag: '@once',
}, async ({ extension, standIn }) => {
  const session = await logIn(extension, standIn);
  const other = standIn.createSession();
  await setCookie(extension, {
    url: 'https://www.bilibili.com/',
    name: 'SESSDATA',
    value: other.sessdata,
    secure: true,
  });
  const popup = await openLoggedIn(extension, session);
  await popup.press('log-out');
  const shown = await popup.waitFor({ view: 'failed', outcome: 'no-csrf-token' });
  expect(shown.text).toContain('Another log-in in this window has been ended');
  expect(session.alive).toBe(false);
  expect(other.alive).toBe(true);
  expect(await accountCookiesOf(extension)).toEqual(['SESSDATA']);

  other.alive = false;
  await popup.press('retry');
  await popup.waitFor({ view: 'finished', outcome: 'session-expired' });
  expect(await accountCookiesOf(extension)).toEqual([]);
});

test('no-access: nothing is sent or removed', async ({ extension, standIn }) => {
  const session = await logIn(extension, standIn);
  const popup = await openLoggedIn(extension, session);
  const before = await accountCookiesOf(extension);
  await extension.withdrawAccess();
  const shown = await popup.waitFor({ view: 'no-access' });
  expect(shown.actions).toEqual(['grant-access']);
  expect(shown.text).not.toContain(session.uid);
  const outcome = await extension.inExtension(async () => {
    const [storeId] = (await chrome.cookies.getAllCookieStores()).map(({ id }) => id);
    await chrome.runtime.sendMessage({ type: 'log-out', storeId, mode: 'server' });
    return new Promise<string | undefined>((resolve) => {
      const look = async () => {
        const [record] = Object.values(await chrome.storage.session.get(null)) as {
          state: { phase: string; outcome?: { kind: string } };
        }[];
        if (record?.state.phase === 'ended') resolve(record.state.outcome?.kind);
      };
      // Listens before it looks: between the two, the end would be missed.
      chrome.storage.session.onChanged.addListener(look);
      void look();
    });
  }, null);
  expect(outcome).toBe('no-access');
  expect(standIn.requestsTo('exit')).toEqual([]);
  expect(session.alive).toBe(true);
  await extension.giveAccessBack();
  await popup.waitFor({ view: 'logged-in' });
  expect(await accountCookiesOf(extension)).toEqual(before);
});
