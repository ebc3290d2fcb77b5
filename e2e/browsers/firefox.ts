import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Page } from 'puppeteer-core';
import type { ExtensionBrowser, LaunchOptions, PageLike } from './extension-browser.ts';
import { bilibiliHosts } from './hosts.ts';

const extensionFolder = fileURLToPath(new URL('../../dist/firefox', import.meta.url));
const extensionId = 'log-out@bilibili-log-out.example';
/** Firefox draws one at random for each profile; a page has to be found by it. */
const uuid = '7d1f0c1a-6a3c-4b5e-9c3e-0d6b6c1f2a11';

/** How long a page of the extension may take to be there, in milliseconds. */
const patience = 15_000;

/** A Firefox that takes extensions from a folder: Playwright's own build does not. */
export function firefoxPath(): string {
  const found = [process.env['FIREFOX'] ?? '', '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
    existsSync,
  );
  if (!found) throw new Error('No Firefox found: run `npm run setup`, or set FIREFOX to its path.');
  return found;
}

export interface FirefoxBrowser extends ExtensionBrowser {
  /** Opens a page of the web in a tab of a cookie store. */
  visit(url: string, store?: string): Promise<PageLike>;
  /** Opens a page of the extension in a tab of a cookie store, which becomes the active one. */
  openOwnPage(path: string, store?: string): Promise<PageLike>;
}

/** Puppeteer's page by the names that both drivers share. */
function pageLike(page: Page): PageLike {
  return {
    evaluate: (fn, argument) => page.evaluate(fn as never, argument) as Promise<never>,
    close: () => page.close(),
  };
}

/** Starts a Firefox with a new profile and the built extension. */
export async function launchFirefox(
  options: LaunchOptions & { readonly preferences?: Record<string, unknown> },
): Promise<FirefoxBrowser> {
  const { standIn, language = 'en-US', colorScheme = 'light' } = options;
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath(),
    headless: true,
    // The extension's own pages may be driven, not only the web's.
    args: ['--remote-allow-system-access'],
    acceptInsecureCerts: true,
    extraPrefsFirefox: {
      // Every host is the stand-in or does not exist: nothing leaves the machine.
      'network.dns.localDomains': bilibiliHosts.join(','),
      ...(standIn && { 'network.socket.forcePort': `443=${standIn.port}` }),
      'network.proxy.type': 0,
      'extensions.webextensions.uuids': JSON.stringify({ [extensionId]: uuid }),
      'intl.locale.requested': language,
      'layout.css.prefers-color-scheme.content-override': colorScheme === 'dark' ? 0 : 1,
      ...options.preferences,
    },
  });
  // Puppeteer's own call knows nothing of private windows; the connection below it is in no types.
  const connection: { send(method: string, parameters: unknown): Promise<unknown> } = Reflect.get(
    browser,
    'connection',
  );
  await connection.send('webExtension.install', {
    extensionData: { type: 'path', path: extensionFolder },
    'moz:allowPrivateBrowsing': true,
  });
  const ownUrl = (path: string) => `moz-extension://${uuid}/${path}`;

  // A page of the extension's origin that runs nothing of its own. Its load is never reported.
  const bench = await browser.newPage();
  void bench.goto(ownUrl('icons/icon.svg')).catch(() => undefined);
  await untilReady(bench);

  const open = async (url: string, store: string) => {
    const before = new Set(await browser.pages());
    await bench.evaluate(
      async ({ address, cookieStoreId }) => {
        const isPrivate = cookieStoreId === 'firefox-private';
        if (isPrivate) await chrome.windows.create({ url: address, incognito: true });
        else await chrome.tabs.create({ url: address, cookieStoreId } as never);
      },
      { address: url, cookieStoreId: store },
    );
    for (;;) {
      const page = (await browser.pages()).find((candidate) => !before.has(candidate));
      if (page) {
        await untilReady(page);
        return pageLike(page);
      }
      await new Promise((resolve) => browser.once('targetcreated', resolve));
    }
  };

  return {
    visit: async (url, store) => {
      if (store) return open(url, store);
      const page = await browser.newPage();
      await page.goto(url);
      return pageLike(page);
    },
    openOwnPage: (path, store = 'firefox-default') => open(ownUrl(path), store),
    inExtension: (fn, argument) => bench.evaluate(fn as never, argument) as Promise<never>,
    close: () => browser.close(),
  };
}

async function untilReady(page: Page): Promise<void> {
  await page.waitForFunction(
    () => location.href !== 'about:blank' && document.readyState === 'complete',
    { timeout: patience },
  );
}
