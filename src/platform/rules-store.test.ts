import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fatesOf } from '../core/outcome.ts';
import type { RulesState } from '../core/rules.ts';

const local = new Map<string, unknown>();
const inMemory = new Map<string, unknown>();
const calls = { local: [] as string[], memory: [] as string[] };

/** A storage that gives back the keys of an object in the order of the alphabet, as Chromium does. */
const sorted = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Array.isArray(value)
      ? value.map(sorted)
      : Object.fromEntries(
          Object.entries(value)
            .map(([key, one]): [string, unknown] => [key, sorted(one)])
            .sort(([a], [b]) => a.localeCompare(b)),
        );

async function setUp({ isFirefox = true, incognito = false } = {}) {
  vi.stubEnv('MODE', isFirefox ? 'firefox' : 'chromium');
  vi.resetModules();
  const browser = {
    extension: { inIncognitoContext: incognito },
    storage: {
      local: {
        get: async (key: string) => (local.has(key) ? { [key]: sorted(local.get(key)) } : {}),
        set: async (items: object) => {
          calls.local.push('set');
          for (const [key, value] of Object.entries(items)) local.set(key, structuredClone(value));
        },
        remove: async (key: string) => {
          calls.local.push('remove');
          local.delete(key);
        },
      },
    },
  };
  const memory = {
    all: async () => Object.fromEntries(inMemory),
    set: async (key: string, value: unknown) => {
      calls.memory.push('set');
      inMemory.set(key, structuredClone(value));
    },
    remove: async (key: string) => {
      calls.memory.push('remove');
      inMemory.delete(key);
    },
  };
  vi.doMock('./browser.ts', () => ({ browser }));
  vi.doMock('./memory.ts', () => ({ memory }));
  return import('./rules-store.ts');
}

beforeEach(() => {
  local.clear();
  inMemory.clear();
  calls.local.length = 0;
  calls.memory.length = 0;
});

const nothing: RulesState = { open: [], due: [], done: [], givenUp: [] };
const of = (...storeIds: string[]): RulesState => ({
  open: storeIds,
  due: storeIds.map((storeId) => ({
    ...{ storeId, at: 2, id: 'i', rule: 'idle' as const },
    fired: { at: 1, tries: 1, notBefore: 0, sessions: ['print'] },
  })),
  done: storeIds.map((storeId) => ({
    ...{
      storeId,
      at: 3,
      id: 'r',
      rule: 'start' as const,
      outcome: { kind: 'logged-out' as const, cookies: fatesOf([], [], []) },
    },
    revocation: 'proven' as const,
  })),
  givenUp: storeIds,
});

it('what is due in ordinary stores is on disk, and of private windows nothing is', async () => {
  const { readRules, writeRules } = await setUp();
  const state = of('firefox-default', 'firefox-container-1', 'firefox-private');
  expect(await readRules()).toEqual(nothing);
  await writeRules(state);
  expect(JSON.stringify([...local])).not.toContain('private');
  expect(JSON.stringify([...inMemory])).not.toContain('container');
  expect(await readRules()).toEqual(state);
});

it.each([
  [{ isFirefox: false }, '0', 'local'],
  [{ isFirefox: false, incognito: true }, '1', 'memory'],
] as const)(
  'each of Chromium’s contexts has its own place, and leaves the other’s: %j',
  async (browser, storeId, place) => {
    const { readRules, writeRules } = await setUp(browser);
    await readRules();
    await writeRules(of(storeId));
    expect(await readRules()).toEqual(of(storeId));
    await writeRules(nothing);
    expect(calls).toEqual({ local: [], memory: [], [place]: ['set', 'remove'] });
  },
);

it('nothing is written that is there already, and what is empty is not there', async () => {
  const { readRules, writeRules } = await setUp();
  await readRules();
  await writeRules(nothing);
  await writeRules(of('firefox-default'));
  await writeRules(await readRules());
  await writeRules(await readRules());
  await writeRules({ ...of('firefox-default'), open: [] });
  await readRules();
  await writeRules(nothing);
  await writeRules(nothing);
  expect(calls).toEqual({ local: ['set', 'set', 'remove'], memory: [] });
  expect(local.size).toBe(0);
});

describe('what another version has left and cannot be understood', () => {
  it.each<[string, unknown]>([
    ['another kind of thing', 'due'],
    ['another shape', { ...nothing, due: [{ at: 'soon' }] }],
    ['a rule of later days', { ...nothing, due: [{ id: 'i', storeId: '0', rule: 'moon', at: 1 }] }],
  ])('is nothing, and goes: %s', async (_, stored) => {
    local.set('rules', stored);
    const { readRules, writeRules } = await setUp();
    expect(await readRules()).toEqual(nothing);
    expect(local.get('rules')).toEqual(stored);
    await writeRules(nothing);
    expect(local.size).toBe(0);
  });
});

it('an entry that cannot be understood takes no other with it, and goes', async () => {
  const { open, due, done } = of('firefox-default');
  const later = { ...due[0], id: 'j', rule: 'moon' };
  const { outcome: _, ...halved } = { ...done[0] };
  local.set('rules', { open: [1, ...open], due: [later, ...due, null], done: [...done, halved] });
  const { readRules, writeRules } = await setUp();
  expect(await readRules()).toEqual({ open, due, done, givenUp: [] });
  await writeRules(await readRules());
  expect(local.get('rules')).toEqual({ open, due, done, givenUp: [] });
  local.set('rules', { open, due: 'none' });
  expect(await readRules()).toEqual({ ...nothing, open });
});

it('pages show what they can draw, whatever is stored', async () => {
  const { due, done } = of('firefox-default');
  const { lookAtRules } = await setUp();
  expect(await lookAtRules()).toEqual({ due: [], done: [] });
  for (const stored of ['x', [], { open: 1, due: 2, done: 3 }, { due: [null, 1], done: ['x'] }]) {
    local.set('rules', stored);
    expect(await lookAtRules()).toEqual({ due: [], done: [] });
  }
  const [one] = due;
  const broken = [
    { ...one, rule: 'moon' },
    { ...one, at: 1e300 },
    { ...one, at: 'soon' },
  ];
  local.set('rules', {
    due: [...broken, ...due],
    done: [{ ...done[0], outcome: 'good' }, ...done],
  });
  expect(await lookAtRules()).toEqual({ due, done });
});

it('where nothing can be written, the next writing tries again', async () => {
  const { readRules, writeRules } = await setUp();
  await readRules();
  const { browser } = await import('./browser.ts');
  vi.spyOn(browser.storage.local, 'set').mockRejectedValueOnce(new Error('quota'));
  await expect(writeRules(of('firefox-default'))).rejects.toThrow('quota');
  await writeRules(of('firefox-default'));
  expect(await readRules()).toEqual(of('firefox-default'));
});
