import type { ExtensionBrowser } from '../../browsers/extension-browser.ts';
import { expect, logIn, openLoggedIn, test } from '../../fixtures.ts';

/** Opens the popup on the toolbar button, where its window is as large as it asks to be. */
const openOnButton = (browser: ExtensionBrowser) =>
  browser.inExtension(() => chrome.action.openPopup(), null);

/** How wide the popup is, and how much of what it holds is out of sight, in CSS pixels. */
const measure = (browser: ExtensionBrowser) =>
  browser.inExtension(() => {
    const [popup] = chrome.extension.getViews({ type: 'popup' });
    if (!popup) return undefined;
    const { view } = popup.document.querySelector('main')?.dataset ?? {};
    const { scrollWidth, scrollHeight } = popup.document.documentElement;
    return {
      view,
      width: popup.innerWidth,
      hidden: [scrollWidth - popup.innerWidth, scrollHeight - popup.innerHeight],
    };
  }, null);

test('the popup on the button has room for all that it shows', async ({ extension, standIn }) => {
  standIn.script('exit', { status: 412 });
  await logIn(extension, standIn);
  await openOnButton(extension);
  const fits = { width: 320, hidden: [0, 0] };
  await expect.poll(() => measure(extension)).toEqual({ view: 'logged-in', ...fits });
  await extension.inExtension(() => {
    const [popup] = chrome.extension.getViews({ type: 'popup' });
    popup?.document.querySelector<HTMLButtonElement>('button[data-action="log-out"]')?.click();
  }, null);
  await expect.poll(() => measure(extension)).toEqual({ view: 'failed', ...fits });
});

test('the popup begins something by itself on the button only: in a tab another extension may open it', async ({
  extension,
  standIn,
}) => {
  const session = await logIn(extension, standIn);
  await extension.inExtension(() => chrome.storage.sync.set({ toolbarClick: 'at-once' }), null);
  const inTab = await openLoggedIn(extension, session);
  // What it has read before it would begin.
  await inTab.page.evaluate(async () => {
    await Promise.allSettled([chrome.storage.sync.get(null), chrome.storage.managed.get(null)]);
    await chrome.runtime.sendMessage('wake');
  }, null);
  expect((await inTab.shown()).view).toBe('logged-in');
  expect(standIn.requestsTo('exit')).toEqual([]);
  await openOnButton(extension);
  await standIn.waitForRequests('exit', 1);
  await inTab.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(session.alive).toBe(false);
});
