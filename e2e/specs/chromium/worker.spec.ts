import { beginning, type Progress } from '../../../src/core/order.ts';
import type { ChromiumBrowser } from '../../browsers/chromium.ts';
import {
  accountCookiesOf,
  alarmsOf,
  bringAlarmForward,
  expect,
  gate,
  layCookies,
  logIn,
  logInUrl,
  openLoggedIn,
  readState,
  setCookie,
  test,
  theFour,
} from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';

test('ten triggers at once from all entry points send one POST', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const popup = await openLoggedIn(chromium, session);
  const { hold, open } = gate();
  standIn.script('exit', { hold });
  const [pressed] = await Promise.all([
    // Four popups' worth of presses: once one of them works, none has the button any more.
    chromium.inExtension(
      (request) => Promise.all([1, 2, 3, 4].map(() => chrome.runtime.sendMessage(request))),
      { type: 'log-out', storeId: '0', mode: 'server' },
    ),
    ...[1, 2, 3].map(() => chromium.trigger('shortcut')),
    ...[1, 2, 3].map(() => chromium.trigger('context-menu')),
  ]);
  expect(pressed).toEqual(Array(4).fill({ ok: true, value: null }));
  await popup.waitFor({ view: 'working', step: 'revoke' });
  open();
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(standIn.requestsTo('exit')).toHaveLength(1);
});

test('the popup shows the steps, and closing it changes nothing', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const popup = await openLoggedIn(chromium, session);
  const exit = gate();
  const proof = gate();
  standIn.script('exit', { hold: exit.hold });
  standIn.script('nav', { hold: proof.hold });
  await popup.press('log-out');
  await popup.waitFor({ view: 'working', step: 'revoke' });
  await popup.close();

  const reopened = await openPopup(chromium);
  await reopened.waitFor({ view: 'working', step: 'revoke' });
  exit.open();
  const shown = await reopened.waitFor({ view: 'finished', outcome: 'logged-out' });
  expect(shown.revocation, 'the outcome is shown before the proof').toBeUndefined();
  await reopened.close();

  proof.open();
  const again = await openPopup(chromium);
  await again.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(standIn.requestsTo('exit')).toHaveLength(1);

  await logIn(chromium, standIn);
  await again.waitFor({ view: 'logged-in' });
});

test('a failure gives way to a new session, and to a session gone by other ways', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  const popup = await openLoggedIn(chromium, session);
  standIn.script('exit', { status: 503 });
  await popup.press('log-out');
  await popup.waitFor({ view: 'failed', outcome: 'server-error' });
  await logIn(chromium, standIn);
  await popup.waitFor({ view: 'logged-in' });
  standIn.script('exit', { status: 503 });
  await popup.press('log-out');
  await popup.waitFor({ view: 'failed', outcome: 'server-error' });
  await chromium.context.clearCookies();
  await popup.waitFor({ view: 'logged-out' });
});

test('with the button out of sight, a log-out opens the popup once', async ({
  chromium,
  standIn,
}) => {
  await logIn(chromium, standIn);
  const openings = await chromium.countOpenings();
  await chromium.trigger('shortcut');
  await expect.poll(() => accountCookiesOf(chromium)).toEqual([]);
  await standIn.waitForRequests('nav', 1);
  await expect
    .poll(() => chromium.inExtension(() => chrome.alarms.getAll(), null), 'all is done')
    .toEqual([]);
  expect(await openings()).toBe(1);
});

for (const entryPoint of ['popup', 'shortcut'] as const) {
  test(`where nothing can be stored, a log-out by ${entryPoint} ends in sight, and works later`, async ({
    chromium,
    standIn,
  }) => {
    const session = await logIn(chromium, standIn);
    const popup = await openLoggedIn(chromium, session);
    const letStore = await chromium.breakStorage();
    if (entryPoint === 'popup') {
      await popup.press('log-out');
      await popup.waitFor({ view: 'failed', outcome: 'unexpected-reply' });
      await popup.close();
    } else {
      // A popup that is open, or opens by itself, would tell it first.
      await popup.close();
      await chromium.forbidOpenPopup();
      await chromium.trigger('shortcut');
    }
    await expect.poll(async () => (await chromium.toolbar()).badge).toBe('!');
    await expect.poll(() => alarmsOf(chromium), 'the watchdog goes').toEqual([]);
    expect(await accountCookiesOf(chromium)).toEqual(theFour);
    await letStore();
    const next = await openPopup(chromium);
    // What could not be stored then is told now.
    await next.waitFor({ view: 'failed', outcome: 'unexpected-reply' });
    await expect.poll(async () => (await chromium.toolbar()).badge).toBe('');
    await next.press('retry');
    await next.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  });
}

test('the proof of an earlier log-out never writes into a later record', async ({
  chromium,
  standIn,
}) => {
  const first = await logIn(chromium, standIn);
  const popup = await openLoggedIn(chromium, first);
  const { hold, open } = gate();
  standIn.script('exit', { revoke: false });
  standIn.script('nav', { hold });
  await popup.press('log-out');
  await popup.waitFor({ view: 'finished', outcome: 'logged-out' });
  // The one that is held is the proof's: the popup asks about the next session in a moment.
  await standIn.waitForRequests('nav', 2);

  const second = await logIn(chromium, standIn);
  await popup.waitForText(second.uname);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });

  const before = standIn.requestsTo('nav').length;
  open();
  // The earlier log-out asks its second time, and would write now.
  await standIn.waitForRequests('nav', before + 1);
  await expect
    .poll(() => chromium.inExtension(() => chrome.declarativeNetRequest.getSessionRules(), null))
    .toEqual([]);
  // What the earlier one would write comes before this, which the same worker does after it.
  await chromium.inExtension((request) => chrome.runtime.sendMessage(request), {
    type: 'mark-seen',
    storeId: '0',
  });
  expect(JSON.stringify(await readState(chromium))).toContain('"revocation":"proven"');
  expect((await popup.shown()).revocation).toBe('proven');
});

test.describe('a worker that is stopped comes to a truthful end', () => {
  test('during the request, before the server acted', async ({ chromium, standIn }) => {
    const session = await logIn(chromium, standIn);
    const popup = await openLoggedIn(chromium, session);
    standIn.script('exit', { hang: true });
    await popup.press('log-out');
    await standIn.waitForRequests('exit', 1);
    await chromium.stopWorker();
    await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    expect(standIn.requestsTo('exit')).toHaveLength(2);
    expect(session.alive).toBe(false);
  });

  test('during the request, after the server acted', async ({ chromium, standIn }) => {
    const session = await logIn(chromium, standIn);
    const popup = await openLoggedIn(chromium, session);
    standIn.script('exit', { hang: true, effect: true });
    await popup.press('log-out');
    await standIn.waitForRequests('exit', 1);
    await chromium.stopWorker();
    await popup.waitFor({ view: 'finished', outcome: 'session-expired' });
    expect(session.alive).toBe(false);
    expect(await accountCookiesOf(chromium)).toEqual([]);
  });

  test('between two sessions: the yes was seen, the proof is lost', async ({
    chromium,
    standIn,
  }) => {
    const session = await logIn(chromium, standIn);
    const popup = await openLoggedIn(chromium, session);
    // Another session's id without a token is asked about, which holds the log-out up.
    await setCookie(chromium, {
      url: 'https://www.bilibili.com/',
      name: 'SESSDATA',
      value: 'dead',
      secure: true,
    });
    standIn.script('nav', { hang: true });
    await popup.press('log-out');
    await standIn.waitForRequests('nav', 2);
    await chromium.stopWorker();
    await popup.waitFor({ outcome: 'logged-out', revocation: 'unknown' });
    expect(standIn.requestsTo('exit')).toHaveLength(1);
    expect(await accountCookiesOf(chromium)).toEqual([]);
  });

  test('while proving: the proof is unknown', async ({ chromium, standIn }) => {
    const session = await logIn(chromium, standIn);
    const popup = await openLoggedIn(chromium, session);
    standIn.script('nav', { hang: true });
    await popup.press('log-out');
    await popup.waitFor({ view: 'finished', outcome: 'logged-out' });
    await standIn.waitForRequests('nav', 2);
    const countRules = async () =>
      (await chromium.inExtension(() => chrome.declarativeNetRequest.getSessionRules(), null))
        .length;
    // The one of a request that has just ended stays for a moment.
    await expect.poll(countRules).toBe(1);
    await chromium.stopWorker();
    await popup.waitFor({ outcome: 'logged-out', revocation: 'unknown' });
    await expect.poll(countRules, 'no rule that names cookies outlives its request').toBe(0);
  });

  test('with nothing but the alarm to wake it', async ({ chromium, standIn }) => {
    const session = await logIn(chromium, standIn);
    standIn.script('exit', { hang: true });
    await chromium.inExtension((request) => chrome.runtime.sendMessage(request), {
      type: 'log-out',
      storeId: '0',
      mode: 'server',
    });
    await standIn.waitForRequests('exit', 1);
    expect(await alarmsOf(chromium)).toMatchObject([{ name: 'watchdog', periodInMinutes: 0.5 }]);
    expect(await chromium.isWorkerRunning()).toBe(true);
    await chromium.stopWorker();
    await expect.poll(() => chromium.isWorkerRunning()).toBe(false);
    expect(await chromium.countPopups()).toBe(0);
    expect(await readState(chromium)).toMatchObject({
      'log-out:0': { state: { phase: 'working' } },
    });
    expect(standIn.requestsTo('exit')).toHaveLength(1);

    await bringAlarmForward(chromium);
    const exits = await standIn.waitForRequests('exit', 2);
    expect(exits.map((request) => request.session)).toEqual([session, session]);
    await expect.poll(() => alarmsOf(chromium), 'all is done').toEqual([]);
    expect(await readState(chromium)).toMatchObject({
      'log-out:0': {
        state: { phase: 'ended', outcome: { kind: 'logged-out' }, revocation: 'proven' },
      },
    });
    expect(session.alive).toBe(false);
    expect(await accountCookiesOf(chromium)).toEqual([]);
  });

  /** The moments too short to stop a worker in: their records are laid as it would leave them. */
  const asked = { ...beginning, asked: true };
  const moments: [string, Progress, 'same' | 'another' | 'no', string, number][] = [
    ['before asking', beginning, 'same', 'logged-out', 1],
    ['after asking', asked, 'another', 'unexpected-reply', 0],
    ['after asking', asked, 'same', 'logged-out', 1],
    ['after asking', asked, 'no', 'unexpected-reply', 0],
    ['before asking', beginning, 'another', 'unexpected-reply', 0],
  ];
  for (const [index, [moment, progress, jar, outcome, posts]] of moments.entries()) {
    const tag = index > 1 ? ['@all'] : [];
    test(`${moment}, with ${jar} session in the jar by then`, { tag }, async ({
      chromium,
      standIn,
    }) => {
      const session = standIn.createSession();
      if (jar !== 'no') await (await chromium.visit(logInUrl(session))).close();
      const sessionId = jar === 'another' ? 'gone' : session.sessdata;
      await layRecord(chromium, { mode: 'server', progress, sessionId });
      await chromium.stopWorker();
      await openPopup(chromium);
      await expect
        .poll(async () => JSON.stringify(await readState(chromium)))
        .toContain(`"kind":"${outcome}"`);
      expect(standIn.requestsTo('exit')).toHaveLength(posts);
      if (jar === 'another') {
        expect(await accountCookiesOf(chromium)).toEqual(theFour);
        expect(session.alive).toBe(true);
      }
    });
  }

  test('while forgetting it here only, with a second log-in there by then', async ({
    chromium,
    standIn,
  }) => {
    const session = await logIn(chromium, standIn);
    const second = standIn.createSession();
    await layCookies(chromium, second, { url: 'https://www.bilibili.com/' });
    const progress: Progress = { ...beginning, step: 'clear' };
    await layRecord(chromium, { mode: 'local', progress, sessionId: session.sessdata });
    await chromium.stopWorker();
    const popup = await openPopup(chromium);
    const shown = await popup.waitFor({ view: 'failed', outcome: 'cookies-remain' });
    expect(shown.text).toContain('Another log-in was kept');
    expect(shown.text).not.toContain('answer');
    expect(standIn.requestsTo('exit'), 'nobody was asked').toEqual([]);
    expect([session.alive, second.alive]).toEqual([true, true]);
    expect(await accountCookiesOf(chromium), 'the second one’s').toEqual(theFour);
  });
});

interface Laid {
  readonly mode: 'server' | 'local';
  readonly progress: Progress;
  /** The `SESSDATA` that was meant. */
  readonly sessionId: string;
}

function layRecord(chromium: ChromiumBrowser, details: Laid): Promise<void> {
  return chromium.inExtension(
    async ({ sessionId, mode, ...laid }) => {
      const bytes = new TextEncoder().encode(`laid\n${sessionId}`);
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      const fingerprint = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      const start = { id: 'laid', storeId: '0', trigger: 'shortcut', mode };
      const state = { phase: 'working', progress: laid.progress };
      const { found, startedAt } = laid;
      const record = { ...start, startedAt, found, sessions: [fingerprint], state };
      await chrome.storage.session.set({ 'log-out:0': record });
    },
    { ...details, found: theFour, startedAt: Date.now() },
  );
}
