import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { chromiumPath, quietArguments } from '../browsers/chromium.ts';
import type { Language } from './catalogues.ts';

export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** The states in a browser, in pages of one language and one theme. */
export interface StatesBrowser {
  /** @param scale how many pixels of a picture one of the page makes. */
  open(language: Language, theme: Theme, scale?: number): Promise<StatesPage>;
  close(): Promise<void>;
}

export interface StatesPage {
  readonly page: Page;
  /** Shows a state. @returns every message that this page has shown so far. */
  show(name: string): Promise<string[]>;
  /** Takes a picture of what is shown. */
  picture(path?: string): Promise<Buffer>;
}

export async function openStates(): Promise<StatesBrowser> {
  const server = await createServer({
    configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)),
    logLevel: 'error',
    // Nothing changes meanwhile, and other servers may be up.
    server: { port: 0, ws: false, watch: null },
  });
  await server.listen();
  const [origin] = server.resolvedUrls?.local ?? [];
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: quietArguments });
  return {
    async open(language, theme, scale = 1) {
      const page = await browser.newPage({
        // As wide as the popup asks to be, and high enough for any state.
        viewport: { width: 320, height: 1600 },
        deviceScaleFactor: scale,
        reducedMotion: 'reduce',
      });
      await page.addInitScript(() => {
        // The time that a button which destroys cannot be pressed need not pass here.
        const { setTimeout: wait } = window;
        Object.assign(window, { setTimeout: (callback: () => void) => wait(callback, 0) });
      });
      await page.goto(`${origin}state.html?language=${language}&theme=${theme}`);
      return {
        page,
        show: (name) => page.evaluate((one) => showState(one), name),
        async picture(path) {
          const { width, height } = await page.evaluate(() =>
            document.body.getBoundingClientRect(),
          );
          return page.screenshot({ ...(path && { path }), clip: { x: 0, y: 0, width, height } });
        },
      };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
