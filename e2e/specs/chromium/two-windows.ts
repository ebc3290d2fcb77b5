import { launchTwoWindows, type TwoWindows } from '../../browsers/chromium-incognito.ts';
import { test as base } from '../../fixtures.ts';

/** Tests with an ordinary and an incognito window in one browser, as new before each. */
export const test = base.extend<{ windows: TwoWindows }, { both: TwoWindows }>({
  // Real keys and real clicks need a window and a screen for it; one browser serves all tests.
  headed: true,
  both: [
    async ({ server: standIn, display }, use) => {
      const windows = await launchTwoWindows({ standIn, display: display?.name });
      await use(windows);
      await windows.close();
    },
    { scope: 'worker' },
  ],
  windows: async ({ both, server }, use) => {
    await both.reset();
    server.reset();
    await use(both);
  },
});

/** Each window once as that which is logged out of, and once as the other. */
export const directions = [
  { own: 'incognito', other: 'ordinary' },
  { own: 'ordinary', other: 'incognito' },
] as const;
