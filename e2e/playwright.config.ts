import { defineConfig } from 'playwright/test';
import { patience } from './browsers/extension-browser.ts';

/** Tests in real browsers. No retries: a test that fails now and then is a fault to be found. */
export default defineConfig({
  testDir: 'specs',
  outputDir: 'output/failures',
  // Like `patience`, against hanging alone: a busy machine takes a minute for a test of seconds.
  timeout: 3 * patience,
  expect: { timeout: patience },
  fullyParallel: true,
  // Two for each of the cores that are promised: much of a test is waiting.
  workers: 4,
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'output/browser-tests.json' }]],
  projects: [
    { name: 'chromium', testIgnore: 'specs/firefox/**' },
    { name: 'firefox', testIgnore: 'specs/chromium/**' },
  ],
});
