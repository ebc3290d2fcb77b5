/** What a click on the toolbar button does: ask, log out after a countdown, or at once. */
export const toolbarClicks = ['ask', 'countdown', 'at-once'] as const;
export type ToolbarClick = (typeof toolbarClicks)[number];

/** What a setting can be, and is by default. */
interface Definition<Value> {
  readonly is: (value: unknown) => value is Value;
  readonly byDefault: Value;
}

const onOff = (byDefault: boolean): Definition<boolean> => ({
  is: (value) => typeof value === 'boolean',
  byDefault,
});

const oneOf = <Choice extends string>(
  choices: readonly Choice[],
  byDefault: Choice,
): Definition<Choice> => ({
  is: (value): value is Choice => (choices as readonly unknown[]).includes(value),
  byDefault,
});

/** Whole minutes from `minimum` to 240, or null: off. */
const minutesFrom = (minimum: number): Definition<number | null> => ({
  is: (value): value is number | null =>
    value === null || (Number.isInteger(value) && minimum <= Number(value) && Number(value) <= 240),
  byDefault: null,
});

/**
 * Every setting. Each is a key of its own where settings are stored, and in
 * `public/managed-schema.json`, by which Chromium drops values of a policy that would not be
 * understood here: https://www.chromium.org/administrators/configuring-policy-for-extensions/
 */
const definitions = {
  toolbarClick: oneOf(toolbarClicks, 'countdown'),
  /** After a good log-out, reload the open tabs that still show the account. */
  reloadTabs: onOff(false),
  /** After a good log-out, log out of biligame.com too. Works with access to that site only. */
  biligame: onOff(false),
  /** After a good log-out, remove the site's stored data. Needs `browsingData`. */
  siteData: onOff(false),
  // The rules: what logs out by itself. See `core/rules.ts`.
  /** So long after the last tab of the site in a store was closed. */
  logOutAfterLastTab: minutesFrom(0),
  /** When nobody has used the computer for so long. */
  logOutWhenIdle: minutesFrom(1),
  /** When the screen is locked. Firefox does not tell that. */
  logOutWhenLocked: onOff(false),
  /** When the browser starts. */
  logOutAtStart: onOff(false),
};
type Definitions = typeof definitions;

export type SettingName = keyof Definitions;
export type Settings = {
  readonly [N in SettingName]: Definitions[N] extends Definition<infer Value> ? Value : never;
};
/** The settings that are on or off. */
export type SwitchName = {
  [N in SettingName]: Settings[N] extends boolean ? N : never;
}[SettingName];
/** The settings that are a time, or off. */
export type MinutesName = {
  [N in SettingName]: number extends Settings[N] ? N : never;
}[SettingName];

export const settingNames = Object.keys(definitions) as readonly SettingName[];

/** For each setting, something that is made of its definition. */
function mapSettings(make: (definition: Definition<unknown>, name: SettingName) => unknown) {
  return Object.fromEntries(settingNames.map((name) => [name, make(definitions[name], name)]));
}

export const defaultSettings = mapSettings(({ byDefault }) => byDefault) as Settings;

/** Both places where settings are stored, as they were read: not to be trusted. */
export interface StoredSettings {
  /** What the person has chosen. */
  readonly sync: unknown;
  /** What the administrator's policy sets. */
  readonly managed: unknown;
}

export interface ParsedSettings {
  readonly settings: Settings;
  /** What a policy sets: the person cannot change it. */
  readonly locked: readonly SettingName[];
  /** Where a stored value could not be understood, and so was passed over. */
  readonly notUnderstood: Readonly<Record<keyof StoredSettings, readonly SettingName[]>>;
}

/**
 * Understands stored settings, whatever was stored. The policy's value is in force, else the
 * person's, else the default. A value that cannot be understood is passed over as if it were not
 * there, and takes no other setting with it: so Chromium treats one in a policy. Never throws.
 */
export function parseSettings(stored: StoredSettings): ParsedSettings {
  const locked: SettingName[] = [];
  const notUnderstood = { managed: [] as SettingName[], sync: [] as SettingName[] };
  const settings = mapSettings(({ is, byDefault }, name) => {
    for (const area of ['managed', 'sync'] as const) {
      const value = valueIn(stored[area], name);
      if (value === undefined) continue;
      // Chromium's schema takes one type for each: a policy has no word for "off" of a time.
      if (is(value) && (area === 'sync' || value !== null)) {
        if (area === 'managed') locked.push(name);
        return value;
      }
      notUnderstood[area].push(name);
    }
    return byDefault;
  }) as Settings;
  return { settings, locked, notUnderstood };
}

/** What an area holds under a name. Not what an object has by birth, as `constructor`. */
function valueIn(area: unknown, name: SettingName): unknown {
  const isObject = typeof area === 'object' && area !== null;
  return isObject && Object.hasOwn(area, name) ? Reflect.get(area, name) : undefined;
}
