import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { expect } from '../expect.ts';
import type { PageLike } from './extension-browser.ts';

const run = promisify(execFile);

/** A screen that nobody sees, with a real keyboard and a real mouse. */
export interface Display {
  /** For the environment variable `DISPLAY`. */
  readonly name: string;
  /** Presses keys, like `alt+shift+l`. */
  press(keys: string): Promise<void>;
  /** Clicks at a place of the screen. */
  click(x: number, y: number, button: 'left' | 'right'): Promise<void>;
  /** The windows that are to be seen, menus included, by their numbers. */
  windows(): Promise<string[]>;
  /** What is on the screen now. */
  picture(): Picture;
  close(): Promise<void>;
}

/** A picture, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel. */
  readonly pixels: Uint8Array;
}

/** Starts an X server of its own and drives it with xdotool. */
export async function startDisplay(): Promise<Display> {
  const folder = mkdtempSync(join(tmpdir(), 'log-out-screen-'));
  const screen = ['-screen', '0', '1280x900x24', '-fbdir', folder];
  const server = spawn('Xvfb', ['-displayfd', '3', ...screen, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const failed = once(server, 'error').then(([error]) => {
    throw new Error('Xvfb is not there: run `npm run setup`.', { cause: error });
  });
  const [number] = await Promise.race([once(server.stdio[3] as Readable, 'data'), failed]);
  const name = `:${String(number).trim()}`;
  const xdotool = (...parts: string[]) =>
    run('xdotool', parts, { env: { ...process.env, DISPLAY: name } });

  return {
    name,
    async press(keys) {
      await xdotool('key', keys);
    },
    async click(x, y, button) {
      await xdotool('mousemove', `${x}`, `${y}`, 'click', button === 'left' ? '1' : '3');
    },
    async windows() {
      // xdotool ends with 1 where it finds none.
      const { stdout } = await xdotool('search', '--onlyvisible', '--name', '').catch(() => ({
        stdout: '',
      }));
      return stdout.split('\n').filter((line) => line !== '');
    },
    picture: () => pictureOf(readFileSync(join(folder, 'Xvfb_screen0'))),
    async close() {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Reads the file in which Xvfb keeps its screen: numbers of 32 bits, colors, and then the pixels,
 * of which each is blue, green, red and nothing. Source: X11/XWDFile.h.
 */
function pictureOf(file: Buffer): Picture {
  const number = (index: number) => file.readUInt32BE(4 * index);
  const [width, height, bytesPerLine] = [number(4), number(5), number(12)];
  const start = number(0) + 12 * number(19);
  const pixels = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = start + y * bytesPerLine + 4 * x;
      const to = 4 * (y * width + x);
      for (let color = 0; color < 3; color += 1) pixels[to + color] = file[from + 2 - color] ?? 0;
      pixels[to + 3] = 255;
    }
  }
  return { width, height, pixels };
}

/**
 * Clicks into a page, in its window's upper half, and waits until the page has felt it and has the
 * keyboard: a key that is pressed sooner may go to another window, or nowhere.
 */
export async function clickInto(
  page: PageLike,
  display: Display,
  button: 'left' | 'right',
): Promise<void> {
  const place = await page.evaluate(async () => {
    // A page that was not drawn yet is sent no clicks.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const felt = new Promise((resolve) =>
      window.addEventListener('mousedown', resolve, { once: true }),
    );
    Reflect.set(window, 'felt', felt);
    return {
      x: window.screenX + window.outerWidth / 2,
      y: window.screenY + (window.outerHeight - window.innerHeight) + 300,
    };
  }, null);
  await display.click(place.x, place.y, button);
  await page.evaluate(async () => {
    await Reflect.get(window, 'felt');
    if (document.hasFocus()) return;
    await new Promise((resolve) => window.addEventListener('focus', resolve, { once: true }));
  }, null);
}

/** Does what opens a menu, waits until the menu is to be seen, and gives its number. */
export async function menuOpenedBy(display: Display, open: () => Promise<void>): Promise<string> {
  // By their numbers and not by their count: a bubble may go while the menu comes.
  const before = await display.windows();
  await open();
  const newWindow = async () => (await display.windows()).find((one) => !before.includes(one));
  await expect.poll(newWindow).toBeDefined();
  return (await newWindow()) as string;
}
