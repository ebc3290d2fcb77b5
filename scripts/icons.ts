import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';

/** Where the one source of all icons is, and the sizes that the manifest names. */
export const source = new URL('../public/icons/icon.svg', import.meta.url);
export const sizes = [16, 32, 48, 128];

export function fileOf(size: number): URL {
  return new URL(`../public/icons/icon-${size}.png`, import.meta.url);
}

/** Draws the icon. @param size of its sides, in pixels. @returns a PNG. */
export function draw(size: number): Promise<Buffer> {
  return sharp(source.pathname, { density: ((72 * size) / 128) * 4 })
    .resize(size, size)
    .png({ compressionLevel: 9 })
    .toBuffer();
}

if (import.meta.filename === process.argv[1]) {
  for (const size of sizes) await writeFile(fileOf(size), await draw(size));
}
