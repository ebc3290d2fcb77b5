import { describe, expect, it, vi } from 'vitest';
import { createEvent } from './testing/event.ts';

async function setUp({ hasPolicy = true }: { readonly hasPolicy?: boolean } = {}) {
  const onChanged = { sync: createEvent(), managed: createEvent() };
  const sync = {
    onChanged: onChanged.sync,
    get: vi.fn(async (_keys: null) => ({ siteData: true, other: [1] })),
    set: vi.fn(async (_items: object) => {}),
  };
  const managed = {
    onChanged: onChanged.managed,
    get: vi.fn(async (_keys: null) => {
      if (!hasPolicy) throw new Error('Managed storage manifest not found');
      return { reloadTabs: true };
    }),
  };
  vi.resetModules();
  const storage = { sync, managed };
  vi.doMock('./browser.ts', () => ({ browser: { storage } }));
  return { store: await import('./settings-store.ts'), sync, managed, onChanged };
}

describe('settings are read', () => {
  it('of the person and of the policy, all that is there', async () => {
    const { store } = await setUp();
    expect(await store.readSettings()).toEqual({
      ...{ sync: { siteData: true, other: [1] }, managed: { reloadTabs: true } },
    });
  });

  it('where the browser rejects because there is no policy', async () => {
    const { store } = await setUp({ hasPolicy: false });
    expect(await store.readSettings()).toEqual({
      ...{ sync: { siteData: true, other: [1] }, managed: {} },
    });
  });

  it('also where the browser does not answer for the policy: the last known one counts', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { store, managed } = await setUp();
    let answer = (_policy: object) => {};
    const hang = () =>
      new Promise<{ reloadTabs: boolean }>((resolve) => {
        answer = resolve as typeof answer;
      });
    const readWithin = async (milliseconds: number) => {
      let isRead = false;
      const reading = store
        .readSettings()
        .catch(() => ({ managed: 'cannot be read' }))
        .finally(() => {
          isRead = true;
        });
      await vi.advanceTimersByTimeAsync(milliseconds - 1);
      expect(isRead).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(isRead).toBe(true);
      return (await reading).managed;
    };

    managed.get.mockImplementation(hang);
    // None is none only if the browser says so: an administrator may have set something.
    expect(await readWithin(3_000)).toBe('cannot be read');
    // Not waited for so long again, until there has been an answer.
    expect(await readWithin(200)).toBe('cannot be read');
    answer({ reloadTabs: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(await readWithin(3_000)).toEqual({ reloadTabs: false });
    managed.get.mockResolvedValue({ reloadTabs: true });
    expect((await store.readSettings()).managed).toEqual({ reloadTabs: true });
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('of the policy, where the person’s own cannot be read: the button asks', async () => {
    const { store, sync } = await setUp();
    sync.get.mockRejectedValue(new Error('storage.sync is disabled'));
    expect(await store.readSettings()).toEqual({
      ...{ sync: { toolbarClick: 'ask' }, managed: { reloadTabs: true } },
    });
  });

  it('or not at all, where the person’s own are needed', async () => {
    const { store, sync } = await setUp();
    sync.get.mockRejectedValue(new Error('storage.sync is disabled'));
    await expect(store.readSettings(true)).rejects.toThrow('disabled');
  });

  it('or not at all, where there is no policy either', async () => {
    const { store, sync } = await setUp({ hasPolicy: false });
    sync.get.mockRejectedValue(new Error('storage.sync is disabled'));
    await expect(store.readSettings()).rejects.toThrow('disabled');
  });

  it('a policy that was read is not gone because the browser refuses to tell it again', async () => {
    const { store, managed } = await setUp();
    await store.readSettings();
    managed.get.mockRejectedValueOnce(new Error('The disk does not answer.'));
    expect((await store.readSettings()).managed).toEqual({ reloadTabs: true });
  });
});

it('one setting is written, and no other key is touched', async () => {
  const { store, sync } = await setUp();
  await store.writeSetting('toolbarClick', 'ask');
  expect(sync.set.mock.calls).toEqual([[{ toolbarClick: 'ask' }]]);
});

it.each(['sync', 'managed'] as const)('a change in %s is told', async (area) => {
  const { store, onChanged } = await setUp();
  const listener = vi.fn();
  store.onSettingsChanged(listener);
  await onChanged[area].fire({ siteData: {} });
  expect(listener).toHaveBeenCalledTimes(1);
});
