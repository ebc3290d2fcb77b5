import type { ExtensionBrowser } from '../../browsers/extension-browser.ts';
import {
  cookieNamesOf,
  expect,
  gate,
  logIn,
  openLoggedIn,
  setCookie,
  test,
} from '../../fixtures.ts';
import type { Session, StandIn } from '../../stand-in/index.ts';

const accepted = (redirectUrl?: string) => ({
  status: 200,
  effect: true as const,
  body: JSON.stringify({ code: 0, status: true, data: redirectUrl ? { redirectUrl } : {} }),
});

/** Logs in at biligame with the same session, as the site's own log-in does. */
async function logInToSister(browser: ExtensionBrowser, session: Session): Promise<void> {
  const url = 'https://www.biligame.com/';
  const values = {
    SESSDATA: session.sessdata,
    bili_jct: session.biliJct,
    DedeUserID: session.uid,
    DedeUserID__ckMd5: session.ckMd5,
    theme: 'dark',
  };
  for (const [name, value] of Object.entries(values)) {
    await setCookie(browser, { url, domain: '.biligame.com', name, value, secure: true });
  }
}

function visits(standIn: StandIn): string[] {
  return standIn.requests
    .filter(({ host }) => !/\.(bilibili|hdslb)\.com$/.test(host))
    .map(({ host, path }) => host + path);
}

test('both are off by default: biligame is not visited, nothing of it is touched', {
  tag: '@once',
}, async ({ extension, standIn }) => {
  const session = await logIn(extension, standIn);
  const popup = await openLoggedIn(extension, session);
  await popup.press('log-out');
  const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  expect(shown.followUps).toEqual({});
  expect(visits(standIn)).toEqual([]);
});

test.describe('biligame, switched on', () => {
  test('the redirectUrl is visited, leftovers are removed, others’ cookies stay', async ({
    extension,
    standIn,
  }) => {
    await extension.switchOn('biligame');
    const session = await logIn(extension, standIn);
    await logInToSister(extension, session);
    // Not reached by the server's deletions at Domain=.biligame.com.
    const url = 'https://www.biligame.com/';
    await setCookie(extension, { url, name: 'SESSDATA', value: session.sessdata });
    const popup = await openLoggedIn(extension, session);
    await popup.press('log-out');
    await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    const shown = await popup.waitForFollowUp('biligame', 'done');
    expect(shown.outcome).toBe('logged-out');
    expect(visits(standIn)).toEqual(['passport.biligame.com/crossDomain']);
    expect(await cookieNamesOf(extension, 'biligame.com')).toEqual(['theme']);
  });

  const hostile = [
    'https://passport.biligame.com@notbilibili.com/crossDomain',
    'http://passport.biligame.com/crossDomain?SESSDATA=',
    'https://notbilibili.com/crossDomain',
    'https://passport.biligame.com.bilibili.com.example/crossDomain',
    'javascript:alert(1)',
  ];
  for (const [index, redirectUrl] of hostile.entries()) {
    const tag = index > 0 ? '@all' : '@once';
    test(`a hostile redirectUrl is refused and reported: ${redirectUrl}`, { tag }, async ({
      extension,
      standIn,
    }) => {
      await extension.switchOn('biligame');
      const session = await logIn(extension, standIn);
      await logInToSister(extension, session);
      const popup = await openLoggedIn(extension, session);
      standIn.script('exit', accepted(redirectUrl));
      await popup.press('log-out');
      const shown = await popup.waitForFollowUp('biligame', 'address-refused');
      expect(shown).toMatchObject({ view: 'finished', outcome: 'logged-out' });
      expect(visits(standIn)).toEqual([]);
      expect(await cookieNamesOf(extension, 'biligame.com')).toEqual(['theme']);
    });
  }

  test('without a redirectUrl the cookies are removed all the same', { tag: '@all' }, async ({
    extension,
    standIn,
  }) => {
    await extension.switchOn('biligame');
    const session = await logIn(extension, standIn);
    await logInToSister(extension, session);
    const popup = await openLoggedIn(extension, session);
    standIn.script('exit', accepted());
    await popup.press('log-out');
    await popup.waitForFollowUp('biligame', 'done');
    expect(visits(standIn)).toEqual([]);
    expect(await cookieNamesOf(extension, 'biligame.com')).toEqual(['theme']);
  });

  test('a site that does not answer turns no good log-out into a bad one', async ({
    extension,
    standIn,
  }) => {
    await extension.switchOn('biligame');
    const session = await logIn(extension, standIn);
    await logInToSister(extension, session);
    const popup = await openLoggedIn(extension, session);
    // Firefox repeats a GET up to ten times by itself.
    standIn.script('cross-domain', ...Array(10).fill({ reset: 'before-handling' }));
    await popup.press('log-out');
    await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    const shown = await popup.waitForFollowUp('biligame', 'unreachable');
    expect(shown).toMatchObject({ view: 'finished', outcome: 'logged-out' });
    expect(await cookieNamesOf(extension, 'biligame.com')).toEqual(['theme']);
  });

  test('another living session there keeps its id', { tag: '@all' }, async ({
    extension,
    standIn,
  }) => {
    await extension.switchOn('biligame');
    const session = await logIn(extension, standIn);
    await logInToSister(extension, standIn.createSession());
    const popup = await openLoggedIn(extension, session);
    standIn.script('exit', accepted());
    await popup.press('log-out');
    await popup.waitForFollowUp('biligame', 'other-session');
    expect(await cookieNamesOf(extension, 'biligame.com')).toHaveLength(5);
  });

  test('access withdrawn during the visit: nothing is said to be gone', async ({
    extension,
    standIn,
  }) => {
    await extension.switchOn('biligame');
    const session = await logIn(extension, standIn);
    await logInToSister(extension, standIn.createSession());
    const popup = await openLoggedIn(extension, session);
    const { hold, open } = gate();
    standIn.script('cross-domain', { hold });
    await popup.press('log-out');
    await standIn.waitForRequests('cross-domain', 1);
    await extension.inExtension(
      (origins) => chrome.permissions.remove({ origins }),
      ['*://*.biligame.com/*'],
    );
    open();
    const shown = await popup.waitForFollowUp('biligame', 'no-access');
    expect(shown.text).not.toContain('logged out too');
  });

  test('withdrawing the permission switches it off', async ({ extension, standIn }) => {
    await extension.switchOn('biligame');
    const session = await logIn(extension, standIn);
    await extension.inExtension(
      (origins) => chrome.permissions.remove({ origins }),
      ['*://*.biligame.com/*'],
    );
    await expect
      .poll(() => extension.inExtension(() => chrome.storage.sync.get('biligame'), null))
      .toEqual({ biligame: false });
    const popup = await openLoggedIn(extension, session);
    await popup.press('log-out');
    const shown = await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    expect(shown.followUps).toEqual({});
    expect(visits(standIn)).toEqual([]);
  });
});

test('site data, switched on: all that the site has stored goes, and nothing of other sites', async ({
  extension,
  standIn,
}, { project }) => {
  await extension.switchOn('siteData');
  const session = await logIn(extension, standIn);
  const hosts = ['www.bilibili.com', 'live.bilibili.com', 'notbilibili.com'];
  const everything = ['cache', 'cookie', 'database', 'local', 'worker'];
  for (const host of hosts) {
    const page = await extension.visit(`https://${host}/`);
    await page.evaluate(storeMuch, null);
    expect(await page.evaluate(readStored, null)).toEqual(everything);
    await page.close();
  }
  const popup = await openLoggedIn(extension, session);
  await popup.press('log-out');
  const shown = await popup.waitForFollowUp('siteData', 'done');
  expect(shown.outcome).toBe('logged-out');
  const left = [];
  for (const host of hosts) {
    const page = await extension.visit(`https://${host}/`);
    left.push(await page.evaluate(readStored, null));
  }
  // Firefox cannot remove the caches and service workers of one site.
  const kept = project.name === 'firefox' ? ['cache', 'worker'] : [];
  expect(left).toEqual([kept, kept, everything]);
  expect(await cookieNamesOf(extension, 'bilibili.com')).toEqual([]);
});

/** Runs in a page: stores something in each way that a site can. */
async function storeMuch(): Promise<void> {
  localStorage.setItem('ac_time_value', 'token');
  // biome-ignore lint/suspicious/noDocumentCookie: As sites do.
  document.cookie = 'buvid3=device; Max-Age=1000; Path=/';
  await navigator.serviceWorker.register('/stand-in/worker.js');
  await (await caches.open('files')).put('/file', new Response('text'));
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open('base', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('things');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
}

/** Runs in a page: what of that is there. */
async function readStored(): Promise<string[]> {
  return [
    ...((await caches.has('files')) ? ['cache'] : []),
    ...(document.cookie.includes('buvid3=device') ? ['cookie'] : []),
    ...((await indexedDB.databases()).some(({ name }) => name === 'base') ? ['database'] : []),
    ...(localStorage.length > 0 ? ['local'] : []),
    ...((await navigator.serviceWorker.getRegistrations()).length > 0 ? ['worker'] : []),
  ];
}
