import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expect, test } from '../../fixtures.ts';
import { drawIcon, fileOf, folder, icons, sourceOf } from '../../icons.ts';

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

for (const { name, sizes } of icons) {
  test(`the PNGs of ${name} are what its SVG gives`, { tag: '@all' }, async ({ chromium }) => {
    const page = await chromium.context.newPage();
    const svg = await readFile(sourceOf(name), 'utf8');
    for (const size of sizes) {
      const drawn = await pixelsOf(page, await drawIcon(page, svg, size));
      const stored = await pixelsOf(page, await readFile(fileOf(name, size)));
      expect(stored).toHaveLength(size * size * 4);
      // Chromium 120 and 156 smooth edges otherwise, by 1 of 255.
      const furthest = stored.map((value, index) => Math.abs(value - (drawn[index] ?? 0)));
      expect(Math.max(...furthest), `${size} pixels`).toBeLessThanOrEqual(2);
    }
  });
}

test('the states of the icon differ without their colours', async ({ chromium }) => {
  const page = await chromium.context.newPage();
  // Of which pixels a picture consists, whatever their colours.
  const shapeOf = async (name: string) => {
    const pixels = await pixelsOf(page, await readFile(fileOf(name, 16)));
    return pixels.filter((_, index) => index % 4 === 3).map((alpha) => alpha > 127);
  };
  const [on, off] = [await shapeOf('icon'), await shapeOf('icon-off')];
  const different = on.filter((isDrawn, index) => isDrawn !== off[index]).length;
  expect(different, 'of 256 pixels').toBeGreaterThan(100);
});

test('there is no other icon', () => {
  const pngs = icons.flatMap(({ name, sizes }) => sizes.map((size) => `${name}-${size}.png`));
  expect(readdirSync(folder).sort()).toEqual(pngs.sort());
});
