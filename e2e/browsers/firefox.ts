import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Page } from 'puppeteer-core';
import { firefoxId } from '../../manifest.config.ts';
import { expect } from '../expect.ts';
import {
  forgetAll,
  type LaunchOptions,
  type PageLike,
  patience,
  type SettingsBrowser,
  untilSwitchedOn,
} from './extension-browser.ts';
import { bilibiliHosts } from './hosts.ts';
import { createProfile } from './profile.ts';
import { clickOn, openedBy, pageLike, untilShown } from './puppeteer-page.ts';

const extensionFolder = fileURLToPath(new URL('../../dist/firefox', import.meta.url));
/** Firefox draws one at random for each profile; a page has to be found by it. */
const uuid = '7d1f0c1a-6a3c-4b5e-9c3e-0d6b6c1f2a11';

/**
 * The one that `FIREFOX` names, or else the system's. Playwright's own takes no extensions from a
 * folder.
 */
export function firefoxPath(): string {
  const found =
    process.env['FIREFOX'] || ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync);
  if (!found) throw new Error('No Firefox found: run `npm run setup`, or set FIREFOX to its path.');
  return found;
}

export interface FirefoxBrowser extends SettingsBrowser {
  /** Opens a page of the web in a tab of a cookie store. */
  visit(url: string, store?: string): Promise<PageLike>;
  /** Opens a page of the extension in a tab of a cookie store, which becomes the active one. */
  openOwnPage(path: string, store?: string): Promise<PageLike>;
  /** Makes a new container, as a person can in the settings, and gives its cookie store. */
  createContainer(): Promise<string>;
  /** Deletes a container, its tabs and its cookies, as a person can in the settings. */
  removeContainer(store: string): Promise<void>;
  /** Closes the private window, and with it all private tabs. */
  closePrivateWindow(): Promise<void>;
  /** Makes it a browser whose computer nobody has used for so many seconds. */
  beIdleFor(seconds: number): Promise<void>;
  /** Tells the extension that Firefox has started: one that was installed since is not told so. */
  tellStart(): Promise<void>;
  /** The icon that the button shows in the ordinary or the private window: its file's name. */
  shownIcon(window: 'ordinary' | 'private'): Promise<string>;
  /** Ends the extension's event page, as Firefox does to an idle one. @throws when it lives on. */
  stopEventPage(): Promise<void>;
  /** Whether the event page runs. Asking does not wake it. */
  isEventPageRunning(): Promise<boolean>;
}

/** The WebDriver BiDi connection, of which Firefox understands more than Puppeteer says. */
interface Connection {
  send(method: string, parameters: unknown): Promise<{ result: Answer }>;
}

/** What the answers hold that is read here. */
interface Answer {
  readonly context?: string;
  readonly contexts?: readonly { readonly context: string }[];
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
}

/** The name of a tab in WebDriver BiDi, which is in no types. */
function contextOf(page: Page): string {
  return Reflect.get(page.mainFrame(), '_id');
}

/** Reads the button itself, among Firefox's own code: no API of extensions tells what it shows. */
function iconIn(isPrivate: boolean): string {
  return `
    const { CustomizableUI } = ChromeUtils.importESModule(
      'moz-src:///browser/components/customizableui/CustomizableUI.sys.mjs',
    );
    const widget = CustomizableUI.getWidget('${firefoxId.replace(/[{}]/g, '_')}-browser-action');
    const window = [...Services.wm.getEnumerator('navigator:browser')].find(
      ({ gBrowser }) => (gBrowser.selectedBrowser.loadContext.usePrivateBrowsing) === ${isPrivate},
    );
    const button = widget.forWindow(window).node.querySelector('[style*="-toolbar-image"]');
    return /toolbar-image:.*?icons.([\\w-]+)-16.png/s.exec(button.getAttribute('style'))[1];
  `;
}

/** Starts a Firefox with a new profile and the built extension. */
export async function launchFirefox(
  options: Omit<LaunchOptions, 'language' | 'display'> & {
    readonly preferences?: Record<string, unknown>;
    /** A `policies.json`. */
    readonly policies?: string;
  },
): Promise<FirefoxBrowser> {
  const { standIn, colorScheme = 'light', policies } = options;
  const profile = options.profile ?? createProfile();
  // Where Firefox keeps what a person has allowed. Allowing it at the installation, by
  // `moz:allowPrivateBrowsing`, is not known to Firefox 140.
  writeFileSync(
    join(profile.folder, 'extension-preferences.json'),
    JSON.stringify({
      [firefoxId]: { permissions: ['internal:privateBrowsingAllowed'], origins: [] },
    }),
  );
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath(),
    userDataDir: profile.folder,
    headless: true,
    // The extension's own pages may be driven, not only the web's.
    args: ['--remote-allow-system-access'],
    acceptInsecureCerts: true,
    timeout: patience,
    // From a file of ours Firefox takes policies only where it is being tested.
    ...(policies && { env: { ...process.env, MOZ_DISABLE_NONLOCAL_CONNECTIONS: '1' } }),
    extraPrefsFirefox: {
      ...(policies && {
        'security.turn_off_all_security_so_that_viruses_can_take_over_this_computer': true,
        'browser.policies.alternatePath': policies,
      }),
      // Every host is the stand-in or does not exist: nothing leaves the machine.
      'network.dns.localDomains': bilibiliHosts.join(','),
      ...(standIn && { 'network.socket.forcePort': `443=${standIn.port}` }),
      'network.proxy.type': 0,
      // The extension works with containers, and switches them on for nobody.
      'privacy.userContext.enabled': true,
      // Permission prompts answer themselves; a click is still needed to ask.
      'extensions.webextOptionalPermissionPrompts': false,
      'extensions.webextensions.uuids': JSON.stringify({ [firefoxId]: uuid }),
      'layout.css.prefers-color-scheme.content-override': colorScheme === 'dark' ? 0 : 1,
      ...options.preferences,
    },
  });
  await browser.installExtension(extensionFolder).catch(async (error: unknown) => {
    await browser.close();
    if (!options.profile) profile.remove();
    throw error;
  });
  // The connection below Puppeteer is in no types.
  const connection: Connection = Reflect.get(browser, 'connection');
  const ownUrl = (path: string) => `moz-extension://${uuid}/${path}`;

  // Waits in Firefox itself. Puppeteer's own ways to navigate and to wait for a page depend on
  // events that Firefox keeps back for pages of extensions, always or now and then.
  const navigate = (page: Page, url: string) =>
    connection.send('browsingContext.navigate', {
      context: contextOf(page),
      url,
      wait: 'complete',
    });

  // A page of the extension's origin that runs nothing of its own.
  const bench = await browser.newPage();
  await navigate(bench, ownUrl('icons/icon-16.png'));

  /** Runs statements among Firefox's own code, where `extension` is what it knows of ours. */
  const inFirefox = async (statements: string): Promise<unknown> => {
    const windows = { 'moz:scope': 'chrome', maxDepth: 0 };
    const tree = (await connection.send('browsingContext.getTree', windows)).result;
    const { result } = await connection.send('script.evaluate', {
      target: { context: tree.contexts?.[0]?.context },
      awaitPromise: true,
      expression: `(async () => {
        const { extension } = WebExtensionPolicy.getByID('${firefoxId}');
        ${statements}
      })()`,
    });
    if (result.exceptionDetails) throw new Error(result.exceptionDetails.text);
    return result.result?.value;
  };
  // Firefox 140 does not know of `moz:scope`.
  const canReachFirefox = await inFirefox('').then(
    () => true,
    () => false,
  );
  const eventPageState = () => inFirefox('return extension.backgroundState;');

  /** The containers by the names of WebDriver BiDi: what a tab of each of them says. */
  const userContexts = new Map<string, Promise<string>>();
  const userContextOf = async (cookieStoreId: string): Promise<string> => {
    const page = await openedBy(browser, () =>
      bench.evaluate((details) => chrome.tabs.create(details as chrome.tabs.CreateProperties), {
        url: 'about:blank',
        cookieStoreId,
      }),
    );
    const { id } = Reflect.get(page.browserContext(), 'userContext');
    await page.close();
    return id;
  };
  /** One private window for all private tabs. Its blank tab keeps the window, and so its store. */
  let privateTab: Promise<Page> | undefined;
  const openPrivateWindow = () =>
    openedBy(browser, () =>
      bench.evaluate(() => chrome.windows.create({ url: 'about:blank', incognito: true })),
    );

  /** Where Firefox is to open a tab: beside another one, in the same store or in a container. */
  const placeOf = async (store: string): Promise<object> => {
    if (store === 'firefox-default') return { referenceContext: contextOf(bench) };
    if (store === 'firefox-private') {
      privateTab ??= openPrivateWindow();
      return { referenceContext: contextOf(await privateTab) };
    }
    const userContext = userContexts.get(store) ?? userContextOf(store);
    userContexts.set(store, userContext);
    return { referenceContext: contextOf(bench), userContext: await userContext };
  };

  // First a blank tab, which Firefox reports before it answers, and then the address.
  const openPage = async (url: string, store: string) => {
    const details = { type: 'tab', ...(await placeOf(store)) };
    const { result } = await connection.send('browsingContext.create', details);
    const page = (await browser.pages()).find((one) => contextOf(one) === result.context);
    if (!page) throw new Error('The new tab has no page.');
    page.setDefaultTimeout(patience);
    await navigate(page, url);
    return page;
  };
  const open = async (url: string, store: string) => pageLike(await openPage(url, store));

  const stopEventPage = async () => {
    // What the idle time calls at its end. For the sake of listeners that have not returned, Firefox
    // puts it off; and what happens meanwhile may have woken it again.
    const stop = async () => {
      await inFirefox('await extension.terminateBackground();');
      return eventPageState();
    };
    await expect.poll(stop).toBe('stopped');
  };

  const giveAccessBack = async () => {
    const page = await openPage(ownUrl('src/popup/index.html'), 'firefox-default');
    await clickOn(page, 'button[data-action="grant-access"]');
    await untilShown(page, 'main:not([data-view="no-access"])');
    await page.close();
  };

  return {
    async reset() {
      if (!canReachFirefox) return false;
      // All tabs but the bench, and with them the private window.
      await bench.evaluate(async () => {
        const own = await chrome.tabs.getCurrent();
        const others = (await chrome.tabs.query({})).filter(({ id }) => id !== own?.id);
        await chrome.tabs.remove(others.map(({ id }) => id as number));
      });
      privateTab = undefined;
      // As long as nobody is there, a rule for that wakes each new event page.
      await bench.evaluate(() => chrome.storage.sync.clear());
      // Without cookies a log-out that a new event page takes up has nobody to ask about.
      await inFirefox('Services.cookies.removeAll();');
      const origins = ['*://*.bilibili.com/*'];
      const hasAccess = (wanted: string[]) => chrome.permissions.contains({ origins: wanted });
      if (!(await bench.evaluate(hasAccess, origins))) await giveAccessBack();
      do await stopEventPage();
      while (!(await bench.evaluate(forgetAll)));
      return true;
    },
    visit: (url, store = 'firefox-default') => open(url, store),
    openOwnPage: (path, store = 'firefox-default') => open(ownUrl(path), store),
    async switchOn(setting) {
      const page = await openPage(ownUrl('src/options/index.html'), 'firefox-default');
      await clickOn(page, `input[name=${setting}]`);
      await page.evaluate(untilSwitchedOn, setting);
      await page.close();
    },
    async createContainer() {
      const storesOfTabs = () =>
        bench.evaluate(async () =>
          (await chrome.tabs.query({})).map((tab) => Reflect.get(tab, 'cookieStoreId') as string),
        );
      const before = await storesOfTabs();
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      const store = (await storesOfTabs()).find((one) => !before.includes(one));
      if (!store) throw new Error('The new container has no tab.');
      await page.close();
      userContexts.set(store, Promise.resolve(Reflect.get(context, 'userContext').id));
      return store;
    },
    async removeContainer(store) {
      const userContext = await (userContexts.get(store) ?? userContextOf(store));
      userContexts.delete(store);
      await connection.send('browser.removeUserContext', { userContext });
    },
    async closePrivateWindow() {
      await bench.evaluate(async () => {
        const windows = await chrome.windows.getAll();
        const ids = windows.filter(({ incognito }) => incognito).map(({ id }) => id as number);
        await Promise.all(ids.map((id) => chrome.windows.remove(id)));
      });
      privateTab = undefined;
    },
    async beIdleFor(seconds) {
      await inFirefox(`
        Cc['@mozilla.org/widget/useridleservice;1']
          .getService(Ci.nsIUserIdleServiceInternal)
          .resetIdleTimeOut(${seconds * 1000});
      `);
    },
    async tellStart() {
      // What `runtime.onStartup` goes by in Firefox: `parent/ext-runtime.js`.
      const reason = await inFirefox('return extension.startupReason;');
      await inFirefox(`extension.startupReason = 'APP_STARTUP';`);
      await stopEventPage();
      await bench.evaluate(() => chrome.runtime.sendMessage('wake'));
      await inFirefox(`
        extension.emit('background-first-run');
        extension.startupReason = '${reason}';
      `);
    },
    shownIcon: async (kind) => String(await inFirefox(iconIn(kind === 'private'))),
    stopEventPage,
    isEventPageRunning: async () => (await eventPageState()) !== 'stopped',
    giveAccessBack,
    async withdrawAccess() {
      await bench.evaluate(() => chrome.permissions.remove({ origins: ['*://*.bilibili.com/*'] }));
    },
    inExtension: (fn, argument) => bench.evaluate(fn as never, argument) as Promise<never>,
    async close() {
      const process = browser.process();
      const ended = process && once(process, 'exit');
      await browser.close();
      // It writes to its profile to the last.
      await ended;
      if (!options.profile) profile.remove();
    },
  };
}
