import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { draw, fileOf, sizes, source } from './icons.ts';

/** Size, channels and pixels: the same picture may be packed into other bytes. */
async function pixelsOf(png: Buffer) {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data.toString('base64') };
}

it.each(sizes)('the icon of %i pixels is what the SVG gives', async (size) => {
  const stored = await pixelsOf(await readFile(fileOf(size)));
  expect(stored).toMatchObject({ width: size, height: size });
  expect(stored.pixels === (await pixelsOf(await draw(size))).pixels).toBe(true);
});

it('no other icon lies about', () => {
  const names = readdirSync(new URL('.', source)).sort();
  expect(names).toEqual([...sizes.map((size) => `icon-${size}.png`), 'icon.svg'].sort());
});
