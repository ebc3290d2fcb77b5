import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => {
  vi.stubEnv('MODE', 'firefox');
  vi.resetModules();
});
afterEach(() => vi.unstubAllGlobals());

const fails = () => {
  throw new Error('It cannot be.');
};
const load = async (storage: unknown) => {
  vi.stubGlobal('localStorage', storage);
  return (await import('./wanted.ts')).wantedEvents('tabs');
};

it('what is noted is known at the next start', async () => {
  const notes = new Map<string, string>();
  const storage = {
    getItem: (key: string) => notes.get(key) ?? null,
    setItem: (key: string, value: string) => notes.set(key, value),
    removeItem: (key: string) => notes.delete(key),
  };
  const first = await load(storage);
  expect(first.fromStart).toBe(false);
  expect(first.note(true), 'only a page that starts anew is woken').toBe(false);
  vi.resetModules();
  const next = await load(storage);
  expect(next.fromStart).toBe(true);
  expect(next.note(true)).toBe(true);
  expect(next.note(false)).toBe(true);
  vi.resetModules();
  expect((await load(storage)).fromStart).toBe(false);
});

// In Firefox `dom.storage.enabled` makes it null.
it.each<[string, unknown]>([
  ['is switched off', null],
  ['is not there', undefined],
  ['is damaged', { getItem: fails, setItem: fails, removeItem: fails }],
])('where nothing can be noted, as the storage %s, all is listened to', async (_, storage) => {
  const wanted = await load(storage);
  expect(wanted.fromStart).toBe(true);
  expect(wanted.note(true)).toBe(true);
  expect(wanted.note(false)).toBe(true);
});

it('in Chromium, which forgets a listener that is taken off, all is listened to', async () => {
  vi.stubEnv('MODE', 'chromium');
  const wanted = await load({ getItem: fails, setItem: fails });
  expect([wanted.fromStart, wanted.note(true), wanted.note(false)]).toEqual([true, true, true]);
});

it('a disk that is full is no failure', async () => {
  const wanted = await load({ getItem: () => null, setItem: fails });
  expect(wanted.note(true)).toBe(false);
});
