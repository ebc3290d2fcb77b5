import { accountCookiesOf, expect, logIn, openLoggedIn, test, theFour } from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';

test('access withdrawn and granted again', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const popup = await openLoggedIn(chromium, session);
  await chromium.withdrawAccess();
  const shown = await popup.waitFor({ view: 'no-access' });
  expect(shown.actions).toEqual(['grant-access']);
  expect(shown.text).not.toContain(session.uid);

  await chromium.giveAccessBack();
  await popup.waitFor({ view: 'logged-in' });
  expect(await accountCookiesOf(chromium)).toEqual(theFour);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
});

test('proven, then without access: who comes and goes meanwhile is not told as logged out', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  await chromium.withdrawAccess();
  await popup.waitFor({ view: 'no-access' });
  const later = await logIn(chromium, standIn);
  await chromium.context.clearCookies({ name: 'SESSDATA' });
  await chromium.giveAccessBack();
  const shown = await popup.waitFor({ view: 'logged-out' });
  expect(shown.text).not.toContain('Proven');
  expect(later.alive).toBe(true);
});

test('no-access: a log-out without access does nothing and says so', { tag: '@all' }, async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  await chromium.withdrawAccess();
  await chromium.forbidOpenPopup();
  await chromium.trigger('shortcut');
  await expect
    .poll(() => chromium.toolbar())
    .toEqual({
      badge: '!',
      title: 'One-Click Log-Out for Bilibili: No access to bilibili.com',
    });
  expect(standIn.requestsTo('exit')).toEqual([]);
  expect(session.alive).toBe(true);
  const popup = await openPopup(chromium);
  await popup.waitFor({ view: 'no-access' });
  await expect.poll(async () => (await chromium.toolbar()).badge).toBe('');
});
