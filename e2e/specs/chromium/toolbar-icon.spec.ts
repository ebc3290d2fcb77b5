import { expect, logIn, openLoggedIn, removeCookie } from '../../fixtures.ts';
import { iconsOn } from '../../toolbar-icon.ts';
import { test as base } from './two-windows.ts';

// In one process: another browser would take longer to start than a test takes.
base.describe.configure({ mode: 'default' });

const test = base.extend<{ shown: () => Promise<string[]> }>({
  /** The icons that are to be seen: that of the window in front. */
  shown: async ({ windows, display }, use) => {
    if (!display) throw new Error('These tests are headed.');
    await windows.pinToToolbar();
    await use(() => iconsOn(display, windows.ordinary));
  },
});

test('the icon has its colors as long as somebody is logged in, also after the worker was stopped', async ({
  windows,
  standIn,
  shown,
}) => {
  const { ordinary } = windows;
  await ordinary.visit('about:blank');
  await expect.poll(shown, 'at first').toEqual(['icon-off']);
  await logIn(ordinary, standIn);
  await expect.poll(shown, 'logged in').toEqual(['icon']);

  await windows.stopOrdinaryWorker();
  await removeCookie(ordinary, 'SESSDATA');
  await expect.poll(shown, 'its cookie is gone, which wakes the worker').toEqual(['icon-off']);
  await windows.stopOrdinaryWorker();
  const session = await logIn(ordinary, standIn);
  await expect.poll(shown, 'logged in again').toEqual(['icon']);

  const popup = await openLoggedIn(ordinary, session);
  await popup.press('log-out');
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  await popup.close();
  await expect.poll(shown, 'logged out').toEqual(['icon-off']);
});

test('a worker that starts draws what is so, whatever was drawn before', async ({
  windows,
  standIn,
  shown,
}) => {
  const { ordinary } = windows;
  await logIn(ordinary, standIn);
  await expect.poll(shown).toEqual(['icon']);
  await windows.stopOrdinaryWorker();
  // As after a start of the browser, which remembers no icon.
  await ordinary.inExtension(
    () => chrome.action.setIcon({ path: { 16: '/icons/icon-off-16.png' } }),
    null,
  );
  await expect.poll(shown).toEqual(['icon-off']);
  await ordinary.inExtension(() => chrome.runtime.sendMessage('wake'), null);
  await expect.poll(shown).toEqual(['icon']);
});

test('each kind of window tells of its own jar, also on the next page', async ({
  windows: { incognito, ordinary },
  standIn,
  shown,
}) => {
  await logIn(ordinary, standIn);
  await ordinary.visit('about:blank');
  await expect.poll(shown, 'logged in in the ordinary window').toEqual(['icon']);
  const page = await incognito.visit('https://notbilibili.com/');
  await expect.poll(shown, 'nobody in incognito').toEqual(['icon-off']);
  await logIn(incognito, standIn);
  await expect.poll(shown, 'somebody in incognito').toEqual(['icon']);
  await page.close();
  await removeCookie(ordinary, 'SESSDATA');
  await incognito.visit('https://notbilibili.com/?next');
  await expect.poll(shown, 'still somebody in incognito').toEqual(['icon']);
  await ordinary.visit('about:blank');
  await expect.poll(shown, 'nobody in the ordinary window').toEqual(['icon-off']);
});

test('the pages of an ordinary window do not wake its worker, incognito or not', async ({
  windows,
}) => {
  const { incognito, ordinary } = windows;
  const isRunning = () =>
    ordinary.inExtension(
      async () =>
        (await chrome.runtime.getContexts({ contextTypes: ['BACKGROUND'] as never })).length > 0,
      null,
    );
  // Answered when the rules have looked, and want none of the browser's events.
  const wake = () =>
    ordinary.inExtension(
      () => chrome.runtime.sendMessage({ type: 'call-off', storeId: 'none' }),
      null,
    );
  await incognito.visit('https://notbilibili.com/');
  // The incognito worker's listeners are noted for both, until the ordinary one has started anew.
  await wake();
  await windows.stopOrdinaryWorker();
  await wake();
  await windows.stopOrdinaryWorker();
  await ordinary.visit('https://notbilibili.com/');
  await ordinary.visit('https://notbilibili.com/?next');
  expect(await isRunning()).toBe(false);
});
