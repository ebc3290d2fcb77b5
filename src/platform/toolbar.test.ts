import { describe, expect, it, vi } from 'vitest';
import { createEvent } from './testing/event.ts';

const own = 'firefox-default';
const container = 'firefox-container-1';

interface Browser {
  readonly isFirefox?: boolean;
  readonly incognito?: boolean;
  /** The active tab of each window, by the window's id; 1 has the focus. */
  readonly active?: Readonly<Record<number, { cookieStoreId?: string }>>;
  readonly action?: Readonly<Record<string, unknown>>;
}

async function setUp({ isFirefox = true, incognito = false, active = {}, action = {} }: Browser) {
  vi.stubEnv('MODE', isFirefox ? 'firefox' : 'chromium');
  const openPopup = vi.fn(async (_options: object) => {});
  const setBadgeText = vi.fn(async (_details: object) => {});
  const setPopup = vi.fn(async (_details: { popup: string }) => {});
  const setIcon = vi.fn(async (_details: object) => {});
  const tabEvents = {
    onUpdated: createEvent(),
    onCreated: createEvent(),
    onActivated: createEvent(),
  };
  const query = vi.fn(
    async ({ windowId = 1, active: isActive }: { windowId?: number; active?: boolean }) =>
      isActive
        ? [active[windowId]].flatMap((tab) => (tab ? [{ ...tab, windowId }] : []))
        : [{ id: 8 }, {}, { id: 9 }],
  );
  const browser = {
    extension: { inIncognitoContext: incognito },
    tabs: { query, ...tabEvents },
    windows: { onCreated: createEvent() },
    action: {
      openPopup,
      setPopup,
      setIcon,
      setBadgeText,
      setBadgeBackgroundColor: async () => {},
      setTitle: async () => {},
      ...action,
    },
  };
  vi.resetModules();
  vi.doMock('./browser.ts', () => ({ browser }));
  const module = await import('./toolbar.ts');
  return { ...module, tabEvents, openPopup, setPopup, setBadgeText, setIcon, query };
}

describe('the popup opens by itself', () => {
  it.each<[string, Browser, string, number | undefined, number[]]>([
    ['in the window of the menu or shortcut', { active: { 1: {}, 2: {} } }, own, 2, [2]],
    [
      'in the one with the focus, where that is not known',
      { active: { 1: {} } },
      own,
      undefined,
      [1],
    ],
    [
      'over a tab of the same container',
      { active: { 2: { cookieStoreId: container } } },
      container,
      2,
      [2],
    ],
    [
      'not over a tab of another container',
      { active: { 2: { cookieStoreId: container } } },
      own,
      2,
      [],
    ],
    [
      'not over an ordinary tab for a container',
      { active: { 2: { cookieStoreId: own } } },
      container,
      2,
      [],
    ],
    [
      'not over a private window for an ordinary one',
      { active: { 1: { cookieStoreId: 'firefox-private' } } },
      own,
      undefined,
      [],
    ],
    ['not over another window, when its own is closed', { active: { 1: {} } }, own, 2, []],
    ['in Chromium, whose tabs name no store', { isFirefox: false, active: { 2: {} } }, '0', 2, [2]],
  ])('%s', async (_, browser, storeId, windowId, opened) => {
    const { toolbar, openPopup } = await setUp(browser);
    await toolbar.openPopup(storeId, windowId);
    expect(openPopup.mock.calls).toEqual(opened.map((id) => [{ windowId: id }]));
  });

  it('and is told so, which a popup that a person opens is not', async () => {
    const { toolbar, openPopup, setPopup } = await setUp({ active: { 1: {} } });
    openPopup.mockImplementation(async () => {
      expect(setPopup.mock.lastCall?.[0].popup).toMatch(/\?opened-by=extension$/);
    });
    await toolbar.openPopup(own, 1);
    expect(openPopup).toHaveBeenCalledTimes(1);
    expect(setPopup.mock.lastCall).toEqual([{ popup: 'src/popup/index.html' }]);
  });

  it.each<[string, unknown]>([
    ['cannot', () => Promise.reject(new Error('no window'))],
    ['knows no such call (Chromium before 127)', undefined],
  ])('and where the browser %s, nothing happens', async (_, openPopup) => {
    const { toolbar } = await setUp({ active: { 1: {} }, action: { openPopup } });
    await expect(toolbar.openPopup(own, 1)).resolves.toBeUndefined();
  });
});

describe('the button', () => {
  it.each<[string, unknown, boolean]>([
    ['is pinned', async () => ({ isOnToolbar: true }), true],
    ['is hidden in the menu', async () => ({ isOnToolbar: false }), false],
    ['cannot tell', undefined, true],
    ['fails to tell', () => Promise.reject(new Error('no')), true],
  ])('that %s', async (_, getUserSettings, isInSight) => {
    const { toolbar } = await setUp({ action: { getUserSettings } });
    expect(await toolbar.isInSight()).toBe(isInSight);
  });

  const badge = { text: '!', color: '#c62828', title: 'Title' };

  it('is one for all ordinary windows', async () => {
    const { toolbar, setBadgeText } = await setUp({});
    await toolbar.show(badge);
    expect(setBadgeText.mock.calls).toEqual([[{ text: '!' }]]);
  });

  it('is drawn by an incognito context on its own tabs, and goes with them', async () => {
    const { toolbar, setBadgeText } = await setUp({ isFirefox: false, incognito: true });
    await toolbar.show(badge);
    expect(setBadgeText.mock.calls).toEqual([[{ text: '!', tabId: 8 }], [{ text: '!', tabId: 9 }]]);
  });

  it.each<[string, (parts: Awaited<ReturnType<typeof setUp>>) => void]>([
    ['a tab is gone', ({ setBadgeText }) => setBadgeText.mockRejectedValue(new Error('no tab'))],
    ['the tabs cannot be listed', ({ query }) => query.mockRejectedValue(new Error('closing'))],
  ])('that cannot be drawn is no error: %s', async (_, break_) => {
    const parts = await setUp({ isFirefox: false, incognito: true });
    break_(parts);
    await expect(parts.toolbar.show(badge)).resolves.toBeUndefined();
  });
});

describe('the icon', () => {
  it.each<[string, Browser, object[]]>([
    ['is one for all ordinary windows of Chromium', { isFirefox: false }, [{ storeId: '0' }]],
    [
      'is one for each tab of an incognito context',
      { isFirefox: false, incognito: true },
      [
        { storeId: '1', tabId: 8 },
        { storeId: '1', tabId: 9 },
      ],
    ],
    [
      'is in Firefox one for each window, which tells of the tab in front',
      { active: { 1: { cookieStoreId: container } } },
      [{ storeId: own }, { storeId: container, windowId: 1 }],
    ],
  ])('%s', async (_, browser, buttons) => {
    const { toolbar } = await setUp(browser);
    expect(await toolbar.buttons()).toEqual(buttons);
  });

  it('is drawn from the files of its state', async () => {
    const { toolbar, setIcon } = await setUp({});
    await toolbar.setIcon({ storeId: own, windowId: 1 }, true);
    await toolbar.setIcon({ storeId: own }, false);
    expect(setIcon.mock.calls).toEqual([
      [{ path: { 16: '/icons/icon-16.png', 32: '/icons/icon-32.png' }, windowId: 1 }],
      [{ path: { 16: '/icons/icon-off-16.png', 32: '/icons/icon-off-32.png' } }],
    ]);
  });

  it('is left out where the browser shows none (Firefox for Android)', async () => {
    const { toolbar } = await setUp({ action: { setIcon: undefined } });
    await expect(toolbar.setIcon({ storeId: own }, true)).resolves.toBeUndefined();
  });
});

describe('a tab that Chromium has cleared', () => {
  it('is told of in incognito: at each step of a navigation, when it is new, and in front', async () => {
    vi.useFakeTimers();
    const { onTabCleared, tabEvents } = await setUp({ isFirefox: false, incognito: true });
    const cleared: number[] = [];
    onTabCleared((tabId) => cleared.push(tabId));
    await tabEvents.onUpdated.fire(1, { status: 'loading' });
    await tabEvents.onUpdated.fire(1, { title: 'No navigation' });
    await tabEvents.onUpdated.fire(1, { status: 'complete' });
    await tabEvents.onCreated.fire({ id: 2 });
    await tabEvents.onCreated.fire({});
    await tabEvents.onActivated.fire({ tabId: 3 });
    expect(cleared).toEqual([1, 1, 2, 3]);
    vi.useRealTimers();
  });

  it.each<[string, Browser]>([
    ['an ordinary window', { isFirefox: false }],
    ['Firefox', {}],
  ])('is nobody’s business in %s', async (_, browser) => {
    const { onTabCleared, tabEvents } = await setUp(browser);
    const cleared: number[] = [];
    onTabCleared((tabId) => cleared.push(tabId));
    await tabEvents.onUpdated.fire(1, { status: 'loading' });
    expect(cleared).toEqual([]);
  });

  it.each<[string, Browser, number]>([
    ['in Firefox another tab in front is told of', {}, 1],
    ['in Chromium, where it has the same store, it is not', { isFirefox: false }, 0],
  ])('%s', async (_, browser, count) => {
    const { onTabInFront, tabEvents } = await setUp(browser);
    const told = vi.fn();
    onTabInFront(told);
    await tabEvents.onActivated.fire({ tabId: 3 });
    expect(told).toHaveBeenCalledTimes(count);
  });
});
