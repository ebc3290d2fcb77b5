import { describe, expect, it } from 'vitest';
import { followUps } from '../core/follow-ups.ts';
import { parseSettings, settingNames } from './settings.ts';

const defaults = { biligame: false, siteData: false };

it('all that a person can switch on is off by default', () => {
  expect(parseSettings(undefined)).toStrictEqual(defaults);
  expect(parseSettings({})).toStrictEqual(defaults);
  expect(Object.keys(parseSettings(undefined))).toEqual(settingNames);
});

it('each setting is of a task, and each task has its setting', () => {
  expect(settingNames).toEqual(followUps);
});

it.each([
  { biligame: false, siteData: false },
  { biligame: true, siteData: false },
  { biligame: false, siteData: true },
  { biligame: true, siteData: true },
])('what was stored is in force: %j', (stored) => {
  expect(parseSettings(JSON.parse(JSON.stringify(stored)))).toStrictEqual(stored);
});

const garbage: [string, unknown][] = [
  ['missing', undefined],
  ['null', null],
  ['a number', 1],
  ['a text', 'true'],
  ['an empty text', ''],
  ['a list', [true]],
  ['an object', { value: true }],
  ['no number', Number.NaN],
  ['a function', () => true],
  ['a symbol', Symbol('true')],
  ['a big number', 1n],
  ['a boxed value', Object(true)],
  ['a date', new Date(0)],
];

describe.each(settingNames)('a value that makes no sense is the default of %s alone', (name) => {
  const other = name === 'biligame' ? 'siteData' : 'biligame';
  it.each(garbage)('%s', (_, value) => {
    for (const kept of [true, false]) {
      expect(parseSettings({ [name]: value, [other]: kept })).toStrictEqual({
        ...defaults,
        [other]: kept,
      });
    }
  });

  it('where it is missing', () => {
    expect(parseSettings({ [other]: true })).toStrictEqual({ ...defaults, [other]: true });
  });
});

it.each(garbage)('settings that make no sense are the defaults: %s', (_, stored) => {
  expect(parseSettings(stored)).toStrictEqual(defaults);
});

it('what is not known is dropped', () => {
  expect(parseSettings({ biligame: true, rules: [], siteData: true })).toStrictEqual({
    biligame: true,
    siteData: true,
  });
});
