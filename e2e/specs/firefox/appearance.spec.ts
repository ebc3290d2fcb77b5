import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expectAccessible } from '../../accessibility.ts';
import { logIn, logInUrl, test } from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';

const pictures = fileURLToPath(new URL('../../output/screenshots/', import.meta.url));

// All states are looked at in Chromium; this is how Firefox draws the one that has most in it.
test('the other stores, before and after “everywhere”', { tag: '@all' }, async ({
  firefox,
  standIn,
}) => {
  await mkdir(pictures, { recursive: true });
  await logIn(firefox, standIn, { uname: 'Ordinary' });
  for (const store of ['firefox-container-1', 'firefox-container-2']) {
    const page = await firefox.visit(logInUrl(standIn.createSession()), store);
    await page.close();
  }
  const popup = await openPopup(firefox);
  await popup.waitForText('Ordinary');
  await popup.waitForOther('firefox-container-2', { view: 'logged-in' });
  await expectAccessible(popup.page, 'before');
  await popup.page.screenshot({ path: `${pictures}real-firefox-others.png` });

  standIn.script('exit', {}, { status: 412, body: '' });
  await popup.press('log-out-everywhere');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  await popup.waitForOther('firefox-container-1', { view: 'failed', outcome: 'blocked' });
  await popup.waitForOther('firefox-container-2', { revocation: 'proven' });
  await expectAccessible(popup.page, 'after');
  await popup.page.screenshot({ path: `${pictures}real-firefox-everywhere.png` });
});
