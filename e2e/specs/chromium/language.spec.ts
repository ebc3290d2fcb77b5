import { expect, logIn, openLoggedIn, test } from '../../fixtures.ts';

test.use({ language: 'zh-CN' });

test('the popup speaks Simplified Chinese', async ({ chromium, standIn }) => {
  const session = await logIn(chromium, standIn);
  const popup = await openLoggedIn(chromium, session);
  expect((await popup.shown()).text).toContain('退出登录');
  await expect(popup.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await popup.press('log-out');
  await popup.waitForText('已验证：此次登录已失效');
});
