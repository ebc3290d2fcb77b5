import { defineConfig } from 'playwright/test';

/** Tests in real browsers. No retries: a test that fails now and then is a fault to be found. */
export default defineConfig({
  testDir: 'specs',
  outputDir: 'output/failures',
  timeout: 60_000,
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'output/browser-tests.json' }]],
  projects: [
    { name: 'chromium', testIgnore: 'specs/firefox/**' },
    { name: 'firefox', testIgnore: 'specs/chromium/**' },
  ],
});
