import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvent } from './testing/event.ts';

interface Browser {
  readonly isFirefox?: boolean;
  readonly incognito?: boolean;
  /** The stores of the open tabs. */
  readonly open?: readonly string[];
  /** The stores that hold cookies of the site. */
  readonly full?: readonly string[];
  readonly hasWindows?: boolean;
}

async function setUp({ isFirefox = true, incognito = false, ...rest }: Browser = {}) {
  vi.stubEnv('MODE', isFirefox ? 'firefox' : 'chromium');
  const { open = [], full = [], hasWindows = true } = rest;
  const opened = open.map((id) => ({ cookieStoreId: id, incognito: id === 'firefox-private' }));
  const [tabRemoved, windowRemoved] = [createEvent(), createEvent()];
  const getAll = async ({ storeId }: { storeId: string }) => {
    if (storeId === 'firefox-container-9') throw new Error('Invalid cookie store id.');
    return full.includes(storeId) ? [{ name: 'buvid3' }] : [];
  };
  const browser = {
    extension: { inIncognitoContext: incognito },
    tabs: { query: async () => opened, onRemoved: tabRemoved },
    ...(hasWindows && { windows: { getAll: async () => opened, onRemoved: windowRemoved } }),
    cookies: { getAll },
  };
  vi.doMock('./browser.ts', () => ({ browser }));
  return { stores: await import('./stores.ts'), tabRemoved, windowRemoved };
}

beforeEach(() => {
  vi.resetModules();
});

describe('the stores worth looking at', () => {
  const [two, ten] = ['firefox-container-2', 'firefox-container-10'];
  it.each<[string, Browser, string[]]>([
    ['Firefox at its start: the default one', {}, ['firefox-default']],
    [
      'containers by number, with an open tab or cookies',
      { open: [ten], full: [two] },
      ['firefox-default', two, ten],
    ],
    ['each once', { open: [two, two, 'firefox-default'], full: [two] }, ['firefox-default', two]],
    [
      'a container beyond those probed, by its tab',
      { open: ['firefox-container-99'] },
      ['firefox-default', 'firefox-container-99'],
    ],
    [
      'the private one, while it is open',
      { open: ['firefox-private'], full: [two] },
      ['firefox-default', two, 'firefox-private'],
    ],
    ['in Chromium, the ordinary one', { isFirefox: false }, ['0']],
    ['in Chromium’s incognito context, its own', { isFirefox: false, incognito: true }, ['1']],
  ])('%s', async (_, browser, ids) => {
    const { stores } = await setUp(browser);
    expect((await stores.listStores()).map(({ id }) => id)).toEqual(ids);
    for (const id of ids) expect(stores.serves(id)).toBe(true);
  });

  it.each<[Browser, string, object]>([
    [{}, 'firefox-default', { kind: 'default' }],
    [{}, 'firefox-private', { kind: 'private' }],
    [{}, two, { kind: 'container', name: '2' }],
    [{ isFirefox: false }, '0', { kind: 'default' }],
    [{ isFirefox: false, incognito: true }, '1', { kind: 'incognito' }],
  ])('each by its id, also when it is gone: %j, %s', async (browser, id, store) => {
    expect((await setUp(browser)).stores.storeOf(id)).toEqual({ id, ...store });
  });

  it.each<[Browser, string]>([
    [{}, '0'],
    [{}, 'firefox-container-'],
    [{}, 'firefox-container-1x'],
    [{ isFirefox: false }, '1'],
    [{ isFirefox: false, incognito: true }, '0'],
  ])('but another context’s is not served: %j, %s', async (browser, id) => {
    expect((await setUp(browser)).stores.serves(id)).toBe(false);
  });
});

describe('a private window', () => {
  // Firefox for Android has no windows.
  it.each([true, false])(
    'takes its store with it when the last one closes: %s',
    async (hasWindows) => {
      for (const [open, isGone] of [
        [['firefox-default', 'firefox-private'], false],
        [['firefox-default'], true],
      ] as const) {
        vi.resetModules();
        const { stores } = await setUp({ hasWindows, open });
        expect(await stores.isPrivateStoreGone('firefox-private')).toBe(isGone);
        expect(await stores.isPrivateStoreGone('firefox-default')).toBe(false);
      }
    },
  );

  it('is noticed when it closes', async () => {
    const { stores, tabRemoved, windowRemoved } = await setUp();
    const noticed = vi.fn();
    stores.onStoreMayBeGone(noticed);
    await tabRemoved.fire(1);
    await windowRemoved.fire(1);
    expect(noticed).toHaveBeenCalledTimes(2);
  });

  it('cannot be noticed without windows but by its tabs', async () => {
    const { stores, tabRemoved } = await setUp({ hasWindows: false });
    const noticed = vi.fn();
    stores.onStoreMayBeGone(noticed);
    await tabRemoved.fire(1);
    expect(noticed).toHaveBeenCalledTimes(1);
  });
});
