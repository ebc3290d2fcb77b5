import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchFirefox } from '../../browsers/firefox.ts';
import { expect, logIn, test } from '../../fixtures.ts';
import { policyExamples, readSettingsPage } from '../../policy.ts';

test('the example for a café, in a real policies.json, locks the settings and is in force', {
  tag: '@all',
}, async ({ standIn }) => {
  const folder = mkdtempSync(join(tmpdir(), 'log-out-policy-'));
  const policies = join(folder, 'policies.json');
  writeFileSync(policies, JSON.stringify(policyExamples().firefox));
  try {
    const firefox = await launchFirefox({ standIn, policies });
    const page = await firefox.openOwnPage('src/options/index.html');
    await expect
      .poll(() => page.evaluate(readSettingsPage, undefined))
      .toEqual({
        toolbarClick: ['at-once', 'locked'],
        logOutAfterLastTab: ['5', 'locked'],
        logOutWhenIdle: ['10', 'locked'],
        logOutAtStart: [true, 'locked'],
        reloadTabs: [false, 'free'],
        biligame: [false, 'free'],
        siteData: [true, 'locked'],
      });
    await page.close();
    const session = await logIn(firefox, standIn);
    await firefox.tellStart();
    await expect.poll(() => session.alive).toBe(false);
    await firefox.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
