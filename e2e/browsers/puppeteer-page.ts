import type { Browser, Page } from 'puppeteer-core';
import { type PageLike, patience } from './extension-browser.ts';

/** Puppeteer's page by the names that both drivers share. */
export function pageLike(page: Page): PageLike {
  return {
    evaluate: (fn, argument) => page.evaluate(fn as never, argument) as Promise<never>,
    screenshot: ({ path }) => page.screenshot({ path: path as `${string}.png` }),
    close: () => page.close(),
  };
}

/**
 * Does what opens a tab or a window, and waits for its page. To be used with blank pages: Firefox
 * never reports a tab that moves to another process before its first document is there, and an
 * extension's page moves there at once.
 */
export async function openedBy(browser: Browser, open: () => Promise<unknown>): Promise<Page> {
  const before = new Set(browser.targets());
  await open();
  const target = await browser.waitForTarget(
    (candidate) => candidate.type() === 'page' && !before.has(candidate),
    { timeout: patience },
  );
  const page = await target.page();
  if (!page) throw new Error('The new tab has no page.');
  page.setDefaultTimeout(patience);
  return page;
}

/**
 * Waits until something is shown. In the page itself: Puppeteer's own ways to wait make a function
 * of a text, which Firefox 140 lets the policy of an extension's page forbid.
 */
export async function untilShown(page: Page, selector: string): Promise<void> {
  await page.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!document.querySelector(wanted)) return;
          observer.disconnect();
          resolve();
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { attributes: true, childList: true, subtree: true });
        look();
      }),
    selector,
  );
}

/** Clicks on something as soon as it can be used. */
export async function clickOn(page: Page, selector: string): Promise<void> {
  const enabled = `${selector}:enabled`;
  await untilShown(page, enabled);
  await page.click(enabled);
}
