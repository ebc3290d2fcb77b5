import { expectAccessible } from '../../accessibility.ts';
import {
  accountCookiesOf,
  driveClock,
  expect,
  logIn,
  logInUrl,
  openLoggedIn,
  passTime,
  test,
  theFour,
  withScripts,
} from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';

test('shows the UID at once, and name and avatar when the server answers', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn, { uid: '2147483648', uname: '小明' });
  standIn.script('nav', { hang: true });
  const popup = await openPopup(chromium);
  const shown = await popup.waitFor({ view: 'logged-in' });
  expect(shown.text).toContain('UID 2147483648');
  await popup.close();

  const again = await openLoggedIn(chromium, session);
  await expect(again.page.locator('.who img')).toHaveJSProperty('complete', true);
  await expect(again.page.getByRole('heading', { name: 'Logged in as 小明' })).toBeVisible();
  expect(standIn.requestsTo('avatar')).toHaveLength(1);
});

test('offline it still shows the UID', async ({ chromium, standIn }) => {
  await logIn(chromium, standIn, { uid: '777' });
  standIn.script('nav', { reset: 'before-handling' });
  const popup = await openPopup(chromium);
  const shown = await popup.waitForText('UID 777');
  expect(shown.view).toBe('logged-in');
});

test('says when the server holds the session for dead', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  session.alive = false;
  const popup = await openPopup(chromium);
  await popup.waitForText('has already ended');
});

test('the primary button has the focus, and Enter logs out', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const { page, waitFor } = await openLoggedIn(chromium, session);
  await expect(page.locator('button[data-action="log-out"]')).toBeFocused();
  await page.keyboard.press('Enter');
  await waitFor({ outcome: 'logged-out', revocation: 'proven' });
  await expect(page.getByRole('heading', { name: 'Logged out' })).toBeFocused();
});

test('the keyboard reaches the quieter choice', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const { page, waitFor } = await openLoggedIn(chromium, session);
  const first = page.locator('button[data-action="remove-local"]');
  await expect(first).toBeEnabled();
  await page.keyboard.press('Tab');
  await expect(first).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('button[data-action="cancel"]')).toBeFocused();
  await expect(page.locator('button[data-confirm]')).toBeEnabled();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await waitFor({ outcome: 'removed-locally' });
});

test('a good ending offers to reload the open tabs, and reloads none unasked', async ({
  chromium,
  standIn,
}) => {
  const session = standIn.createSession();
  const logInTab = await chromium.visit(logInUrl(session));
  await logInTab.goto('https://www.bilibili.com/');
  const tabs = [logInTab, await chromium.visit('https://t.bilibili.com/')];
  for (const tab of tabs) await expect(tab.locator('#account')).toHaveText(session.uid);
  const popup = await openLoggedIn(chromium, session);
  await popup.press('log-out');
  await popup.waitForText('Reload 2 Bilibili tabs');
  await popup.waitFor({ revocation: 'proven' });
  for (const tab of tabs) await expect(tab.locator('#account')).toHaveText(session.uid);
  await popup.press('reload-tabs');
  for (const tab of tabs) await expect(tab.locator('#account')).toHaveText('');
});

test('the worker refuses what it does not understand, and answers', async ({ chromium }) => {
  const answers = await chromium.inExtension(
    (messages) => Promise.all(messages.map((message) => chrome.runtime.sendMessage(message))),
    [
      { type: 'log-out' },
      { type: 'log-out', storeId: '0', mode: 'server', token: 'x' },
      { type: 'log-out', storeId: '7', mode: 'server' },
      { type: 'nonsense' },
      null,
      'log-out',
    ],
  );
  expect(answers).toEqual(
    ['not-understood', 'not-understood', 'failed', ...Array(3).fill('not-understood')].map(
      (refusal) => ({ ok: false, refusal }),
    ),
  );
});

test('a double click on “Try again” destroys nothing', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const { page, press, waitFor } = await openLoggedIn(chromium, session);
  const failures = [
    { status: 412, body: '' },
    { status: 503, body: '' },
  ];
  standIn.script('exit', ...Array(8).fill(failures).flat());
  await press('log-out');
  await waitFor({ outcome: 'blocked' });
  const place = await page.locator('button[data-action="retry"]').boundingBox();
  if (!place) throw new Error('There is no such button in sight.');
  const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
  // The next failure is told in fewer words: what lay lower comes to lie under the pointer.
  for (let click = 1; click <= 4; click += 1) await page.mouse.click(x, y, { clickCount: click });
  await waitFor({ view: 'failed' });
  expect(session.alive).toBe(true);
  expect(await accountCookiesOf(chromium)).toEqual(theFour);
});

test('“Forget the log-in in this browser only” takes no press in its first half second, and asks once more', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  const { page, waitFor } = await openPopup(withScripts(chromium, driveClock));
  const first = page.locator('button[data-action="remove-local"]:not([data-confirm])');
  const confirm = page.locator('button[data-confirm]');
  const expectLateTo = async (button: typeof first) => {
    await button.waitFor();
    await passTime(page, 400);
    expect(await button.isEnabled()).toBe(false);
    // Its half second begins when it has been drawn.
    await expect
      .poll(async () => {
        await passTime(page, 100);
        return button.isEnabled();
      })
      .toBe(true);
  };
  await expectLateTo(first);
  await first.click();
  await expectLateTo(confirm);
  await page.locator('button[data-action="cancel"]').click();
  await expect(confirm).toBeHidden();
  expect(await accountCookiesOf(chromium)).toEqual(theFour);
  await expectLateTo(first);
  await first.click();
  await expectLateTo(confirm);
  await confirm.click();
  await waitFor({ outcome: 'removed-locally' });
  expect(session.alive).toBe(true);
});

test('whether to forget a log-in here only is asked anew when another one takes its place', async ({
  chromium,
  standIn,
}) => {
  const session = await logIn(chromium, standIn);
  const { page, waitForText } = await openLoggedIn(chromium, session);
  await page.locator('button[data-action="remove-local"]').click();
  await expect(page.locator('button[data-confirm]')).toBeEnabled();
  const later = await logIn(chromium, standIn, { uname: 'Later' });
  await waitForText('Later');
  await expect(page.locator('button[data-confirm]')).toHaveCount(0);
  expect([session.alive, later.alive]).toEqual([true, true]);
  expect(await accountCookiesOf(chromium)).toEqual(theFour);
});

const names = [
  { what: 'turns the text around', uname: 'Ann \u202e moc.elpmaxe', shown: 'Ann' },
  { what: 'is endless', uname: 'x'.repeat(64), shown: 'xxx' },
  { what: 'shows as nothing', uname: '\u200b\u2060\u3164', shown: 'UID' },
];
for (const [index, { what, uname, shown }] of names.entries()) {
  const tag = index > 0 ? ['@all'] : [];
  test(`a name that ${what} stays in its place`, { tag }, async ({ chromium, standIn }) => {
    const session = await logIn(chromium, standIn, { uname, uid: '9'.repeat(300) });
    const { page, waitFor } = await openPopup(chromium);
    await waitFor({ view: 'logged-in' });
    const name = page.locator('.who h1 bdi');
    await expect(name).toContainText(shown);
    await expectAccessible(page, what);
    expect(session.alive).toBe(true);
  });
}

test('a name of markup is shown as text, and an avatar of another host is not loaded', {
  tag: '@all',
}, async ({ chromium, standIn }) => {
  await logIn(chromium, standIn);
  const uname = '<img src="https://www.bilibili.com/x"><b>Ann</b>';
  const face = 'https://www.bilibili.com/face.png';
  const data = { isLogin: true, uname, face };
  standIn.script('nav', { status: 200, body: JSON.stringify({ code: 0, data }) });
  const { page } = await openPopup(chromium);
  await expect(page.locator('.who h1 bdi')).toHaveText(uname);
  await expect(page.locator('img, b')).toHaveCount(0);
  expect(standIn.requests.map(({ route }) => route)).toEqual(['log-in', 'nav']);
});
