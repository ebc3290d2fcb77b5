import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
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
  /** How many windows there are, menus included. */
  countWindows(): Promise<number>;
  close(): Promise<void>;
}

/** Starts an X server of its own and drives it with xdotool. */
export async function startDisplay(): Promise<Display> {
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
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
    async countWindows() {
      // xdotool ends with 1 where it finds none.
      const { stdout } = await xdotool('search', '--onlyvisible', '--name', '').catch(() => ({
        stdout: '',
      }));
      return stdout.split('\n').filter((line) => line !== '').length;
    },
    async close() {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    },
  };
}

/** A place of the screen that a page shows its content at, in a window's upper half. */
export function placeOn(page: PageLike): Promise<{ x: number; y: number }> {
  return page.evaluate(
    () => ({
      x: window.screenX + window.outerWidth / 2,
      y: window.screenY + (window.outerHeight - window.innerHeight) + 300,
    }),
    null,
  );
}
