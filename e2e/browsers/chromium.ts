import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, type CDPSession, chromium, type Page, type Worker } from 'playwright';
import {
  forgetAll,
  type LaunchOptions,
  patience,
  type SettingsBrowser,
  untilSwitchedOn,
} from './extension-browser.ts';
import { bilibiliHosts } from './hosts.ts';
import { createProfile } from './profile.ts';

export const extensionFolder = fileURLToPath(new URL('../../dist/chromium', import.meta.url));

/**
 * The id that Chromium gives an unpacked extension: a digest of its folder's path.
 * Source: Chromium's extensions/common/extension_id.h and components/crx_file/id_util.cc.
 */
export function extensionIdOf(folder: string): string {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  return digest.replace(/./g, (digit) => 'abcdefghijklmnop'.charAt(Number.parseInt(digit, 16)));
}

/** The one that `CHROMIUM` names, or else Playwright's own where it was downloaded, or the system's. */
export function chromiumPath(): string {
  const found =
    process.env['CHROMIUM'] || [chromium.executablePath(), '/usr/bin/chromium'].find(existsSync);
  if (!found)
    throw new Error('No Chromium found: run `npm run setup`, or set CHROMIUM to its path.');
  return found;
}

export interface ChromiumBrowser extends SettingsBrowser {
  readonly context: BrowserContext;
  readonly extensionId: string;
  /** Resolves when its last window has been closed, by whomever. */
  readonly closed: Promise<void>;
  visit(url: string): Promise<Page>;
  openOwnPage(path: string): Promise<Page>;
  /** Comes in by an entry point as the browser's own dispatch does; `entry-points.spec.ts` uses real keys and clicks. */
  trigger(entryPoint: 'shortcut' | 'context-menu'): Promise<void>;
  /**
   * Makes it a browser whose computer is idle, locked or used again, and tells the extension so: a
   * test can neither wait for the one nor do the other.
   */
  tellPresence(presence: 'active' | 'idle' | 'locked'): Promise<void>;
  /** Tells the extension that the browser has started: one from a folder is never told so. */
  tellStart(): Promise<void>;
  /** Makes it a browser that opens no popup by itself, as Chromium before 127 is. */
  forbidOpenPopup(): Promise<void>;
  /** Counts from now on how often the extension opens its popup by itself. */
  countOpenings(): Promise<() => Promise<number>>;
  /** Makes every write to the extension's memory fail, until the returned function is called. */
  breakStorage(): Promise<() => Promise<void>>;
  /** The badge and the title of the toolbar button. */
  toolbar(): Promise<{ badge: string; title: string }>;
  /** Ends the extension's worker, as the browser does to an idle one. */
  stopWorker(): Promise<void>;
  /** Whether the worker runs. Asking does not wake it. */
  isWorkerRunning(): Promise<boolean>;
  /** Blocks all cookies, as a person can in the settings. */
  blockCookies(): Promise<void>;
  pinToToolbar(): Promise<void>;
  /** How many popups hang on the toolbar button. */
  countPopups(): Promise<number>;
}

/** Patterns, unlike Firefox's list: any subdomain leads to the stand-in. */
const standInHosts = [...bilibiliHosts, '*.bilibili.com', '*.biligame.com', '*.hdslb.com'];

/** Every host is the stand-in or does not exist: nothing leaves the machine. */
export function networkArguments(port: number): string[] {
  const rules = [...standInHosts.map((host) => `MAP ${host} 127.0.0.1:${port}`), 'MAP * ~NOTFOUND'];
  return [`--host-resolver-rules=${rules.join(', ')}`, '--ignore-certificate-errors'];
}

/** No requests of the browser's own, no process to imitate a GPU; and no sandbox for root, who cannot have one. */
export const quietArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * Starts a Chromium with the built extension.
 * @param options.folder where the extension is, which makes its id; without it, the build.
 */
export async function launchChromium(
  options: LaunchOptions & { readonly folder?: string },
): Promise<ChromiumBrowser> {
  const { display, language = 'en-US', colorScheme = 'light', beside = [] } = options;
  const folder = options.folder ?? extensionFolder;
  const extensions = [folder, ...beside].join(',');
  const profile = options.profile ?? createProfile();
  const context = await chromium.launchPersistentContext(profile.folder, {
    executablePath: chromiumPath(),
    timeout: patience,
    headless: false,
    locale: language,
    colorScheme,
    ignoreHTTPSErrors: options.standIn !== undefined,
    viewport: display ? null : { width: 480, height: 720 },
    env: {
      ...process.env,
      LANGUAGE: language.replace('-', '_'),
      ...(display && { DISPLAY: display }),
    },
    // Playwright's default switches extensions off.
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      ...(display ? [] : ['--headless=new']),
      `--disable-extensions-except=${extensions}`,
      `--load-extension=${extensions}`,
      `--lang=${language}`,
      ...(options.standIn ? networkArguments(options.standIn.port) : []),
      ...quietArguments,
    ],
  });
  context.setDefaultTimeout(patience);
  const extensionId = extensionIdOf(folder);
  const isOurs = (worker: Worker) => new URL(worker.url()).host === extensionId;
  const currentWorker = async () =>
    context.serviceWorkers().findLast(isOurs) ??
    (await context.waitForEvent('serviceworker', isOurs));
  await currentWorker();
  const ownUrl = (path: string) => `chrome-extension://${extensionId}/${path}`;

  const visit = async (url: string) => {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  // A page of the extension's origin that runs nothing of its own.
  const bench = await visit(ownUrl('manifest.json'));
  const cdp: CDPSession = await context.newCDPSession(bench);
  await cdp.send('ServiceWorker.enable');
  /** What undoes a change of the browser's own settings. */
  const undo: (() => Promise<void>)[] = [];

  const configure = async (update: Record<string, unknown>) => {
    const settings = await visit(`chrome://extensions/?id=${extensionId}`);
    await settings.evaluate(
      // Only this page of the browser's has the API; no types describe it.
      (details) => Reflect.get(chrome, 'developerPrivate').updateExtensionConfiguration(details),
      { extensionId, ...update },
    );
    await settings.close();
  };

  let tellStopped = () => {};
  cdp.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) tellStopped();
  });
  const stopWorker = async () => {
    const stopped = new Promise<void>((resolve) => {
      tellStopped = resolve;
    });
    await cdp.send('ServiceWorker.stopAllWorkers');
    await stopped;
  };
  /** Only a running one can be stopped. Any message wakes it, also one that it does not understand. */
  const wakeWorker = () => bench.evaluate(() => chrome.runtime.sendMessage('wake'));
  const setCookiesTo = async (value: 'allow' | 'block') => {
    const settings = await visit('chrome://settings/content/siteData');
    // What the page itself calls when its “do not allow” is chosen.
    await settings.evaluate(
      (wanted) =>
        Reflect.get(chrome, 'send').call(chrome, 'setDefaultValueForContentType', [
          'cookies',
          wanted,
        ]),
      value,
    );
    await settings.close();
  };

  return {
    context,
    async reset() {
      for (const page of context.pages()) if (page !== bench) await page.close();
      for (const change of undo.splice(0)) await change();
      // Without cookies a log-out that a new worker takes up has nobody to ask about.
      await context.clearCookies();
      do {
        await wakeWorker();
        await stopWorker();
      } while (!(await bench.evaluate(forgetAll)));
      return true;
    },
    closed: new Promise((resolve) => {
      context.once('close', () => resolve());
    }),
    extensionId,
    visit,
    openOwnPage: (path) => visit(ownUrl(path)),
    inExtension: (fn, argument) => bench.evaluate(fn as never, argument) as Promise<never>,
    async tellPresence(presence) {
      const worker = await currentWorker();
      await worker.evaluate((state) => {
        const { browser = chrome } = globalThis as unknown as { browser?: typeof chrome };
        for (const { idle } of [chrome, browser]) {
          Reflect.set(idle, 'queryState', () => Promise.resolve(state));
        }
        Reflect.get(browser.idle.onStateChanged, 'dispatch').call(
          browser.idle.onStateChanged,
          state,
        );
      }, presence);
    },
    async tellStart() {
      const worker = await currentWorker();
      await worker.evaluate(() => {
        const { onStartup } = chrome.runtime;
        Reflect.get(onStartup, 'dispatch').call(onStartup);
      });
    },
    async forbidOpenPopup() {
      const worker = await currentWorker();
      await worker.evaluate(() => {
        // Where the browser has a `browser` of its own, the extension uses that.
        const { browser = chrome } = globalThis as unknown as { browser?: typeof chrome };
        for (const { action } of [chrome, browser]) Reflect.set(action, 'openPopup', undefined);
      });
    },
    async countOpenings() {
      const worker = await currentWorker();
      await worker.evaluate(() => {
        const { browser = chrome } = globalThis as unknown as { browser?: typeof chrome };
        Reflect.set(globalThis, 'openings', 0);
        for (const { action } of new Set([chrome, browser])) {
          Reflect.set(action, 'openPopup', async () => {
            Reflect.set(globalThis, 'openings', Reflect.get(globalThis, 'openings') + 1);
          });
        }
      });
      return () => worker.evaluate(() => Reflect.get(globalThis, 'openings') as number);
    },
    async breakStorage() {
      const worker = await currentWorker();
      await worker.evaluate(() => {
        const { browser = chrome } = globalThis as unknown as { browser?: typeof chrome };
        const areas = new Set([chrome.storage.session, browser.storage.session]);
        const usual = [...areas].map((area) => [area, area.set] as const);
        for (const area of areas) {
          Reflect.set(area, 'set', () => Promise.reject(new Error('QUOTA_BYTES quota exceeded')));
        }
        Reflect.set(globalThis, 'letStore', () => {
          for (const [area, set] of usual) Reflect.set(area, 'set', set);
        });
      });
      return () => worker.evaluate(() => Reflect.get(globalThis, 'letStore')());
    },
    async trigger(entryPoint) {
      const worker = await currentWorker();
      await worker.evaluate((name) => {
        // `dispatch` is there in every Chromium and in no types.
        const { commands, contextMenus } = chrome as unknown as Record<
          string,
          Record<string, { dispatch(...details: unknown[]): void }>
        >;
        if (name === 'shortcut') commands?.['onCommand']?.dispatch('log-out');
        else contextMenus?.['onClicked']?.dispatch({ menuItemId: 'log-out' });
      }, entryPoint);
    },
    toolbar: () =>
      bench.evaluate(async () => ({
        badge: await chrome.action.getBadgeText({}),
        title: await chrome.action.getTitle({}),
      })),
    countPopups: () =>
      bench.evaluate(
        async () => (await chrome.runtime.getContexts({ contextTypes: ['POPUP'] })).length,
      ),
    async switchOn(setting) {
      // A prompt cannot be answered without a screen: the site is allowed beforehand.
      if (setting === 'biligame') {
        const settings = await visit(`chrome://extensions/?id=${extensionId}`);
        await settings.evaluate(
          (id) =>
            Reflect.get(chrome, 'developerPrivate').addHostPermission(id, '*://*.biligame.com/*'),
          extensionId,
        );
        await settings.close();
      }
      const page = await visit(ownUrl('src/options/index.html'));
      await page.locator(`input[name=${setting}]`).click();
      await page.evaluate(untilSwitchedOn, setting);
      await page.close();
    },
    stopWorker,
    isWorkerRunning: () =>
      bench.evaluate(
        async () => (await chrome.runtime.getContexts({ contextTypes: ['BACKGROUND'] })).length > 0,
      ),
    async withdrawAccess() {
      await configure({ hostAccess: 'ON_CLICK' });
      undo.push(() => configure({ hostAccess: 'ON_ALL_SITES' }));
    },
    giveAccessBack: () => configure({ hostAccess: 'ON_ALL_SITES' }),
    async blockCookies() {
      await setCookiesTo('block');
      undo.push(() => setCookiesTo('allow'));
    },
    async pinToToolbar() {
      await configure({ pinnedToToolbar: true });
      undo.push(() => configure({ pinnedToToolbar: false }));
    },
    async close() {
      await context.close();
      if (!options.profile) profile.remove();
    },
  };
}
