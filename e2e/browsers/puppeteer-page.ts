import type { Browser, Page } from 'puppeteer-core';
import type { PageLike } from './extension-browser.ts';

/** How long a page may take to be there, in milliseconds. */
const patience = 15_000;

/** Puppeteer's page by the names that both drivers share. */
export function pageLike(page: Page): PageLike {
  return {
    evaluate: (fn, argument) => page.evaluate(fn as never, argument) as Promise<never>,
    screenshot: ({ path }) => page.screenshot({ path: path as `${string}.png` }),
    close: () => page.close(),
  };
}

/** Does what opens a tab or a window, and waits for its page and the page's load. */
export async function openedBy(browser: Browser, open: () => Promise<unknown>): Promise<Page> {
  const before = new Set(browser.targets());
  await open();
  const target = await browser.waitForTarget(
    (candidate) => candidate.type() === 'page' && !before.has(candidate),
    { timeout: patience },
  );
  const page = await target.page();
  if (!page) throw new Error('The new tab has no page.');
  await untilReady(page);
  return page;
}

export async function untilReady(page: Page): Promise<void> {
  await page.waitForFunction(
    () => location.href !== 'about:blank' && document.readyState === 'complete',
    { timeout: patience },
  );
}
