import { beforeEach, expect, it, vi } from 'vitest';
import { createEvent } from './testing/event.ts';

async function setUp({ isFirefox = true, incognito = false, hasReplaced = true } = {}) {
  vi.stubEnv('MODE', isFirefox ? 'firefox' : 'chromium');
  const [onUpdated, onReplaced] = [createEvent(), createEvent()];
  const query = vi.fn(
    async (_: object): Promise<object[]> =>
      isFirefox
        ? [
            { cookieStoreId: 'firefox-default' },
            { cookieStoreId: 'firefox-container-2', discarded: true },
            { cookieStoreId: 'firefox-default' },
          ]
        : [{ id: 1 }, { id: 2 }],
  );
  const getCurrent = vi.fn();
  const browser = {
    extension: { inIncognitoContext: incognito },
    tabs: { query, getCurrent, onUpdated, ...(hasReplaced && { onReplaced }) },
  };
  vi.doMock('./browser.ts', () => ({ browser }));
  return { ...(await import('./tabs.ts')), query, getCurrent, onUpdated, onReplaced };
}

beforeEach(() => {
  vi.resetModules();
});

it.each([
  [{}, ['firefox-default', 'firefox-container-2']],
  [{ isFirefox: false }, ['0']],
  [{ isFirefox: false, incognito: true }, ['1']],
])('the stores with tabs of the site are known, unloaded ones too: %j', async (browser, ids) => {
  const { siteTabStores, query } = await setUp(browser);
  expect(await siteTabStores()).toEqual(ids);
  await siteTabStores({ audible: true, muted: false });
  const url = ['*://*.bilibili.com/*'];
  expect(query.mock.calls).toEqual([[{ url }], [{ url, audible: true, muted: false }]]);
});

it.each([true, false])(
  'a page on its way is known of, where the browser does not count it: %s',
  async (isFirefox) => {
    const { isAnyPageLoading, query } = await setUp({ isFirefox });
    expect(await isAnyPageLoading()).toBe(isFirefox);
    query.mockResolvedValue([]);
    expect(await isAnyPageLoading()).toBe(false);
    expect(query.mock.calls).toEqual(
      isFirefox ? [[{ status: 'loading' }], [{ status: 'loading' }]] : [],
    );
  },
);

it.each([true, false])('a tab that loads may show another site: %s', async (hasReplaced) => {
  const { onTabMoved, onUpdated, onReplaced } = await setUp({ hasReplaced });
  const moved = vi.fn();
  const follow = onTabMoved(moved);
  await onUpdated.fire(1, { status: 'loading' });
  await onUpdated.fire(1, { title: 'a title' });
  expect(moved).toHaveBeenCalledTimes(1);
  await onReplaced.fire(2, 1);
  expect(moved).toHaveBeenCalledTimes(hasReplaced ? 2 : 1);
  moved.mockClear();
  follow(false);
  await onUpdated.fire(1, { status: 'loading' });
  await onReplaced.fire(2, 1);
  expect(moved).not.toHaveBeenCalled();
  follow(true);
  await onUpdated.fire(1, { status: 'complete' });
  expect(moved.mock.calls).toEqual([[]]);
});

it.each([
  [{ id: 1 }, true],
  // So it says of a popup on the toolbar button:
  // https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/tabs/getCurrent
  [undefined, false],
])('a page knows whether it is shown in a tab: %j', async (tab, isShown) => {
  const { isInTab, getCurrent } = await setUp();
  getCurrent.mockResolvedValue(tab);
  expect(await isInTab()).toBe(isShown);
});
