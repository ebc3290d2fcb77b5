import { expect, logIn, logInUrl, test } from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';
import { dueIn, letTimeCome, openIn, ring, setRules, storedRules } from '../../rules.ts';

const container = 'firefox-container-1';
const privateWindow = 'firefox-private';
const site = 'https://www.bilibili.com/';

test('the last tab of a container is closed: its log-in ends, and no other', async ({
  firefox,
  standIn,
}) => {
  const kept = await logIn(firefox, standIn);
  const session = standIn.createSession();
  await (await firefox.visit(logInUrl(session), container)).close();
  await firefox.visit(site);
  const page = await firefox.visit(site, container);
  await setRules(firefox, { logOutAfterLastTab: 15 });
  await expect.poll(() => openIn(firefox)).toHaveLength(2);
  await page.close();
  await expect.poll(() => dueIn(firefox)).toMatchObject([{ storeId: container }]);

  const popup = await openPopup(firefox);
  await popup.waitForText('Will log out');
  expect((await popup.shown()).text).toContain('Container 1 · ');
  await popup.close();
  await letTimeCome(firefox);
  await ring(firefox);
  await expect.poll(() => session.alive).toBe(false);
  await expect
    .poll(() => storedRules(firefox))
    .toMatchObject({
      due: [],
      done: [{ storeId: container, revocation: 'proven' }],
    });
  expect(kept.alive).toBe(true);
});

test('the last private tab is closed: nothing of it is on disk', { tag: '@all' }, async ({
  firefox,
  standIn,
}) => {
  const session = standIn.createSession();
  await firefox.visit(logInUrl(session), privateWindow);
  await setRules(firefox, { logOutAfterLastTab: 0 });
  const page = await firefox.visit(site, privateWindow);
  const inMemory = () =>
    firefox.inExtension(async () => (await chrome.storage.session.get('rules'))['rules'], null);
  await expect.poll(inMemory).toMatchObject({ open: [privateWindow] });
  const others = await firefox.inExtension(
    () => chrome.tabs.query({ url: '*://passport.bilibili.com/*' }),
    null,
  );
  await firefox.inExtension(
    (ids) => chrome.tabs.remove(ids),
    others.map(({ id }) => id as number),
  );
  await page.close();
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(inMemory).toMatchObject({ done: [{ storeId: privateWindow }] });
  expect(await storedRules(firefox), 'on disk').toEqual({ open: [], due: [], done: [] });
});

test('an event page that was stopped is woken when the time has come', async ({
  firefox,
  standIn,
}) => {
  const session = await logIn(firefox, standIn);
  const page = await firefox.visit(site);
  await setRules(firefox, { logOutAfterLastTab: 240 });
  await expect.poll(() => openIn(firefox)).toHaveLength(1);
  await firefox.stopEventPage();
  await page.close();
  await expect.poll(() => dueIn(firefox), 'the tab that was closed has woken it').toHaveLength(1);
  await firefox.stopEventPage();
  await letTimeCome(firefox);
  await ring(firefox);
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => storedRules(firefox)).toMatchObject({ done: [{ rule: 'last-tab' }] });
});

test('when nobody uses the computer', async ({ firefox, standIn }) => {
  const session = await logIn(firefox, standIn);
  await firefox.beIdleFor(0);
  await setRules(firefox, { logOutWhenIdle: 240 });
  // Firefox wakes a page only for what it listened to at its start: an alarm gives it a new one.
  const alarm = () => firefox.inExtension(() => chrome.alarms.get('rules'), null);
  await expect.poll(alarm).toBeDefined();
  await firefox.stopEventPage();
  await ring(firefox);
  await expect.poll(() => firefox.isEventPageRunning()).toBe(true);
  await firefox.stopEventPage();
  await firefox.beIdleFor(241 * 60);
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => storedRules(firefox)).toMatchObject({ done: [{ rule: 'idle' }] });
});

test('when Firefox starts', async ({ firefox, standIn }) => {
  const session = await logIn(firefox, standIn);
  await setRules(firefox, { logOutAtStart: true });
  await firefox.tellStart();
  await expect.poll(() => session.alive).toBe(false);
  await expect.poll(() => storedRules(firefox)).toMatchObject({ done: [{ rule: 'start' }] });
});
