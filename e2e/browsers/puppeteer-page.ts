import type { Browser, Page } from 'puppeteer-core';
import type { PageLike } from './extension-browser.ts';

/** How long a page may take to be there, in milliseconds. */
const patience = 15_000;

/** Puppeteer's page by the names that both drivers share. */
export function pageLike(page: Page): PageLike {
  return {
    evaluate: (fn, argument) => page.evaluate(fn as never, argument) as Promise<never>,
    close: () => page.close(),
  };
}

/** Waits for the page that has come since, and for its load. */
export async function openedPage(browser: Browser, before: ReadonlySet<Page>): Promise<Page> {
  for (;;) {
    const page = (await browser.pages()).find((candidate) => !before.has(candidate));
    if (page) {
      await untilReady(page);
      return page;
    }
    await new Promise((resolve) => browser.once('targetcreated', resolve));
  }
}

export async function untilReady(page: Page): Promise<void> {
  await page.waitForFunction(
    () => location.href !== 'about:blank' && document.readyState === 'complete',
    { timeout: patience },
  );
}
