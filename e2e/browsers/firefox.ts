import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import {
  type LaunchOptions,
  type PageLike,
  type SettingsBrowser,
  untilSwitchedOn,
} from './extension-browser.ts';
import { bilibiliHosts } from './hosts.ts';
import { openedBy, pageLike, untilReady } from './puppeteer-page.ts';

const extensionFolder = fileURLToPath(new URL('../../dist/firefox', import.meta.url));
const extensionId = 'log-out@bilibili-log-out.example';
/** Firefox draws one at random for each profile; a page has to be found by it. */
const uuid = '7d1f0c1a-6a3c-4b5e-9c3e-0d6b6c1f2a11';

/** A Firefox that takes extensions from a folder: Playwright's own build does not. */
export function firefoxPath(): string {
  const found = [process.env['FIREFOX'] ?? '', '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
    existsSync,
  );
  if (!found) throw new Error('No Firefox found: run `npm run setup`, or set FIREFOX to its path.');
  return found;
}

export interface FirefoxBrowser extends SettingsBrowser {
  /** Opens a page of the web in a tab of a cookie store. */
  visit(url: string, store?: string): Promise<PageLike>;
  /** Opens a page of the extension in a tab of a cookie store, which becomes the active one. */
  openOwnPage(path: string, store?: string): Promise<PageLike>;
}

/** The WebDriver BiDi connection, of which Firefox understands more than Puppeteer says. */
interface Connection {
  send(method: string, parameters: unknown): Promise<unknown>;
}

/** Starts a Firefox with a new profile and the built extension. */
export async function launchFirefox(
  options: Omit<LaunchOptions, 'language' | 'display'> & {
    readonly preferences?: Record<string, unknown>;
  },
): Promise<FirefoxBrowser> {
  const { standIn, colorScheme = 'light' } = options;
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
      // Permission prompts answer themselves; a click is still needed to ask.
      'extensions.webextOptionalPermissionPrompts': false,
      'extensions.webextensions.uuids': JSON.stringify({ [extensionId]: uuid }),
      'layout.css.prefers-color-scheme.content-override': colorScheme === 'dark' ? 0 : 1,
      ...options.preferences,
    },
  });
  // Puppeteer's own call knows nothing of private windows; the connection below it is in no types.
  const connection: Connection = Reflect.get(browser, 'connection');
  await connection.send('webExtension.install', {
    extensionData: { type: 'path', path: extensionFolder },
    'moz:allowPrivateBrowsing': true,
  });
  const ownUrl = (path: string) => `moz-extension://${uuid}/${path}`;

  // A page of the extension's origin that runs nothing of its own. Its load is never reported.
  const bench = await browser.newPage();
  void bench.goto(ownUrl('icons/icon.svg')).catch(() => undefined);
  await untilReady(bench);

  const openPage = (address: string, cookieStoreId: string) =>
    openedBy(browser, () =>
      bench.evaluate(
        async ({ url, store }) => {
          if (store === 'firefox-private') {
            await chrome.windows.create({ url, incognito: true });
            return;
          }
          const ordinary = (await chrome.windows.getAll()).find(({ incognito }) => !incognito);
          const details = { url, cookieStoreId: store, windowId: ordinary?.id };
          await chrome.tabs.create(details as chrome.tabs.CreateProperties);
        },
        { url: address, store: cookieStoreId },
      ),
    );
  const open = async (url: string, store: string) => pageLike(await openPage(url, store));

  return {
    visit: async (url, store) => {
      if (store) return open(url, store);
      const page = await browser.newPage();
      await page.goto(url);
      return pageLike(page);
    },
    openOwnPage: (path, store = 'firefox-default') => open(ownUrl(path), store),
    async switchOn(setting) {
      const page = await openPage(ownUrl('src/options/index.html'), 'firefox-default');
      await page.locator(`input[name=${setting}]`).click();
      await page.evaluate(untilSwitchedOn, setting);
      await page.close();
    },
    async giveAccessBack() {
      const page = await openPage(ownUrl('src/popup/index.html'), 'firefox-default');
      await page.locator('button[data-action="grant-access"]').click();
      await page.locator('main:not([data-view="no-access"])').wait();
      await page.close();
    },
    async withdrawAccess() {
      await bench.evaluate(() => chrome.permissions.remove({ origins: ['*://*.bilibili.com/*'] }));
    },
    inExtension: (fn, argument) => bench.evaluate(fn as never, argument) as Promise<never>,
    close: () => browser.close(),
  };
}
