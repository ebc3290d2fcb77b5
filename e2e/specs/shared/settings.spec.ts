import type { ExtensionBrowser, PageLike } from '../../browsers/extension-browser.ts';
import { expect, test } from '../../fixtures.ts';

const stored = (browser: ExtensionBrowser) =>
  browser.inExtension(() => chrome.storage.sync.get(null), null);
const store = (browser: ExtensionBrowser, items: Record<string, unknown>) =>
  browser.inExtension((given) => chrome.storage.sync.set(given), items);

/** What the settings page shows: what is chosen, and what is said not to be understood. */
interface ShownSettings {
  toolbarClick: string | undefined;
  switchedOn: string[];
  notUnderstood: string[];
}

function readPage(): ShownSettings {
  const inputs = [...document.querySelectorAll<HTMLInputElement>('input:enabled:checked')];
  const notices = [...document.querySelectorAll<HTMLElement>('[data-not-understood]')];
  return {
    toolbarClick: inputs.find(({ name }) => name === 'toolbarClick')?.value,
    switchedOn: inputs.filter(({ type }) => type === 'checkbox').map(({ name }) => name),
    notUnderstood: notices.map(({ textContent }) => textContent),
  };
}

/** Expects that the page comes to show this, and returns when it does. */
async function expectShown(page: PageLike, shown: Partial<ShownSettings>): Promise<void> {
  const expected = { toolbarClick: 'countdown', switchedOn: [], notUnderstood: [], ...shown };
  await expect.poll(() => page.evaluate(readPage, undefined)).toEqual(expected);
}

/** Clicks on what can be chosen, one right after the other. */
function choose(page: PageLike, ...selectors: string[]): Promise<void> {
  return page.evaluate((all) => {
    for (const one of all) document.querySelector<HTMLInputElement>(one)?.click();
  }, selectors);
}
const click = (value: string) => `input[name=toolbarClick][value=${value}]`;
const reloadTabs = 'input[name=reloadTabs]';

const openSettings = (browser: ExtensionBrowser) =>
  browser.openOwnPage('src/options/index.html') as Promise<PageLike>;

// Elsewhere tests have the popup ask first; here a person has chosen nothing yet.
test.beforeEach(({ extension }) =>
  extension.inExtension(() => chrome.storage.sync.remove('toolbarClick'), null),
);

test('what the toolbar button does is chosen, kept, and shown on another page at once', async ({
  extension,
}) => {
  const page = await openSettings(extension);
  const other = await openSettings(extension);
  await expectShown(page, {});
  await expectShown(other, {});
  expect(await stored(extension)).toEqual({});
  for (const value of ['ask', 'at-once', 'countdown', 'ask']) {
    await choose(page, click(value));
    await expectShown(other, { toolbarClick: value });
    expect(await stored(extension)).toEqual({ toolbarClick: value });
  }
  await page.close();
  await expectShown(await openSettings(extension), { toolbarClick: 'ask' });
});

test('of quick changes, on one page and on two, none is lost', async ({ extension }) => {
  const page = await openSettings(extension);
  const other = await openSettings(extension);
  await expectShown(page, {});
  await expectShown(other, {});
  await Promise.all([
    choose(page, click('ask'), click('countdown'), click('at-once')),
    choose(other, reloadTabs),
  ]);
  for (const one of [page, other]) {
    await expectShown(one, { toolbarClick: 'at-once', switchedOn: ['reloadTabs'] });
  }
  expect(await stored(extension)).toEqual({ toolbarClick: 'at-once', reloadTabs: true });
});

test('a value that makes no sense is named, takes nothing with it, and is replaced by a choice', async ({
  extension,
}) => {
  const others = { reloadTabs: true, ofAnotherVersion: { a: [1] } };
  await store(extension, { ...others, toolbarClick: 'twice' });
  const page = await openSettings(extension);
  await expectShown(page, {
    switchedOn: ['reloadTabs'],
    notUnderstood: [
      'The stored value of “Toolbar button” is not valid and is ignored. Choose it again below.',
    ],
  });
  // Reading changes nothing.
  expect(await stored(extension)).toEqual({ ...others, toolbarClick: 'twice' });
  // The one that is shown as chosen already.
  await choose(page, click('countdown'));
  await expectShown(page, { switchedOn: ['reloadTabs'] });
  expect(await stored(extension)).toEqual({ ...others, toolbarClick: 'countdown' });
});

test('rules are switched on, and off again, each with its time', async ({ extension }) => {
  const page = await openSettings(extension);
  const other = await openSettings(extension);
  await expectShown(page, {});
  const select = (name: string, value: string) =>
    page.evaluate(
      (choice) => {
        const list = document.querySelector<HTMLSelectElement>(`select[name=${choice.name}]`);
        if (!list) throw new Error('There is no such list.');
        list.value = choice.value;
        list.dispatchEvent(new Event('change', { bubbles: true }));
      },
      { name, value },
    );
  await select('logOutAfterLastTab', '0');
  await select('logOutWhenIdle', '15');
  await choose(page, 'input[name=logOutAtStart]');
  const rules = { logOutAfterLastTab: 0, logOutWhenIdle: 15, logOutAtStart: true };
  await expect.poll(() => stored(extension)).toEqual(rules);
  const timesOf = (shown: PageLike) =>
    shown.evaluate(
      () => [...document.querySelectorAll('select')].map((list) => list.selectedOptions[0]?.text),
      null,
    );
  await expect.poll(() => timesOf(other)).toEqual(['At once', 'After 15 minutes']);
  await select('logOutAfterLastTab', '');
  await expect.poll(() => stored(extension)).toEqual({ ...rules, logOutAfterLastTab: null });
  await expect.poll(() => timesOf(other)).toEqual(['Off', 'After 15 minutes']);
  // A time that the page does not offer.
  await store(extension, { logOutWhenIdle: 42 });
  await expect.poll(() => timesOf(page)).toEqual(['Off', 'After 42 minutes']);
  // One that makes no sense is none of those offered, so that "off" can replace it.
  await store(extension, { logOutWhenIdle: 'seldom' });
  await expect.poll(() => timesOf(page)).toEqual(['Off', '']);
  await select('logOutWhenIdle', '');
  await expect.poll(() => timesOf(page)).toEqual(['Off', 'Off']);
  expect(await stored(extension)).toMatchObject({ logOutWhenIdle: null });
});
