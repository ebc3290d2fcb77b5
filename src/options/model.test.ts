import { describe, expect, it, vi } from 'vitest';
import type { SettingName, Settings } from '../settings/settings.ts';
import { createOptionsModel } from './model.ts';

const off: Settings = { biligame: false, siteData: false };

interface SetUp {
  readonly stored?: Settings;
  readonly allowed?: readonly SettingName[];
  /** Whether the person allows what is asked for. */
  readonly isGranting?: boolean;
  readonly shortcut?: string | undefined;
  /** Whether the settings can be read at first. */
  readonly isReadable?: boolean;
}

/** A browser with settings and permissions, which tells of their changes. */
function setUp(options: SetUp = {}) {
  const { stored = off, allowed = [], isGranting = true, isReadable = true, ...rest } = options;
  const browser = {
    settings: stored,
    allowed: new Set(allowed),
    shortcut: 'Alt+Shift+L' as string,
  };
  const shortcut = 'shortcut' in rest ? rest.shortcut : browser.shortcut;
  let change = () => {};
  const events: string[] = [];
  const parts = {
    readSettings: vi.fn(async () => browser.settings),
    writeSetting: vi.fn(async (name: SettingName, isOn: boolean) => {
      events.push(`write ${name} ${isOn}`);
      browser.settings = { ...browser.settings, [name]: isOn };
      change();
    }),
    isAllowed: async (name: SettingName) => browser.allowed.has(name),
    request: vi.fn(async (name: SettingName) => {
      events.push(`request ${name}`);
      if (isGranting) browser.allowed.add(name);
      return isGranting;
    }),
    async giveUp(name: SettingName) {
      events.push(`give up ${name}`);
      browser.allowed.delete(name);
      change();
    },
    readShortcut: vi.fn(async () => shortcut),
    onChange(listener: () => void) {
      change = listener;
    },
  };
  if (!isReadable) parts.readSettings.mockRejectedValueOnce(new Error('no storage'));
  const model = createOptionsModel(parts);
  return { model, parts, browser, events, change: () => change() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('nothing is known at first', async () => {
  const { model } = setUp();
  expect(model.settings.value).toBeUndefined();
  expect(model.refused.value).toBeUndefined();
  await settled();
  expect(model.settings.value).toEqual(off);
});

it('settings that cannot be read are off, and the page can be used', async () => {
  const { model, change, browser } = setUp({ allowed: ['siteData'], isReadable: false });
  await settled();
  expect(model.settings.value).toEqual(off);
  expect(model.shortcut.value).toBe('Alt+Shift+L');
  browser.settings = { ...off, siteData: true };
  change();
  await settled();
  expect(model.settings.value).toEqual({ ...off, siteData: true });
});

describe('a setting is in force', () => {
  it.each<[Settings, SettingName[], Settings]>([
    [off, [], off],
    [off, ['biligame', 'siteData'], off],
    [{ biligame: true, siteData: true }, [], off],
    [{ biligame: true, siteData: true }, ['biligame'], { biligame: true, siteData: false }],
    [{ biligame: true, siteData: false }, ['siteData'], off],
    [
      { biligame: true, siteData: true },
      ['biligame', 'siteData'],
      { biligame: true, siteData: true },
    ],
  ])('where it is stored and allowed: %j, %j: %j', async (stored, allowed, inForce) => {
    const { model, events } = setUp({ stored, allowed });
    await settled();
    expect(model.settings.value).toEqual(inForce);
    expect(events).toEqual([]);
  });

  it('until it is no longer allowed, or switched off elsewhere', async () => {
    const stored = { biligame: true, siteData: true };
    const { model, browser, change } = setUp({ stored, allowed: ['biligame', 'siteData'] });
    await settled();
    browser.allowed.delete('siteData');
    change();
    await settled();
    expect(model.settings.value).toEqual({ biligame: true, siteData: false });
    browser.settings = off;
    change();
    await settled();
    expect(model.settings.value).toEqual(off);
  });
});

it.each([['Alt+Shift+L'], [''], [undefined]])('the shortcut is told: %j', async (shortcut) => {
  const { model } = setUp({ shortcut });
  await settled();
  expect(model.shortcut.value).toBe(shortcut);
});

it('the shortcut is told anew when something has changed', async () => {
  const { model, parts, change } = setUp();
  await settled();
  parts.readShortcut.mockResolvedValue('Ctrl+L');
  change();
  await settled();
  expect(model.shortcut.value).toBe('Ctrl+L');
});

describe.each(['biligame', 'siteData'] as const)('switching %s', (name) => {
  const other = name === 'biligame' ? 'siteData' : 'biligame';

  it('on asks the person first of all, as long as the browser sees the click', async () => {
    const { model, parts, events } = setUp();
    const done = model.set(name, true);
    expect(parts.request.mock.calls).toEqual([[name]]);
    await done;
    expect(events).toEqual([`request ${name}`, `write ${name} true`]);
    expect(model.settings.value).toEqual({ ...off, [name]: true });
    expect(model.refused.value).toBeUndefined();
  });

  it('on, and the person does not allow it, leaves it off and says so', async () => {
    const { model, events, browser } = setUp({ isGranting: false });
    await model.set(name, true);
    expect(events).toEqual([`request ${name}`, `write ${name} false`]);
    expect(browser.settings).toEqual(off);
    expect(model.settings.value).toEqual(off);
    expect(model.refused.value).toBe(name);
  });

  it('off gives back what it was allowed, after it is off', async () => {
    const { model, events } = setUp({ stored: { ...off, [name]: true }, allowed: [name] });
    await model.set(name, false);
    expect(events).toEqual([`write ${name} false`, `give up ${name}`]);
    expect(model.settings.value).toEqual(off);
  });

  it.each([true, false])('leaves the other as it is: %s', async (isOn) => {
    const stored = { ...off, [other]: isOn };
    const { model, browser } = setUp({ stored, allowed: isOn ? [other] : [] });
    await model.set(name, true);
    expect(browser.settings).toEqual({ ...stored, [name]: true });
    await model.set(name, false);
    expect(browser.settings).toEqual(stored);
    expect(browser.allowed).toEqual(new Set(isOn ? [other] : []));
    expect(model.settings.value).toEqual(stored);
  });

  it('on, and the other at once, switches both on', async () => {
    const { model, parts, browser } = setUp();
    const slow = parts.writeSetting.getMockImplementation();
    parts.writeSetting.mockImplementation(async (...change) => {
      await settled();
      await slow?.(...change);
    });
    await Promise.all([model.set(name, true), model.set(other, true)]);
    expect(browser.settings).toEqual({ biligame: true, siteData: true });
    expect(model.settings.value).toEqual({ biligame: true, siteData: true });
  });

  it.each([true, false])('to %s where nothing can be stored shows it as it is', async (isOn) => {
    const stored = { ...off, [name]: !isOn };
    const { model, parts } = setUp({ stored, allowed: [name] });
    await settled();
    const before = model.settings.value;
    parts.writeSetting.mockRejectedValue(new Error('quota'));
    await model.set(name, isOn);
    expect(model.settings.value).toEqual(stored);
    // A new object: the page draws the box anew, which the click has changed.
    expect(model.settings.value).not.toBe(before);
  });

  it('takes back what was said of a refusal', async () => {
    const { model, parts } = setUp({ isGranting: false });
    await model.set(name, true);
    expect(model.refused.value).toBe(name);
    await model.set(other, true);
    expect(model.refused.value).toBe(other);
    parts.request.mockResolvedValue(true);
    await model.set(other, true);
    expect(model.refused.value).toBeUndefined();
    await model.set(name, true);
    expect(model.refused.value).toBeUndefined();
  });

  it('on is shown at once in force, and not before it is allowed', async () => {
    const { model } = setUp();
    await settled();
    const done = model.set(name, true);
    expect(model.settings.value).toEqual(off);
    await done;
    expect(model.settings.value).toEqual({ ...off, [name]: true });
  });
});
