import { allFour, expect, layCookies, test } from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';
import { testWithoutOwnCookies } from './without-own-cookies.ts';

test.use({ preferences: { 'network.cookie.cookieBehavior': 2 } });
// In one process: another Firefox would take longer to start than these tests take.
test.describe.configure({ mode: 'default' });

test('a living session is found by the probe and logged out with attached cookies', async ({
  firefox,
  standIn,
}) => {
  const session = standIn.createSession({ uname: 'Blocked' });
  await layCookies(firefox, session);
  const popup = await openPopup(firefox);
  await popup.waitForText('Blocked');
  await popup.press('log-out');
  const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(shown.fates).toEqual(allFour('removed-by-extension'));
  expect(session.alive).toBe(false);
  const [ambient, attached] = standIn.requestsTo('exit');
  expect(ambient?.session).toBeUndefined();
  expect(attached?.session).toBe(session);
});

testWithoutOwnCookies(undefined, false);
