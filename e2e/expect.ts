import { expect as playwrightExpect } from 'playwright/test';

/** Asks every 100 ms. Playwright asks more and more seldom, and so tells late of what has happened. */
const poll: typeof playwrightExpect.poll = (actual, options) =>
  playwrightExpect.poll(actual, {
    intervals: [100],
    ...(typeof options === 'string' ? { message: options } : options),
  });

/** Playwright's `expect`, with a quicker `poll`. */
export const expect = new Proxy(playwrightExpect, {
  get: (target, key) => (key === 'poll' ? poll : Reflect.get(target, key)),
});
