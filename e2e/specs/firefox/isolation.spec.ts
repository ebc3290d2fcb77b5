import { accountCookiesOf, expect, layCookies, logIn, test, theFour } from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';
import { testWithoutOwnCookies } from './without-own-cookies.ts';

test.use({ preferences: { 'privacy.firstparty.isolate': true } });
// In one process: another Firefox would take longer to start than these tests take.
test.describe.configure({ mode: 'default' });

test('logged in at two first parties: each session is presented with its own cookies', async ({
  firefox,
  standIn,
}) => {
  const first = standIn.createSession({ uname: 'First' });
  const framed = standIn.createSession({ uname: 'Framed' });
  await layCookies(firefox, first, { firstPartyDomain: 'bilibili.com' });
  await layCookies(firefox, framed, { firstPartyDomain: 'biligame.com' });
  const popup = await openPopup(firefox);
  await popup.waitFor({ view: 'logged-in' });
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect([first.alive, framed.alive]).toEqual([false, false]);
  expect(await accountCookiesOf(firefox, 'firefox-default')).toEqual([]);
});

test('the session is found, logged out of and cleared', async ({ firefox, standIn }) => {
  const session = await logIn(firefox, standIn, { uname: 'Isolated' });
  expect(await accountCookiesOf(firefox, 'firefox-default')).toEqual(theFour);
  const popup = await openPopup(firefox);
  await popup.waitForText('Isolated');
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
  expect(await accountCookiesOf(firefox, 'firefox-default')).toEqual([]);
});

testWithoutOwnCookies('bilibili.com', true);
