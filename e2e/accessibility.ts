import axe from 'axe-core';
import { expect } from 'playwright/test';
import type { PageLike } from './browsers/extension-browser.ts';

/** Expects that axe finds nothing on a page, and that nothing of it is cut off at its side. */
export async function expectAccessible(page: PageLike, what: string): Promise<void> {
  // Both drivers take source text as well, past the page's own security policy.
  await page.evaluate(axe.source as never, null);
  const violations = await page.evaluate(async () => {
    const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }, null);
  expect(violations, what).toEqual([]);
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  }, null);
  expect(overflow, `${what} is wider than its window`).toBe(0);
}
