import type { Step } from '../../../src/core/log-out.ts';
import type { ChromiumBrowser } from '../../browsers/chromium.ts';
import {
  accountCookiesOf,
  expect,
  gate,
  logIn,
  logInUrl,
  openLoggedIn,
  setCookie,
  test,
  theFour,
} from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';

test('ten triggers at once from all doors send one POST', async ({ chromium, standIn }) => {
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
  await popup.waitFor({ view: 'working', step: 'exit' });
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
  await popup.waitFor({ view: 'working', step: 'exit' });
  await popup.close();

  const reopened = await openPopup(chromium);
  await reopened.waitFor({ view: 'working', step: 'exit' });
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
    id: 'nobody',
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

  test('while confirming: the yes was seen, the proof is lost', async ({ chromium, standIn }) => {
    const session = await logIn(chromium, standIn);
    const popup = await openLoggedIn(chromium, session);
    // Another, dead session's cookie makes the confirmation ask the server, which holds it up.
    await setCookie(chromium, {
      url: 'https://www.bilibili.com/',
      name: 'SESSDATA',
      value: 'dead',
      secure: true,
    });
    standIn.script('nav', { hang: true });
    await popup.press('log-out');
    await popup.waitFor({ view: 'working', step: 'confirm' });
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
    expect(await countRules()).toBe(1);
    await chromium.stopWorker();
    await popup.waitFor({ outcome: 'logged-out', revocation: 'unknown' });
    await expect.poll(countRules, 'no rule that names cookies outlives its request').toBe(0);
  });

  // Chromium restarts a worker that is stopped at work by itself; the alarm is for when it does not.
  test('without any popup, an alarm standing by until the end', async ({ chromium, standIn }) => {
    test.setTimeout(120_000);
    const session = await logIn(chromium, standIn);
    standIn.script('exit', { hang: true });
    await chromium.trigger('shortcut');
    await standIn.waitForRequests('exit', 1);
    expect(await chromium.inExtension(() => chrome.alarms.getAll(), null)).toMatchObject([
      { name: 'watchdog', periodInMinutes: 0.5 },
    ]);
    await chromium.stopWorker();
    await standIn.waitForRequests('exit', 2);
    await standIn.waitForRequests('nav', 1);
    expect(session.alive).toBe(false);
    await expect.poll(() => chromium.inExtension(() => chrome.alarms.getAll(), null)).toEqual([]);
  });

  /** The moments too short to stop a worker in: their records are laid as it would leave them. */
  const moments: [Step, 'same' | 'another' | 'none', string, number][] = [
    ['access', 'same', 'logged-out', 1],
    ['read', 'same', 'logged-out', 1],
    ['judge', 'same', 'logged-out', 1],
    ['judge', 'none', 'unexpected-reply', 0],
    ['read', 'another', 'unexpected-reply', 0],
  ];
  for (const [step, jar, outcome, posts] of moments) {
    test(`after ${step}, with ${jar} session in the jar`, async ({ chromium, standIn }) => {
      const session = standIn.createSession();
      if (jar !== 'none') await (await chromium.visit(logInUrl(session))).close();
      await layRecord(chromium, step, jar === 'another' ? 'gone' : session.sessdata);
      await chromium.stopWorker();
      const popup = await openPopup(chromium);
      await expect
        .poll(async () => JSON.stringify(await readState(chromium)))
        .toContain(`"kind":"${outcome}"`);
      expect(standIn.requestsTo('exit')).toHaveLength(posts);
      if (jar === 'another') {
        await popup.waitFor({ view: 'logged-in' });
        expect(await accountCookiesOf(chromium)).toEqual(theFour);
        expect(session.alive).toBe(true);
      }
    });
  }
});

function readState(chromium: ChromiumBrowser): Promise<unknown> {
  return chromium.inExtension(() => chrome.storage.session.get(null), null);
}

function layRecord(chromium: ChromiumBrowser, step: Step, sessdata: string): Promise<void> {
  const found = theFour;
  return chromium.inExtension(
    async ({ progress, handle, startedAt }) => {
      const bytes = new TextEncoder().encode(`laid\n${handle}`);
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      const fingerprint = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      const state = { phase: 'working', progress };
      const start = { id: 'laid', storeId: '0', trigger: 'shortcut', mode: 'server', startedAt };
      await chrome.storage.session.set({ 'log-out:0': { ...start, fingerprint, state } });
    },
    {
      progress: step === 'access' ? { step } : { step, found },
      handle: sessdata,
      startedAt: Date.now(),
    },
  );
}
