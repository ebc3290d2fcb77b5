import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extensionFolder, extensionIdOf, launchChromium } from '../../browsers/chromium.ts';
import { expect, logIn, test } from '../../fixtures.ts';
import { policyExamples, readSettingsPage } from '../../policy.ts';

/** Where Chromium, and Chrome for Testing, look for policies. Only root may write there. */
const places = ['/etc/chromium/policies/managed', '/etc/opt/chrome_for_testing/policies/managed'];

/** Does something with a Chromium that has a policy for the extension. */
async function withPolicy(
  settings: Record<string, unknown>,
  standIn: Parameters<typeof launchChromium>[0]['standIn'],
  act: (chromium: Awaited<ReturnType<typeof launchChromium>>) => Promise<void>,
): Promise<void> {
  // A copy has an id of its own: the browsers of other tests have another extension.
  const folder = mkdtempSync(join(tmpdir(), 'log-out-policy-'));
  cpSync(extensionFolder, folder, { recursive: true });
  const id = extensionIdOf(folder);
  const files = places.map((place) => join(place, `${id}.json`));
  try {
    for (const [index, file] of files.entries()) {
      mkdirSync(places[index] as string, { recursive: true });
      writeFileSync(file, JSON.stringify({ '3rdparty': { extensions: { [id]: settings } } }));
    }
    const chromium = await launchChromium({ ...(standIn && { standIn }), folder });
    await act(chromium);
    await chromium.close();
  } finally {
    for (const file of files) rmSync(file, { force: true });
    rmSync(folder, { recursive: true });
  }
}

/** The settings of the example. */
function café(): Record<string, unknown> {
  const { extensions } = Reflect.get(policyExamples().chromium, '3rdparty');
  return Object.values(extensions)[0] as Record<string, unknown>;
}

if (process.getuid?.() === 0) {
  test('the example for a café, in a real policy file, locks the settings and is in force', {
    tag: '@all',
  }, async ({ standIn }) => {
    await withPolicy(café(), standIn, async (chromium) => {
      const page = await chromium.openOwnPage('src/options/index.html');
      await expect
        .poll(() => page.evaluate(readSettingsPage, undefined))
        .toEqual({
          toolbarClick: ['at-once', 'locked'],
          logOutAfterLastTab: ['5', 'locked'],
          logOutWhenIdle: ['10', 'locked'],
          logOutWhenLocked: [true, 'locked'],
          logOutAtStart: [true, 'locked'],
          reloadTabs: [false, 'free'],
          biligame: [false, 'free'],
          siteData: [true, 'locked'],
        });
      const text = await page.locator('main').innerText();
      expect(text).toContain('Set by your organisation');
      const session = await logIn(chromium, standIn);
      await chromium.tellPresence('locked');
      await expect.poll(() => session.alive).toBe(false);
    });
  });

  test('of a policy, what makes no sense is passed over by itself', { tag: '@all' }, async ({
    standIn,
  }) => {
    const settings = { toolbarClick: 'sometimes', logOutWhenIdle: 999, reloadTabs: true };
    await withPolicy(settings, standIn, async (chromium) => {
      const page = await chromium.openOwnPage('src/options/index.html');
      await expect
        .poll(() => page.evaluate(readSettingsPage, undefined))
        .toMatchObject({
          toolbarClick: ['countdown', 'free'],
          logOutWhenIdle: ['', 'free'],
          reloadTabs: [true, 'locked'],
        });
    });
  });
}
