import puppeteer, { type Page } from 'puppeteer-core';
import type { SwitchName } from '../../src/settings/settings.ts';
import { chromiumPath, extensionFolder, networkArguments, quietArguments } from './chromium.ts';
import {
  type ExtensionBrowser,
  forgetAll,
  type LaunchOptions,
  patience,
  untilSwitchedOn,
} from './extension-browser.ts';
import { openedBy, pageLike } from './puppeteer-page.ts';

/** One Chromium with an ordinary and an incognito window, the extension allowed in both. */
export interface TwoWindows {
  /** Makes it as it was when it was started: see `SettingsBrowser`. */
  reset(): Promise<void>;
  readonly ordinary: ExtensionBrowser;
  readonly incognito: ExtensionBrowser;
  /** Opens the settings and clicks a switch on; biligame is allowed beforehand. */
  switchOn(setting: SwitchName): Promise<void>;
  /** Shows the button in the toolbars, and not in the browser's menu only. */
  pinToToolbar(): Promise<void>;
  /** Closes every incognito window. */
  closeIncognito(): Promise<void>;
  /** Closes every ordinary window, and opens a new one: the browser runs on meanwhile. */
  reopenOrdinary(): Promise<void>;
  /** Ends the ordinary window's worker alone, as the browser does to an idle one. */
  stopOrdinaryWorker(): Promise<void>;
  /** Ends the incognito window's worker alone, and wakes it again. */
  restartIncognitoWorker(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts it. Playwright sees no incognito windows of a persistent profile; Puppeteer sees them all.
 */
export async function launchTwoWindows({
  standIn,
  display,
  profile,
}: Pick<LaunchOptions, 'standIn' | 'display' | 'profile'>): Promise<TwoWindows> {
  const browser = await puppeteer.launch({
    executablePath: chromiumPath(),
    headless: display === undefined,
    env: { ...process.env, ...(display && { DISPLAY: display }) },
    defaultViewport: null,
    ...(profile && { userDataDir: profile.folder }),
    pipe: true,
    timeout: patience,
    enableExtensions: true,
    acceptInsecureCerts: true,
    args: [...(standIn ? networkArguments(standIn.port) : []), ...quietArguments],
  });
  const cdp = await browser.target().createCDPSession();
  const { id } = (await cdp.send(
    'Extensions.loadUnpacked' as never,
    { path: extensionFolder, enableInIncognito: true } as never,
  )) as { id: string };
  const ownUrl = (path: string) => `chrome-extension://${id}/${path}`;

  const openOrdinary = async (url: string): Promise<Page> => {
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(url);
    return page;
  };
  let bench = await openOrdinary(ownUrl('manifest.json'));
  const openIncognitoWindow = async (): Promise<Page> => {
    const page = await openedBy(browser, () =>
      bench.evaluate(() => chrome.windows.create({ url: 'about:blank', incognito: true })),
    );
    await page.goto(ownUrl('manifest.json'));
    return page;
  };

  let incognitoBench = await openIncognitoWindow();
  /** In the window of its bench, which comes to the front. */
  const openIncognito = async (url: string): Promise<Page> => {
    const page = await openedBy(browser, () =>
      incognitoBench.evaluate(async () => {
        const { windowId } = await chrome.tabs.create({ url: 'about:blank' });
        await chrome.windows.update(windowId, { focused: true });
      }),
    );
    await page.goto(url);
    return page;
  };
  const windowsOf = (open: (url: string) => Promise<Page>, own: () => Page): ExtensionBrowser => ({
    visit: async (url) => pageLike(await open(url)),
    openOwnPage: async (path) => pageLike(await open(ownUrl(path))),
    inExtension: (fn, argument) => own().evaluate(fn as never, argument) as Promise<never>,
    close: () => browser.close(),
  });

  /** Ends the worker of a page's window alone, which has to be running. */
  const stopWorker = async (page: Page) => {
    const session = await page.createCDPSession();
    await session.send('ServiceWorker.enable');
    const stopped = new Promise<void>((resolve) => {
      session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
        if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) resolve();
      });
    });
    await session.send('ServiceWorker.stopAllWorkers');
    await stopped;
    await session.detach();
  };
  // Any message wakes it, also one that it does not understand.
  const wakeWorker = (page: Page) => page.evaluate(() => chrome.runtime.sendMessage('wake'));
  const resetWindow = async (page: Page) => {
    const session = await page.createCDPSession();
    await session.send('Network.clearBrowserCookies');
    await session.detach();
    do {
      await wakeWorker(page);
      await stopWorker(page);
    } while (!(await page.evaluate(forgetAll)));
  };

  let isPinned = false;
  const pin = async (pinnedToToolbar: boolean) => {
    const extensions = await openOrdinary(`chrome://extensions/?id=${id}`);
    await extensions.evaluate(
      (details) => Reflect.get(chrome, 'developerPrivate').updateExtensionConfiguration(details),
      { extensionId: id, pinnedToToolbar },
    );
    await extensions.close();
    isPinned = pinnedToToolbar;
  };

  return {
    ordinary: windowsOf(openOrdinary, () => bench),
    incognito: windowsOf(openIncognito, () => incognitoBench),
    async reset() {
      if (incognitoBench.isClosed()) incognitoBench = await openIncognitoWindow();
      for (const page of await browser.pages()) {
        if (page !== bench && page !== incognitoBench) await page.close();
      }
      if (isPinned) await pin(false);
      for (const page of [bench, incognitoBench]) await resetWindow(page);
    },
    async switchOn(setting) {
      if (setting === 'biligame') {
        const extensions = await openOrdinary(`chrome://extensions/?id=${id}`);
        await extensions.evaluate(
          (own) =>
            Reflect.get(chrome, 'developerPrivate').addHostPermission(own, '*://*.biligame.com/*'),
          id,
        );
        await extensions.close();
      }
      const page = await openOrdinary(ownUrl('src/options/index.html'));
      await page.locator(`input[name=${setting}]`).click();
      await page.evaluate(untilSwitchedOn, setting);
      await page.close();
    },
    pinToToolbar: () => pin(true),
    async closeIncognito() {
      const isIncognito = (page: Page) =>
        page.evaluate(() => globalThis.chrome?.extension?.inIncognitoContext ?? false);
      const gone = [];
      for (const page of await browser.pages()) {
        if (page !== incognitoBench && (await isIncognito(page))) gone.push(page);
      }
      for (const page of [...gone, incognitoBench]) await page.close();
    },
    async reopenOrdinary() {
      for (const page of await browser.pages()) {
        const isIncognito = await page.evaluate(
          () => globalThis.chrome?.extension?.inIncognitoContext ?? false,
        );
        if (!isIncognito && page !== bench) await page.close();
      }
      await bench.close();
      bench = await openOrdinary(ownUrl('manifest.json'));
    },
    stopOrdinaryWorker: () => stopWorker(bench),
    async restartIncognitoWorker() {
      await stopWorker(incognitoBench);
      await wakeWorker(incognitoBench);
    },
    close: () => browser.close(),
  };
}
