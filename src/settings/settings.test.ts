import { describe, expect, it } from 'vitest';
import schema from '../../public/managed-schema.json' with { type: 'json' };
import { followUps } from '../core/follow-ups.ts';
import {
  defaultSettings,
  parseSettings,
  type SettingName,
  type Settings,
  settingNames,
} from './settings.ts';

/** For each setting, every value that it can have, or those at its limits. */
const valuesOf: { readonly [N in SettingName]: readonly Settings[N][] } = {
  toolbarClick: ['ask', 'countdown', 'at-once'],
  reloadTabs: [true, false],
  biligame: [true, false],
  siteData: [true, false],
  logOutAfterLastTab: [0, 1, 15, 240, null],
  logOutWhenIdle: [1, 15, 240, null],
  logOutWhenLocked: [true, false],
  logOutAtStart: [true, false],
};
const values = settingNames.flatMap((name) =>
  valuesOf[name].map((value): [SettingName, unknown] => [name, value]),
);

/** What makes no sense of any setting. */
const garbage: [string, unknown][] = [
  ['a text', 'true'],
  ['a number in a text', '15'],
  ['a part of a minute', 0.5],
  ['less than no time', -1],
  ['too long a time', 241],
  ['for ever', Number.POSITIVE_INFINITY],
  ['an empty text', ''],
  ['a choice in capitals', 'ASK'],
  ['a list', [true]],
  ['a list of a choice', ['ask']],
  ['an object', { value: true }],
  ['no number', Number.NaN],
  ['a function', () => true],
  ['a symbol', Symbol('true')],
  ['a big number', 1n],
  ['a boxed value', Object(true)],
  ['a boxed choice', Object('ask')],
  ['a boxed number', Object(15)],
  ['a date', new Date(0)],
];
const isTime = (name: SettingName) => valuesOf[name].some((value) => typeof value === 'number');
/** And what makes none of this one. */
const garbageOf = (name: SettingName): [string, unknown][] => [
  ...garbage,
  ...(isTime(name) ? [['a switch', true] as [string, unknown]] : []),
  ...(isTime(name)
    ? []
    : [['null', null] as [string, unknown], ['a number', 1] as [string, unknown]]),
  ...(name === 'logOutWhenIdle' ? [['at once', 0] as [string, unknown]] : []),
];

/** All other settings, away from their defaults. */
function othersThan(name: SettingName): Partial<Settings> {
  const changed: Settings = {
    ...{ toolbarClick: 'at-once', reloadTabs: true, biligame: true, siteData: true },
    ...{ logOutAfterLastTab: 0, logOutWhenIdle: 30, logOutWhenLocked: true, logOutAtStart: true },
  };
  return Object.fromEntries(Object.entries(changed).filter(([key]) => key !== name));
}

const allUnderstood = { managed: [], sync: [] };

it('by default a click counts down, and nothing else is on', () => {
  const defaults = { toolbarClick: 'countdown', reloadTabs: false, biligame: false };
  const rules = { logOutAfterLastTab: null, logOutWhenIdle: null, logOutWhenLocked: false };
  const off = { siteData: false, logOutAtStart: false };
  expect(defaultSettings).toStrictEqual({ ...defaults, ...rules, ...off });
});

it.each([[undefined], [null], [{}], [[]], ['ask'], [1], [() => true]])(
  'nothing stored is all by default, and nothing to report: %j',
  (stored) => {
    const byDefault = { settings: defaultSettings, locked: [], notUnderstood: allUnderstood };
    expect(parseSettings({ sync: stored, managed: stored })).toStrictEqual(byDefault);
  },
);

it('each follow-up has its setting', () => {
  expect(settingNames).toEqual(expect.arrayContaining([...followUps]));
});

const policyValues = values.filter(([, value]) => value !== null);

it.each(settingNames)('%s: that no policy says "off" by null, as Chromium takes none', (name) => {
  expect(parseSettings({ sync: {}, managed: { [name]: null } })).toStrictEqual({
    ...{ settings: defaultSettings, locked: [], notUnderstood: { managed: [name], sync: [] } },
  });
});

describe.each(values)('%s: %j', (name, value) => {
  const others = othersThan(name);

  it('is in force where a person has chosen it', () => {
    expect(parseSettings({ sync: { ...others, [name]: value }, managed: {} })).toStrictEqual({
      settings: { ...defaultSettings, ...others, [name]: value },
      ...{ locked: [], notUnderstood: allUnderstood },
    });
  });

  it('is in force where the policy makes no sense, and can be changed', () => {
    expect(parseSettings({ sync: { [name]: value }, managed: { [name]: -7 } })).toStrictEqual({
      settings: { ...defaultSettings, [name]: value },
      ...{ locked: [], notUnderstood: { managed: [name], sync: [] } },
    });
  });
});

describe.each(policyValues)('%s: %j', (name, value) => {
  const others = othersThan(name);

  it.each<unknown>([...valuesOf[name]])(
    'is in force where a policy sets it, not what is stored: %j',
    (own) => {
      const stored = { sync: { ...others, [name]: own }, managed: { [name]: value } };
      expect(parseSettings(stored)).toStrictEqual({
        settings: { ...defaultSettings, ...others, [name]: value },
        ...{ locked: [name], notUnderstood: allUnderstood },
      });
    },
  );
});

describe.each(settingNames)('%s, when it makes no sense', (name) => {
  const others = othersThan(name);

  it.each(garbageOf(name))('falls back alone and is reported: %s', (_, value) => {
    const stored = { ...others, [name]: value };
    const settings = { ...defaultSettings, ...others };
    expect(parseSettings({ sync: stored, managed: {} })).toStrictEqual({
      ...{ settings, locked: [], notUnderstood: { managed: [], sync: [name] } },
    });
    expect(parseSettings({ sync: {}, managed: stored })).toStrictEqual({
      ...{ settings, locked: Object.keys(others) },
      notUnderstood: { managed: [name], sync: [] },
    });
  });

  it('is reported of both where it makes none twice', () => {
    const stored = { [name]: -7 };
    expect(parseSettings({ sync: stored, managed: stored })).toStrictEqual({
      ...{ settings: defaultSettings, locked: [] },
      notUnderstood: { managed: [name], sync: [name] },
    });
  });

  it('is not reported where a policy is in force anyway', () => {
    const [value] = valuesOf[name];
    const managed = { [name]: value };
    expect(parseSettings({ sync: { [name]: -7 }, managed })).toStrictEqual({
      ...{ settings: { ...defaultSettings, [name]: value }, locked: [name] },
      notUnderstood: allUnderstood,
    });
  });
});

it('what is not known, or not set by anybody, is no setting and nothing to report', () => {
  const stored = { rules: [], constructor: 'ask', __proto__: { siteData: true } };
  const byDefault = { settings: defaultSettings, locked: [], notUnderstood: allUnderstood };
  expect(parseSettings({ sync: stored, managed: stored })).toStrictEqual(byDefault);
});

it('the schema of policies knows each setting, and is one that Chromium takes', () => {
  // Which values it allows is compared with what is understood in `settings.fuzz.test.ts`.
  expect(Object.keys(schema)).toEqual(['type', 'properties']);
  expect(Object.keys(schema.properties)).toEqual(settingNames);
  const types = Object.values(schema.properties).map(({ type }) => type);
  expect(types.every((type) => ['boolean', 'integer', 'string'].includes(type))).toBe(true);
});
