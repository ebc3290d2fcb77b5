import type { SwitchName } from '../../src/settings/settings.ts';
import type { StandIn } from '../stand-in/index.ts';
import type { Profile } from './profile.ts';

/**
 * How long anything may take before it counts as hanging, in milliseconds. It is there so that a
 * run ends, and not to measure: a busy machine must never reach it.
 */
export const patience = 120_000;

/** What a page can be asked, by Playwright and by Puppeteer alike. */
export interface PageLike {
  evaluate<Result, Argument>(
    fn: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
  screenshot(options: { readonly path: string }): Promise<unknown>;
  close(): Promise<unknown>;
}

/** A real browser with the extension in it, whose network ends at the stand-in. */
export interface ExtensionBrowser {
  /** Opens a page of the web. */
  visit(url: string): Promise<PageLike>;
  /** Opens a page of the extension, by its path, in a tab of a cookie store. */
  openOwnPage(path: string, store?: string): Promise<PageLike>;
  /** Runs a function where the extension's own APIs are. */
  inExtension<Result, Argument>(
    fn: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
  close(): Promise<void>;
}

/** A browser whose settings page can be used as a person does. */
export interface SettingsBrowser extends ExtensionBrowser {
  /**
   * Makes it as it was when it was started: no tabs but its own, nobody logged in, nothing stored
   * or under way, all settings at their defaults. So tests can share one browser.
   * @returns false where this browser cannot be made so, and another one has to be started.
   */
  reset(): Promise<boolean>;
  /** Opens the settings and clicks a switch on, allowing what it asks for. */
  switchOn(setting: SwitchName): Promise<void>;
  /** Takes the access to bilibili.com away, as a person can at any time. */
  withdrawAccess(): Promise<void>;
  giveAccessBack(): Promise<void>;
}

export interface LaunchOptions {
  /** Where the network ends; without it, it is the real one, for a person to try. */
  readonly standIn?: Pick<StandIn, 'port'>;
  /** The X display to have windows on; without one it is headless. */
  readonly display?: string | undefined;
  /** The browser's language, like `zh-CN`. */
  readonly language?: string;
  readonly colorScheme?: 'light' | 'dark';
  /** The profile, which is kept at the end; without it, a new one that goes. */
  readonly profile?: Profile;
  /** The folders of other unpacked extensions to have beside this one. */
  readonly beside?: readonly string[];
}

/**
 * Runs in a page of the extension, after its worker was stopped: forgets what is stored and what is
 * still to come, wakes the worker, and tells whether it has found nothing to take up.
 */
export async function forgetAll(): Promise<boolean> {
  // One that hangs on the button would tell what is to come, and wake the worker.
  for (const popup of chrome.extension.getViews({ type: 'popup' })) popup.close();
  const optional = { origins: ['*://*.biligame.com/*'], permissions: ['browsingData'] as const };
  await chrome.permissions.remove({ ...optional, permissions: [...optional.permissions] });
  const { session, local, sync } = chrome.storage;
  await Promise.all([session.clear(), local.clear(), sync.clear(), chrome.alarms.clearAll()]);
  // A popup that opens is to begin nothing by itself.
  await sync.set({ toolbarClick: 'ask' });
  const { declarativeNetRequest: rules } = chrome;
  const removeRuleIds = (await rules.getSessionRules()).map(({ id }) => id);
  await rules.updateSessionRules({ removeRuleIds });
  // Answered when the worker has taken up what it found.
  const [store] = await chrome.cookies.getAllCookieStores();
  await chrome.runtime.sendMessage({ type: 'mark-seen', storeId: store?.id });
  const left = [
    await session.get(null),
    await chrome.alarms.getAll(),
    await rules.getSessionRules(),
  ];
  return left.every((things) => Object.keys(things).length === 0);
}

/** Runs in a page of the extension: resolves when a setting is stored as switched on. */
export async function untilSwitchedOn(setting: SwitchName): Promise<void> {
  await new Promise<void>((resolve) => {
    chrome.storage.sync.onChanged.addListener(({ [setting]: change }) => {
      if (change?.newValue === true) resolve();
    });
    void chrome.storage.sync.get(setting).then(({ [setting]: isOn }) => {
      if (isOn === true) resolve();
    });
  });
}
