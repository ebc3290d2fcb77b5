import type { FirefoxBrowser } from '../../browsers/firefox.ts';
import {
  accountCookiesOf,
  alarmsOf,
  bringAlarmForward,
  expect,
  layCookies,
  logIn,
  readState,
  test,
  theFour,
} from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';
import type { Fault, Session, StandIn } from '../../stand-in/index.ts';

/** Starts a log-out, and stops the event page while the request waits for its answer. */
async function stopHalfWay(
  firefox: FirefoxBrowser,
  standIn: StandIn,
  fault: Fault,
): Promise<Session> {
  const session = await logIn(firefox, standIn);
  standIn.script('exit', fault);
  await firefox.inExtension((request) => chrome.runtime.sendMessage(request), {
    type: 'log-out',
    storeId: 'firefox-default',
    mode: 'server',
  });
  await standIn.waitForRequests('exit', 1);
  expect(await firefox.isEventPageRunning()).toBe(true);
  await firefox.stopEventPage();
  expect(await alarmsOf(firefox)).toMatchObject([{ name: 'watchdog', periodInMinutes: 0.5 }]);
  expect(await readState(firefox)).toMatchObject(recordWith({ phase: 'working' }));
  expect(standIn.requestsTo('exit')).toHaveLength(1);
  expect(await firefox.isEventPageRunning()).toBe(false);
  return session;
}

/** All that may be kept of log-outs: one record, in this state. */
function recordWith(state: object): Record<string, unknown> {
  return { 'log-out:firefox-default': { state } };
}

/** Waits until nothing is left to do. */
async function untilDone(firefox: FirefoxBrowser): Promise<void> {
  await expect.poll(() => alarmsOf(firefox), 'all is done').toEqual([]);
  const rules = () => chrome.declarativeNetRequest.getSessionRules();
  await expect.poll(() => firefox.inExtension(rules, null), 'no rule is left').toEqual([]);
}

test.describe('an event page that is stopped half-way comes to a truthful end', () => {
  test('with nothing but the alarm to wake it', async ({ firefox, standIn }) => {
    const session = await stopHalfWay(firefox, standIn, { hang: true });
    await bringAlarmForward(firefox);
    const exits = await standIn.waitForRequests('exit', 2);
    expect(exits.map((request) => request.session)).toEqual([session, session]);
    await untilDone(firefox);
    const outcome = { kind: 'logged-out' };
    expect(await readState(firefox)).toMatchObject(
      recordWith({ phase: 'ended', outcome, revocation: 'proven' }),
    );
    expect(session.alive).toBe(false);
    expect(await accountCookiesOf(firefox)).toEqual([]);
  });

  test('when the popup is opened, though the server had acted', async ({ firefox, standIn }) => {
    const session = await stopHalfWay(firefox, standIn, { hang: true, effect: true });
    expect(session.alive).toBe(false);
    const popup = await openPopup(firefox);
    await popup.waitFor({ view: 'finished', outcome: 'session-expired' });
    await untilDone(firefox);
    expect(await accountCookiesOf(firefox)).toEqual([]);
  });

  test('when somebody logs in again: that session is left alone', async ({ firefox, standIn }) => {
    await stopHalfWay(firefox, standIn, { hang: true });
    // Without a tab: that it comes to the front would wake the event page sooner.
    const later = standIn.createSession();
    await layCookies(firefox, later);
    await untilDone(firefox);
    const outcome = { kind: 'unexpected-reply', reason: 'interrupted' };
    expect(await readState(firefox)).toMatchObject(recordWith({ phase: 'ended', outcome }));
    expect(standIn.requestsTo('exit')).toHaveLength(1);
    expect(later.alive).toBe(true);
    expect(await accountCookiesOf(firefox)).toEqual(theFour);
  });
});
