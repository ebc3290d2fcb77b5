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

it.each([
  ['one that still loads may be of the site', true, ['firefox-default', 'firefox-container-1']],
  ['Chromium tells what it will be', false, ['0']],
])('open is where one of the site was, and: %s', async (_, isFirefox, open) => {
  const { openSiteStores, query } = await setUp({ isFirefox });
  const ofSite = isFirefox ? [{ cookieStoreId: 'firefox-default' }] : [{ id: 1 }];
  const loading = ['firefox-default', 'firefox-container-1', 'firefox-container-2'];
  query.mockImplementation(async (wanted) =>
    'status' in wanted ? loading.map((cookieStoreId) => ({ cookieStoreId })) : ofSite,
  );
  expect(
    await openSiteStores(['firefox-default', 'firefox-container-1', 'firefox-container-3']),
  ).toEqual(open);
});

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
