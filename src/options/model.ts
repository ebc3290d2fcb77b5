import { type ReadonlySignal, signal } from '@preact/signals-core';
import {
  parseSettings,
  type SettingName,
  type Settings,
  settingNames,
} from '../settings/settings.ts';

/** What the options page needs of the browser. */
export interface OptionsParts {
  readSettings(): Promise<Settings>;
  writeSetting(name: SettingName, isOn: boolean): Promise<void>;
  isAllowed(name: SettingName): Promise<boolean>;
  /** Asks the person; works only while a click is being handled. */
  request(name: SettingName): Promise<boolean>;
  giveUp(name: SettingName): Promise<void>;
  /** The keys of the shortcut; '' when it has none, undefined where there are no shortcuts. */
  readShortcut(): Promise<string | undefined>;
  /** Calls back when settings or permissions may have changed. */
  onChange(listener: () => void): void;
}

export interface OptionsModel {
  /** The settings as they are in force: a permission withdrawn switches its setting off. */
  readonly settings: ReadonlySignal<Settings | undefined>;
  /** The setting that a person wanted and then did not allow. */
  readonly refused: ReadonlySignal<SettingName | undefined>;
  readonly shortcut: ReadonlySignal<string | undefined>;
  set(name: SettingName, isOn: boolean): Promise<void>;
}

/** The settings, each bound to the permission that it needs. */
export function createOptionsModel(parts: OptionsParts): OptionsModel {
  const settings = signal<Settings>();
  const refused = signal<SettingName>();
  const shortcut = signal<string>();

  let newest = 0;
  const refresh = async () => {
    newest += 1;
    const own = newest;
    // What cannot be read is in force nowhere, and the page must not wait for it for ever.
    const stored = await parts.readSettings().catch(() => parseSettings(undefined));
    const inForce = await Promise.all(
      settingNames.map(async (name) => [name, stored[name] && (await parts.isAllowed(name))]),
    );
    // A slow look must not hide what a later one has seen.
    if (own === newest) settings.value = { ...stored, ...Object.fromEntries(inForce) };
    shortcut.value = await parts.readShortcut();
  };
  parts.onChange(() => void refresh());
  void refresh();

  return {
    settings,
    refused,
    shortcut,
    async set(name, isOn) {
      // First of all: the browser asks only as long as it sees the click.
      const isAllowed = !isOn || (await parts.request(name).catch(() => false));
      refused.value = isAllowed ? undefined : name;
      try {
        await parts.writeSetting(name, isOn && isAllowed);
        if (!isOn) await parts.giveUp(name);
      } catch {
        // Looking anew shows how it is.
      }
      await refresh();
    },
  };
}
