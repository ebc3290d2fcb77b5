import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expect, test } from '../../fixtures.ts';
import { drawIcon, fileOf, sizes, source } from '../../icons.ts';

/** What a PNG shows, pixel by pixel: the same picture may be packed into other bytes. */
function pixelsOf(page: Page, png: Buffer): Promise<number[]> {
  return page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0);
    return [...(context?.getImageData(0, 0, image.width, image.height).data ?? [])];
  }, png.toString('base64'));
}

test('the icons are what the SVG gives', async ({ chromium }) => {
  const page = await chromium.context.newPage();
  const svg = await readFile(source, 'utf8');
  for (const size of sizes) {
    const drawn = await pixelsOf(page, await drawIcon(page, svg, size));
    const stored = await pixelsOf(page, await readFile(fileOf(size)));
    expect(stored).toHaveLength(size * size * 4);
    // Chromium 120 and 156 smooth edges otherwise, by 1 of 255.
    const furthest = stored.map((value, index) => Math.abs(value - (drawn[index] ?? 0)));
    expect(Math.max(...furthest), `icon of ${size} pixels`).toBeLessThanOrEqual(2);
  }
  const names = readdirSync(new URL('.', source)).sort();
  expect(names).toEqual([...sizes.map((size) => `icon-${size}.png`), 'icon.svg'].sort());
});
