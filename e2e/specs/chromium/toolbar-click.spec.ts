import type { ChromiumBrowser } from '../../browsers/chromium.ts';
import {
  accountCookiesOf,
  beOnButton,
  driveClock,
  expect,
  logIn,
  openLoggedIn,
  passTime,
  test,
  theFour,
  withScripts,
} from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';

const onButton = (chromium: ChromiumBrowser) => withScripts(chromium, beOnButton);

// What opening the popup begins by itself. Elsewhere tests have it ask first.
test.beforeEach(({ chromium }) =>
  chromium.inExtension(() => chrome.storage.sync.remove('toolbarClick'), null),
);

test('one click: the popup counts three seconds down, logs out, and proves it', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn, { uname: 'Ann' });
  const { page, waitFor, waitForText } = await openPopup(
    withScripts(chromium, beOnButton, driveClock),
  );
  await waitForText('Logs out in 3 seconds');
  await expect(page.getByRole('status')).toHaveText('Logs out in 3 seconds');
  await passTime(page, 1000);
  await waitForText('Logs out in 2 seconds');
  await passTime(page, 1999);
  await waitForText('Logs out in 1 second');
  // Said once, not every second.
  await expect(page.getByRole('status')).toHaveText('Logs out in 3 seconds');
  expect(standIn.requestsTo('exit')).toEqual([]);
  await passTime(page, 1);
  await waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
});

test('a page that was suspended does not log out late', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const { page, waitFor, waitForText } = await openPopup(
    withScripts(chromium, beOnButton, driveClock),
  );
  await waitForText('Logs out in 3 seconds');
  await passTime(page, 60_000, true);
  expect((await waitFor({ view: 'logged-in' })).text).not.toContain('Logs out in');
  await passTime(page, 10_000);
  expect(standIn.requestsTo('exit')).toEqual([]);
  expect(session.alive).toBe(true);
});

test('Enter does not wait for it', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const { page, waitFor, waitForText } = await openPopup(onButton(chromium));
  await waitForText('Logs out in 3 seconds');
  await expect(page.locator('button[data-action="log-out"]')).toBeFocused();
  await page.keyboard.press('Enter');
  await waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
  expect(standIn.requestsTo('exit')).toHaveLength(1);
});

for (const way of ['“Stay logged in”', 'Escape', 'a page that nobody sees any more'] as const) {
  test(`${way} calls it off`, async ({ chromium, standIn }) => {
    const session = await logIn(chromium, standIn);
    const { page, press, waitFor, waitForText } = await openPopup(onButton(chromium));
    await waitForText('Logs out in 3 seconds');
    if (way === 'Escape') await page.keyboard.press('Escape');
    else if (way === '“Stay logged in”') await press('cancel');
    else {
      // Without a screen Chromium holds every page for visible: it is told.
      await page.evaluate(() => {
        Object.defineProperty(document, 'hidden', { value: true });
        document.dispatchEvent(new Event('visibilitychange'));
      });
    }
    // What is offered now is what is offered to who is asked: a countdown has none of it.
    await page.locator('button[data-action="remove-local"]').waitFor({ state: 'attached' });
    expect((await waitFor({ view: 'logged-in' })).text).not.toContain('Logs out in');
    expect(session.alive).toBe(true);
    expect(await accountCookiesOf(chromium)).toEqual(theFour);
  });
}

test('Enter held on “Stay logged in” presses nothing else', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const { page, waitFor, waitForText } = await openPopup(onButton(chromium));
  await waitForText('Logs out in 3 seconds');
  await page.keyboard.press('Tab');
  await expect(page.locator('button[data-action="cancel"]')).toBeFocused();
  for (let press = 0; press < 4; press += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await page.locator('button[data-action="remove-local"]').waitFor();
  expect((await waitFor({ view: 'logged-in' })).actions).toEqual(['log-out', 'remove-local']);
  expect(standIn.requestsTo('exit')).toEqual([]);
  expect(session.alive).toBe(true);
});

test('at once, where a person has set it so', async ({ chromium, standIn }) => {
  await chromium.inExtension(() => chrome.storage.sync.set({ toolbarClick: 'at-once' }), null);
  const session = await logIn(chromium, standIn);
  const { waitFor } = await openPopup(onButton(chromium));
  await waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
});

test('after a failure nothing counts down, nor for who logs in while the popup is open', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  standIn.script('exit', { status: 503, body: '' });
  const first = await openPopup(onButton(chromium));
  await first.waitFor({ outcome: 'server-error' });
  await first.close();
  const again = await openPopup(onButton(chromium));
  await again.waitFor({ outcome: 'server-error' });
  expect((await again.shown()).actions).toEqual(['retry', 'remove-local']);
  await again.press('retry');
  await again.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  const later = await logIn(chromium, standIn, { uname: 'Later' });
  const shown = await again.waitForText('Later');
  expect(shown.actions).toEqual(['log-out', 'remove-local']);
  expect([session.alive, later.alive]).toEqual([false, true]);
});

test('tabs reload by themselves, where a person has set it so', async ({ chromium, standIn }) => {
  await chromium.inExtension(
    () => chrome.storage.sync.set({ toolbarClick: 'ask', reloadTabs: true }),
    null,
  );
  const session = await logIn(chromium, standIn);
  const tab = await chromium.visit('https://t.bilibili.com/');
  await expect(tab.locator('#account')).toHaveText(session.uid);
  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  await expect(tab.locator('#account')).toHaveText('');
  const shown = await popup.waitFor({ revocation: 'proven' });
  expect(shown.actions).toEqual([]);
});
