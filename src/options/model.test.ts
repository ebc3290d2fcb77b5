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
}

/** A browser with settings and permissions, which tells of their changes. */
function setUp({ stored = off, allowed = [], isGranting = true, ...rest }: SetUp = {}) {
  const browser = {
    settings: stored,
    allowed: new Set(allowed),
    shortcut: 'Alt+Shift+L' as string,
  };
  const shortcut = 'shortcut' in rest ? rest.shortcut : browser.shortcut;
  let change = () => {};
  const events: string[] = [];
  const parts = {
    readSettings: async () => browser.settings,
    async writeSettings(settings: Settings) {
      events.push(`write ${JSON.stringify(settings)}`);
      browser.settings = settings;
      change();
    },
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
  const model = createOptionsModel(parts);
  return { model, parts, browser, events, change: () => change() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const written = (settings: Partial<Settings>) => `write ${JSON.stringify({ ...off, ...settings })}`;

it('nothing is known at first', async () => {
  const { model } = setUp();
  expect(model.settings.value).toBeUndefined();
  expect(model.refused.value).toBeUndefined();
  await settled();
  expect(model.settings.value).toEqual(off);
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
    expect(events).toEqual([`request ${name}`, written({ [name]: true })]);
    expect(model.settings.value).toEqual({ ...off, [name]: true });
    expect(model.refused.value).toBeUndefined();
  });

  it('on, and the person does not allow it, leaves it off and says so', async () => {
    const { model, events, browser } = setUp({ isGranting: false });
    await model.set(name, true);
    expect(events).toEqual([`request ${name}`, written({})]);
    expect(browser.settings).toEqual(off);
    expect(model.settings.value).toEqual(off);
    expect(model.refused.value).toBe(name);
  });

  it('off gives back what it was allowed, after it is off', async () => {
    const { model, events } = setUp({ stored: { ...off, [name]: true }, allowed: [name] });
    await model.set(name, false);
    expect(events).toEqual([written({}), `give up ${name}`]);
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
