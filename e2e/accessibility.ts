import axe from 'axe-core';
import type { PageLike } from './browsers/extension-browser.ts';
import { expect } from './expect.ts';

/**
 * Expects that axe finds nothing on a page, and that nothing of it is cut off at its side.
 * @param rules the ids of the rules that are asked; without them, all.
 */
export async function expectAccessible(
  page: PageLike,
  what: string,
  rules?: readonly string[],
): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in globalThis, null))) {
    // Both drivers take source text as well, past the page's own security policy.
    await page.evaluate(axe.source as never, null);
  }
  const found = await page.evaluate(async (only) => {
    const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
    const { violations } = await run({
      resultTypes: ['violations'],
      ...(only && { runOnly: [...only] }),
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }, rules);
  expect(found, what).toEqual([]);
  await expectNothingCutOff(page, what);
}

/** Expects that nothing of a page is cut off at its side. */
export async function expectNothingCutOff(page: PageLike, what: string): Promise<void> {
  const cutOff = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  }, null);
  expect(cutOff, `${what}: pixels that are cut off`).toBe(0);
}
