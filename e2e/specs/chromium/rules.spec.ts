import { launchChromium } from '../../browsers/chromium.ts';
import { createProfile } from '../../browsers/profile.ts';
import { accountCookiesOf, expect, logIn, test } from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';
import { dueIn, letTimeCome, openIn, ring, setRules, storedRules } from '../../rules.ts';

const site = 'https://www.bilibili.com/';

test('a worker that was stopped is woken when the time has come', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit(site);
  await setRules(chromium, { logOutAfterLastTab: 240 });
  await expect.poll(() => openIn(chromium)).toHaveLength(1);
  await page.close();
  await expect.poll(() => dueIn(chromium)).toHaveLength(1);
  await chromium.stopWorker();
  await letTimeCome(chromium);
  await ring(chromium);
  await expect.poll(() => session.alive).toBe(false);
  await expect
    .poll(() => storedRules(chromium))
    .toMatchObject({
      due: [],
      done: [{ rule: 'last-tab', revocation: 'proven' }],
    });
});

test('tabs that are closed while the worker is stopped are noticed', { tag: '@all' }, async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit(site);
  await setRules(chromium, { logOutAfterLastTab: 0 });
  await expect.poll(() => openIn(chromium)).toHaveLength(1);
  await chromium.stopWorker();
  await page.close();
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => accountCookiesOf(chromium)).toEqual([]);
});

test('when nobody uses the computer', { tag: '@all' }, async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  await setRules(chromium, { logOutWhenIdle: 5 });
  await chromium.tellPresence('idle');
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => storedRules(chromium)).toMatchObject({ done: [{ rule: 'idle' }] });
});

test('when the screen is locked, and not before it is', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  await setRules(chromium, { logOutWhenLocked: true });
  await chromium.tellPresence('idle');
  await chromium.tellPresence('active');
  await chromium.tellPresence('locked');
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => storedRules(chromium)).toMatchObject({ done: [{ rule: 'locked' }] });
  expect((await storedRules(chromium)).done).toHaveLength(1);
});

test('while a tab of the site plays sound, somebody is watching: it waits', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  await setRules(chromium, { logOutWhenIdle: 5 });
  const page = await chromium.visit(site);
  await page.locator('body').click();
  await page.evaluate(async () => {
    const context = new AudioContext();
    const tone = context.createOscillator();
    tone.connect(context.destination);
    tone.start();
    await context.resume();
    Reflect.set(window, 'audio', context);
  });
  const audible = () =>
    chromium.inExtension(async () => (await chrome.tabs.query({ audible: true })).length, null);
  await expect.poll(audible).toBe(1);
  await chromium.tellPresence('idle');
  await expect.poll(() => dueIn(chromium)).toMatchObject([{ rule: 'idle' }]);
  expect(standIn.requestsTo('exit')).toEqual([]);

  await page.evaluate(() => Reflect.get(window, 'audio').close());
  await expect.poll(audible).toBe(0);
  await letTimeCome(chromium);
  await ring(chromium);
  await expect.poll(() => session.alive).toBe(false);
});

test('offline, then online: it is made good at once', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const popup = await openPopup(chromium);
  const page = await chromium.visit(site);
  await setRules(chromium, { logOutAfterLastTab: 0 });
  await expect.poll(() => openIn(chromium)).toHaveLength(1);
  await chromium.context.setOffline(true);
  await page.close();
  await popup.waitFor({ view: 'failed', outcome: 'offline' });
  await expect
    .poll(() => dueIn(chromium))
    .toMatchObject([{ fired: { tries: 1, isOffline: true } }]);
  expect(session.alive).toBe(true);
  // The driver lets a worker's requests on later than it is told that it is online: what it looked at
  // in between would be one more try in vain. Of the tab that was closed, no look is to come by then.
  const [due] = await dueIn(chromium);
  const failedAt = (due?.at ?? 0) - 60_000;
  await expect.poll(() => Date.now() - failedAt).toBeGreaterThan(2_000);
  await chromium.context.setOffline(false);
  const [worker] = chromium.context.serviceWorkers();
  const isReached = () =>
    worker?.evaluate(() =>
      fetch('https://passport.bilibili.com/login').then(
        () => true,
        () => false,
      ),
    );
  await expect.poll(isReached).toBe(true);
  // Chromium does not tell a worker that the network is back: a minute passes.
  await ring(chromium);
  await popup.waitFor({ view: 'finished', outcome: 'logged-out', revocation: 'proven' });
});

test('when the browser starts: who was logged in before is logged out', { tag: '@all' }, async ({
  standIn,
}) => {
  const profile = createProfile();
  let chromium = await launchChromium({ standIn, profile });
  await chromium.inExtension(() => chrome.storage.sync.set({ toolbarClick: 'ask' }), null);
  const session = await logIn(chromium, standIn);
  await setRules(chromium, { logOutAtStart: true });
  await chromium.close();
  expect(session.alive).toBe(true);

  chromium = await launchChromium({ standIn, profile });
  await chromium.tellStart();
  await expect.poll(() => session.alive).toBe(false);
  const popup = await openPopup(chromium);
  await popup.waitForText('browser started');
  await popup.waitFor({ view: 'finished', outcome: 'logged-out' });

  // It is about the start alone: who logs in later stays.
  const next = await logIn(chromium, standIn);
  await chromium.stopWorker();
  await (await openPopup(chromium)).waitForText(next.uname);
  expect(next.alive).toBe(true);
  await chromium.close();
  profile.remove();
});

test('what came due while the browser was closed is made good at its start', async ({
  standIn,
}) => {
  const profile = createProfile();
  let chromium = await launchChromium({ standIn, profile });
  const session = await logIn(chromium, standIn);
  const page = await chromium.visit(site);
  await setRules(chromium, { logOutAfterLastTab: 240 });
  await expect.poll(() => openIn(chromium)).toHaveLength(1);
  await page.close();
  await expect.poll(() => dueIn(chromium)).toHaveLength(1);
  await chromium.stopWorker();
  await letTimeCome(chromium);
  await chromium.close();
  expect(session.alive).toBe(true);

  chromium = await launchChromium({ standIn, profile });
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => storedRules(chromium)).toMatchObject({ done: [{ rule: 'last-tab' }] });
  await chromium.close();
  profile.remove();
});
