import type { Page } from 'playwright';

/** Where the one source of all icons is, and the sizes that the manifest names. */
export const source = new URL('../public/icons/icon.svg', import.meta.url);
export const sizes = [16, 32, 48, 128];

export function fileOf(size: number): URL {
  return new URL(`icon-${size}.png`, source);
}

/** Draws the icon in a page, which is left with it. @param size of its sides, in pixels. @returns a PNG. */
export async function drawIcon(page: Page, svg: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  const address = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  await page.setContent(
    `<style>body { margin: 0; } img { display: block; }</style>
    <img src="${address}" width="${size}" height="${size}">`,
  );
  return page.screenshot({ omitBackground: true });
}
