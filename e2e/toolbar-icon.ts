import type { Display, Picture } from './browsers/display.ts';
import type { ExtensionBrowser } from './browsers/extension-browser.ts';
import { icons } from './icons.ts';

/** An icon that is to be seen in a toolbar on the screen, and where its middle is. */
interface Sight {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/**
 * The icons that are to be seen in toolbars on the screen, by name: no API tells which one a button
 * has. Nothing may cover them, not even a badge.
 */
export async function iconsOn(display: Display, browser: ExtensionBrowser): Promise<string[]> {
  return (await sightsOn(display, browser)).map(({ name }) => name);
}

/** The same with their places. */
export async function sightsOn(display: Display, browser: ExtensionBrowser): Promise<Sight[]> {
  const pictures = await browser.inExtension(
    (names) =>
      Promise.all(
        names.map(async (name) => {
          const file = await (await fetch(`/icons/${name}-16.png`)).blob();
          const image = await createImageBitmap(file);
          const context = new OffscreenCanvas(16, 16).getContext('2d');
          context?.drawImage(image, 0, 0);
          return { name, pixels: [...(context?.getImageData(0, 0, 16, 16).data ?? [])] };
        }),
      ),
    icons.map(({ name }) => name as string),
  );
  const screen = display.picture();
  return pictures.flatMap(({ name, pixels }) => {
    const place = placeOf(screen, pixels);
    return place ? [{ name, ...place }] : [];
  });
}

/** Where the middle of a picture of 16 by 16 pixels is on the screen. Only what is opaque counts. */
function placeOf(
  { width, height, pixels }: Picture,
  icon: readonly number[],
): { x: number; y: number } | undefined {
  const opaque = Array.from({ length: 256 }, (_, index) => index).filter(
    (index) => icon[4 * index + 3] === 255,
  );
  const isAt = (left: number, top: number) =>
    opaque.every((index) => {
      const place = 4 * ((top + (index >> 4)) * width + left + (index & 15));
      const isNear = (color: number) =>
        Math.abs((pixels[place + color] ?? 0) - (icon[4 * index + color] ?? 0)) <= 4;
      return isNear(0) && isNear(1) && isNear(2);
    });
  // Right of the address and below the tabs: there our own pages have the icon as well.
  for (let top = 50; top <= height - 16; top += 1) {
    for (let left = width / 2; left <= width - 16; left += 1) {
      if (isAt(left, top)) return { x: left + 8, y: top + 8 };
    }
  }
  return undefined;
}
