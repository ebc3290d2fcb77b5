import type { Page } from 'playwright';

/** The states of the icon: the source of each, and the sizes that the manifest and the worker name. */
export const icons = [
  { name: 'icon', sizes: [16, 32, 128] },
  // Only ever in the toolbar, which is drawn at up to twice the size.
  { name: 'icon-off', sizes: [16, 32] },
] as const;

export const folder = new URL('../public/icons/', import.meta.url);

/** Where the SVG of an icon is. */
export function sourceOf(name: string): URL {
  return new URL(`../scripts/icons/${name}.svg`, import.meta.url);
}

/** Where the PNG of an icon is. @param size of its sides, in pixels. */
export function fileOf(name: string, size: number): URL {
  return new URL(`${name}-${size}.png`, folder);
}

/** Draws an icon in a page, which is left with it. @param size of its sides, in pixels. @returns a PNG. */
export async function drawIcon(page: Page, svg: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  const address = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  await page.setContent(
    `<style>body { margin: 0; } img { display: block; }</style>
    <img src="${address}" width="${size}" height="${size}">`,
  );
  return page.screenshot({ omitBackground: true });
}
