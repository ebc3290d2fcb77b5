import { browser } from './browser.ts';

/**
 * Calls back when the browser starts. One that runs on without windows (in Chromium's background, or
 * on a Mac) does not start again: there its first window counts; a Chromium with an incognito window
 * does not see that one. Incognito has no start.
 */
export function onBrowserStart(listener: () => void): void {
  if (browser.extension.inIncognitoContext) return;
  browser.runtime.onStartup.addListener(() => listener());
  // Firefox for Android has tabs only.
  browser.windows?.onCreated.addListener(async ({ id }) => {
    const [first, second] = await browser.windows.getAll();
    if (first?.id === id && !second && first?.incognito === false) listener();
  });
}
