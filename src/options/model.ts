import { type ReadonlySignal, signal } from '@preact/signals-core';
import { type FollowUp, followUps } from '../core/follow-ups.ts';
import {
  type ParsedSettings,
  parseSettings,
  type SettingName,
  type Settings,
} from '../settings/settings.ts';

/** What the options page needs of the browser. */
export interface OptionsParts {
  readSettings(): Promise<ParsedSettings>;
  writeSetting(name: SettingName, value: Settings[SettingName]): Promise<void>;
  isAllowed(task: FollowUp): Promise<boolean>;
  /** Asks the person; works only while a click is being handled. */
  request(task: FollowUp): Promise<boolean>;
  giveUp(task: FollowUp): Promise<void>;
  /** The keys of the shortcut; '' when it has none, undefined where there are no shortcuts. */
  readShortcut(): Promise<string | undefined>;
  /** Calls back when settings or permissions may have changed. */
  onChange(listener: () => void): void;
}

/**
 * The settings as the page shows them. A permission withdrawn switches the person's own setting off;
 * what a policy sets is shown as it is set.
 */
export interface ShownSettings extends ParsedSettings {
  /** What a policy switches on and the person has not allowed: no policy gives permissions. */
  readonly notAllowed: readonly FollowUp[];
}

export interface OptionsModel {
  /** Not there before it is known. */
  readonly shown: ReadonlySignal<ShownSettings | undefined>;
  /** The setting that a person wanted and then did not allow. */
  readonly refused: ReadonlySignal<SettingName | undefined>;
  readonly shortcut: ReadonlySignal<string | undefined>;
  /** Changes a setting, and asks for what it needs. A policy's stays as it is. */
  set<N extends SettingName>(name: N, value: Settings[N]): Promise<void>;
  /** Asks for what a setting needs that a policy has switched on. */
  allow(task: FollowUp): Promise<void>;
}

/** When settings that could not be read are read again, in milliseconds. */
const againTime = 5_000;

/** The settings, each bound to the permission that it needs. */
export function createOptionsModel(parts: OptionsParts): OptionsModel {
  const shown = signal<ShownSettings>();
  const refused = signal<SettingName>();
  const shortcut = signal<string>();

  let newest = 0;
  const refresh = async () => {
    newest += 1;
    const own = newest;
    // What cannot be read is in force nowhere, and the page must not wait for it for ever.
    const read = await parts.readSettings().catch(() => {
      setTimeout(refresh, againTime);
      return parseSettings({ sync: undefined, managed: undefined });
    });
    const wanted = followUps.filter((task) => read.settings[task]);
    const allowed = await Promise.all(wanted.map((task) => parts.isAllowed(task)));
    const forbidden = wanted.filter((_, index) => !allowed[index]);
    const isLocked = (task: FollowUp) => read.locked.includes(task);
    const off = forbidden.filter((task) => !isLocked(task)).map((task) => [task, false]);
    // A slow look must not hide what a later one has seen.
    if (own === newest) {
      shown.value = {
        ...read,
        settings: { ...read.settings, ...Object.fromEntries(off) },
        notAllowed: forbidden.filter(isLocked),
      };
    }
    shortcut.value = await parts.readShortcut();
  };
  parts.onChange(() => void refresh());
  void refresh();

  /** The change of each setting that is under way or was the last. */
  const changes = new Map<SettingName, Promise<void>>();

  return {
    shown,
    refused,
    shortcut,
    async set(name, value) {
      if (shown.value?.locked.includes(name)) return;
      const task = followUps.find((one) => one === name);
      // First of all: the browser asks only as long as it sees the click.
      const answer = task && value === true ? parts.request(task).catch(() => false) : true;
      const former = changes.get(name);
      const change = async () => {
        // What was chosen last is stored last, even if the person was asked for long in between.
        await former;
        const isAllowed = await answer;
        refused.value = isAllowed ? undefined : name;
        try {
          await parts.writeSetting(name, isAllowed && value);
          if (task && value === false) await parts.giveUp(task);
        } catch {
          // Looking anew shows how it is.
        }
      };
      changes.set(name, change());
      await changes.get(name);
      await refresh();
    },
    async allow(task) {
      const isAllowed = await parts.request(task).catch(() => false);
      refused.value = isAllowed ? undefined : task;
      await refresh();
    },
  };
}
