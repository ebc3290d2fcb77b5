import { fileURLToPath } from 'node:url';
import type { Request, RequestType } from '../../../src/protocol/messages.ts';
import { extensionIdOf, launchChromium } from '../../browsers/chromium.ts';
import { accountCookiesOf, expect, logIn, readState, test, theFour } from '../../fixtures.ts';

const neighbour = fileURLToPath(new URL('../../neighbour', import.meta.url));

/** One of each kind that our own pages send. */
const messages = Object.values({
  'log-out': { type: 'log-out', storeId: '0', mode: 'server' },
  'log-out-everywhere': { type: 'log-out-everywhere', storeIds: ['0'] },
  'get-profile': { type: 'get-profile', storeId: '0', session: 'print' },
  'mark-seen': { type: 'mark-seen', storeId: '0' },
  'call-off': { type: 'call-off', storeId: '0' },
  'mark-told': { type: 'mark-told', storeId: '0' },
} satisfies { [T in RequestType]: Request & { type: T } });
const refused = Array(messages.length + 1).fill('refused');

test('another extension and the site’s pages reach nothing of ours, whatever they send', {
  tag: '@all',
}, async ({ server: standIn }) => {
  standIn.reset();
  const browser = await launchChromium({ standIn, beside: [neighbour] });
  try {
    const { context, extensionId } = browser;
    const popupUrl = `chrome-extension://${extensionId}/src/popup/index.html`;
    const session = await logIn(browser, standIn);
    const isTheirs = (worker: { url(): string }) => worker.url().includes(extensionIdOf(neighbour));
    const worker =
      context.serviceWorkers().find(isTheirs) ??
      (await context.waitForEvent('serviceworker', isTheirs));
    const all = { extensionId, messages };

    const byWorker = await worker.evaluate(
      (what) => Reflect.get(globalThis, 'sendTo')(what.extensionId, what.messages),
      all,
    );
    expect(byWorker).toEqual(refused);

    const page = await browser.visit('https://www.bilibili.com/');
    const byContentScript = await worker.evaluate(async (what) => {
      const [tab] = await chrome.tabs.query({ active: true });
      return chrome.tabs.sendMessage(tab?.id ?? 0, what);
    }, all);
    expect(byContentScript).toEqual(refused);

    // The neighbour lets the page talk to extensions.
    const byPage = await page.evaluate(async (what) => {
      const { runtime } = chrome;
      const answers = what.messages.map((message) =>
        runtime.sendMessage(what.extensionId, message).catch(() => 'refused'),
      );
      const port = runtime.connect(what.extensionId);
      const heard = new Promise((resolve) =>
        port.onDisconnect.addListener(() => resolve('refused')),
      );
      return Promise.all([...answers, heard]);
    }, all);
    expect(byPage).toEqual(refused);

    // Nor does a page get to show ours.
    await page.evaluate(async (url) => {
      const frame = Object.assign(document.createElement('iframe'), { src: url });
      await new Promise((resolve) => {
        frame.addEventListener('load', resolve);
        document.body.append(frame);
      });
    }, popupUrl);
    expect(page.frames().map((frame) => frame.url())).toEqual([
      'https://www.bilibili.com/',
      'chrome-error://chromewebdata/',
    ]);

    expect(await readState(browser)).toEqual({});
    expect([...standIn.requestsTo('exit'), ...standIn.requestsTo('nav')]).toEqual([]);

    // In a tab the neighbour does: a person may press something there, and nothing begins by itself.
    await browser.inExtension(async () => {
      await chrome.storage.sync.set({ toolbarClick: 'at-once' });
      // At its start Chromium may take longer for a policy than the popup waits.
      await chrome.storage.managed.get(null);
    }, null);
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      worker.evaluate((url) => chrome.tabs.create({ url }), popupUrl),
    ]);
    await popup.getByText(session.uname).waitFor();
    await popup.evaluate(async () => {
      await Promise.all([chrome.storage.sync.get(null), chrome.storage.managed.get(null)]);
      await chrome.runtime.sendMessage('wake');
    });
    await expect(popup.locator('main')).toHaveAttribute('data-view', 'logged-in');
    expect(standIn.requestsTo('exit')).toEqual([]);
    expect(session.alive).toBe(true);
    expect(await accountCookiesOf(browser)).toEqual(theFour);
  } finally {
    await browser.close();
  }
});
