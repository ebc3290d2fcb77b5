import { describe, expect, it, vi } from 'vitest';
import type { FollowUp } from '../core/follow-ups.ts';
import {
  defaultSettings,
  type ParsedSettings,
  type SettingName,
  type Settings,
} from '../settings/settings.ts';
import { createOptionsModel } from './model.ts';

const off = defaultSettings;
const bothOn: Settings = { ...off, biligame: true, siteData: true };

interface SetUp {
  readonly stored?: Settings;
  /** What a policy sets, and what could not be understood. */
  readonly locked?: readonly SettingName[];
  readonly notUnderstood?: ParsedSettings['notUnderstood'];
  readonly allowed?: readonly FollowUp[];
  /** Whether the person allows what is asked for. */
  readonly isGranting?: boolean;
  readonly shortcut?: string | undefined;
  /** Whether the settings can be read at first. */
  readonly isReadable?: boolean;
}

/** A browser with settings and permissions, which tells of their changes. */
function setUp(options: SetUp = {}) {
  const { stored = off, allowed = [], isGranting = true, isReadable = true, ...rest } = options;
  const { locked = [], notUnderstood = { managed: [], sync: [] } } = options;
  const browser = {
    settings: stored,
    allowed: new Set(allowed),
    shortcut: 'Alt+Shift+L' as string,
  };
  const shortcut = 'shortcut' in rest ? rest.shortcut : browser.shortcut;
  let change = () => {};
  const events: string[] = [];
  const parts = {
    readSettings: vi.fn(
      async (): Promise<ParsedSettings> => ({ settings: browser.settings, locked, notUnderstood }),
    ),
    writeSetting: vi.fn(async (name: SettingName, value: Settings[SettingName]) => {
      events.push(`write ${name} ${value}`);
      browser.settings = { ...browser.settings, [name]: value };
      change();
    }),
    isAllowed: async (name: FollowUp) => browser.allowed.has(name),
    request: vi.fn(async (name: FollowUp) => {
      events.push(`request ${name}`);
      if (isGranting) browser.allowed.add(name);
      return isGranting;
    }),
    async giveUp(name: FollowUp) {
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
  expect(model.shown.value).toBeUndefined();
  expect(model.refused.value).toBeUndefined();
  await settled();
  expect(model.shown.value?.settings).toEqual(off);
});

it('settings that cannot be read are off, and the page can be used', async () => {
  const { model, change, browser } = setUp({ allowed: ['siteData'], isReadable: false });
  await settled();
  expect(model.shown.value?.settings).toEqual(off);
  expect(model.shortcut.value).toBe('Alt+Shift+L');
  browser.settings = { ...off, siteData: true };
  change();
  await settled();
  expect(model.shown.value?.settings).toEqual({ ...off, siteData: true });
});

it('settings that could not be read are shown when they can be', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const { model } = setUp({ stored: { ...off, logOutAtStart: true }, isReadable: false });
  await settled();
  expect(model.shown.value?.settings).toEqual(off);
  vi.advanceTimersToNextTimer();
  await settled();
  expect(model.shown.value?.settings.logOutAtStart).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a setting is in force', () => {
  it.each<[Settings, FollowUp[], Settings]>([
    [off, [], off],
    [off, ['biligame', 'siteData'], off],
    [bothOn, [], off],
    [bothOn, ['biligame'], { ...off, biligame: true }],
    [{ ...off, biligame: true }, ['siteData'], off],
    [bothOn, ['biligame', 'siteData'], bothOn],
    [
      { ...off, toolbarClick: 'ask', reloadTabs: true },
      [],
      { ...off, toolbarClick: 'ask', reloadTabs: true },
    ],
  ])('where it is stored and allowed: %j, %j: %j', async (stored, allowed, inForce) => {
    const { model, events } = setUp({ stored, allowed });
    await settled();
    expect(model.shown.value?.settings).toEqual(inForce);
    expect(events).toEqual([]);
  });

  it('until it is no longer allowed, or switched off elsewhere', async () => {
    const { model, browser, change } = setUp({ stored: bothOn, allowed: ['biligame', 'siteData'] });
    await settled();
    browser.allowed.delete('siteData');
    change();
    await settled();
    expect(model.shown.value?.settings).toEqual({ ...off, biligame: true });
    browser.settings = off;
    change();
    await settled();
    expect(model.shown.value?.settings).toEqual(off);
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
    expect(model.shown.value?.settings).toEqual({ ...off, [name]: true });
    expect(model.refused.value).toBeUndefined();
  });

  it('on, and the person does not allow it, leaves it off and says so', async () => {
    const { model, events, browser } = setUp({ isGranting: false });
    await model.set(name, true);
    expect(events).toEqual([`request ${name}`, `write ${name} false`]);
    expect(browser.settings).toEqual(off);
    expect(model.shown.value?.settings).toEqual(off);
    expect(model.refused.value).toBe(name);
  });

  it('off gives back what it was allowed, after it is off', async () => {
    const { model, events } = setUp({ stored: { ...off, [name]: true }, allowed: [name] });
    await model.set(name, false);
    expect(events).toEqual([`write ${name} false`, `give up ${name}`]);
    expect(model.shown.value?.settings).toEqual(off);
  });

  it.each([true, false])('leaves the other as it is: %s', async (isOn) => {
    const stored = { ...off, [other]: isOn };
    const { model, browser } = setUp({ stored, allowed: isOn ? [other] : [] });
    await model.set(name, true);
    expect(browser.settings).toEqual({ ...stored, [name]: true });
    await model.set(name, false);
    expect(browser.settings).toEqual(stored);
    expect(browser.allowed).toEqual(new Set(isOn ? [other] : []));
    expect(model.shown.value?.settings).toEqual(stored);
  });

  it('on, and the other at once, switches both on', async () => {
    const { model, parts, browser } = setUp();
    const slow = parts.writeSetting.getMockImplementation();
    parts.writeSetting.mockImplementation(async (...change) => {
      await settled();
      await slow?.(...change);
    });
    await Promise.all([model.set(name, true), model.set(other, true)]);
    expect(browser.settings).toEqual(bothOn);
    expect(model.shown.value?.settings).toEqual(bothOn);
  });

  it.each([true, false])('to %s where nothing can be stored shows it as it is', async (isOn) => {
    const stored = { ...off, [name]: !isOn };
    const { model, parts } = setUp({ stored, allowed: [name] });
    await settled();
    const before = model.shown.value;
    parts.writeSetting.mockRejectedValue(new Error('quota'));
    await model.set(name, isOn);
    expect(model.shown.value?.settings).toEqual(stored);
    // A new object: the page draws the box anew, which the click has changed.
    expect(model.shown.value).not.toBe(before);
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
    expect(model.shown.value?.settings).toEqual(off);
    await done;
    expect(model.shown.value?.settings).toEqual({ ...off, [name]: true });
  });
});

it('a choice of what the toolbar button does is stored, and asks for nothing', async () => {
  const { model, events } = setUp();
  await settled();
  await model.set('toolbarClick', 'ask');
  await model.set('reloadTabs', true);
  await model.set('reloadTabs', false);
  expect(events).toEqual([
    ...['write toolbarClick ask', 'write reloadTabs true', 'write reloadTabs false'],
  ]);
  expect(model.shown.value?.settings).toEqual({ ...off, toolbarClick: 'ask' });
});

it('a time after which it logs out by itself is stored, and so is that there is none', async () => {
  const { model, events } = setUp();
  await settled();
  await model.set('logOutAfterLastTab', 15);
  await model.set('logOutWhenIdle', 5);
  await model.set('logOutWhenIdle', null);
  expect(events).toEqual([
    ...['write logOutAfterLastTab 15', 'write logOutWhenIdle 5', 'write logOutWhenIdle null'],
  ]);
  expect(model.shown.value?.settings).toEqual({ ...off, logOutAfterLastTab: 15 });
});

describe('of two quick changes none is lost', () => {
  it('the last one of a setting is stored last', async () => {
    const { model, parts, browser } = setUp();
    const write = parts.writeSetting.getMockImplementation();
    // The first takes longer than the second.
    parts.writeSetting.mockImplementationOnce(async (...change) => {
      await settled();
      await write?.(...change);
    });
    await Promise.all([model.set('toolbarClick', 'ask'), model.set('toolbarClick', 'at-once')]);
    expect(browser.settings.toolbarClick).toBe('at-once');
    expect(model.shown.value?.settings.toolbarClick).toBe('at-once');
  });

  it('also where the person was asked for long in between, and other settings do not wait', async () => {
    const { model, parts, events } = setUp();
    let answer = (_isAllowed: boolean) => {};
    const asked = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    parts.request.mockReturnValueOnce(asked);
    const on = model.set('biligame', true);
    const off = model.set('biligame', false);
    await model.set('toolbarClick', 'ask');
    expect(events).toEqual(['write toolbarClick ask']);
    answer(true);
    await Promise.all([on, off]);
    expect(events.slice(1)).toEqual([
      ...['write biligame true', 'write biligame false', 'give up biligame'],
    ]);
    expect(model.shown.value?.settings.biligame).toBe(false);
  });

  it('also where the first could not be stored', async () => {
    const { model, parts, browser } = setUp();
    parts.writeSetting.mockRejectedValueOnce(new Error('quota'));
    await Promise.all([model.set('toolbarClick', 'ask'), model.set('toolbarClick', 'at-once')]);
    expect(browser.settings.toolbarClick).toBe('at-once');
  });
});

it('what could not be understood is named', async () => {
  const { model } = setUp({ notUnderstood: { managed: ['siteData'], sync: ['toolbarClick'] } });
  await settled();
  expect(model.shown.value?.notUnderstood).toEqual({
    managed: ['siteData'],
    sync: ['toolbarClick'],
  });
});

describe('what a policy sets', () => {
  const locked: SettingName[] = ['toolbarClick', 'biligame', 'siteData'];

  it('is shown as it is set, and as not allowed where it needs what nobody has allowed', async () => {
    const { model, events } = setUp({ stored: bothOn, locked, allowed: ['siteData'] });
    await settled();
    expect(model.shown.value).toMatchObject({ settings: bothOn, locked, notAllowed: ['biligame'] });
    expect(events).toEqual([]);
  });

  it('needs nothing where it is off', async () => {
    const { model } = setUp({ stored: { ...bothOn, biligame: false }, locked: ['biligame'] });
    await settled();
    expect(model.shown.value?.notAllowed).toEqual([]);
    // The person's own is off without its permission.
    expect(model.shown.value?.settings).toEqual(off);
  });

  it('is not changed', async () => {
    const { model, events } = setUp({ stored: bothOn, locked, allowed: ['biligame', 'siteData'] });
    await settled();
    await model.set('toolbarClick', 'ask');
    await model.set('biligame', false);
    await model.set('siteData', true);
    expect(events).toEqual([]);
    await model.set('reloadTabs', true);
    expect(events).toEqual(['write reloadTabs true']);
  });

  it('is allowed by the person, who is asked in the click', async () => {
    const { model, parts, events } = setUp({ stored: bothOn, locked });
    await settled();
    const done = model.allow('biligame');
    expect(parts.request.mock.calls).toEqual([['biligame']]);
    await done;
    expect(events).toEqual(['request biligame']);
    expect(model.shown.value?.notAllowed).toEqual(['siteData']);
    expect(model.refused.value).toBeUndefined();
  });

  it('or not, and it is said', async () => {
    const { model } = setUp({ stored: bothOn, locked, isGranting: false });
    await settled();
    await model.allow('biligame');
    expect(model.shown.value?.notAllowed).toEqual(['biligame', 'siteData']);
    expect(model.refused.value).toBe('biligame');
  });
});
