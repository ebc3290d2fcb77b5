import { clickInto, menuOpenedBy } from '../../browsers/display.ts';
import { accountCookiesOf, expect, logIn, theFour } from '../../fixtures.ts';
import { directions, test } from './two-windows.ts';

// In one process: another browser would take longer to start than a test takes.
test.describe.configure({ mode: 'default' });

for (const { own, other } of directions) {
  test(`the shortcut in the ${own} window logs its session out, and no other`, async ({
    windows,
    standIn,
    display,
  }) => {
    if (!display) throw new Error('This test is headed.');
    const kept = await logIn(windows[other], standIn);
    const session = await logIn(windows[own], standIn);
    const page = await windows[own].visit('https://www.bilibili.com/');
    await clickInto(page, display, 'left');
    await display.press('alt+shift+l');
    await expect.poll(() => session.alive).toBe(false);
    await expect.poll(() => accountCookiesOf(windows[own])).toEqual([]);
    expect(kept.alive).toBe(true);
    expect(await accountCookiesOf(windows[other])).toEqual(theFour);
  });

  test(`a right click in the ${own} window logs its session out, and no other`, async ({
    windows,
    standIn,
    display,
  }) => {
    if (!display) throw new Error('This test is headed.');
    const kept = await logIn(windows[other], standIn);
    const session = await logIn(windows[own], standIn);
    const page = await windows[own].visit('https://www.bilibili.com/');
    await menuOpenedBy(display, () => clickInto(page, display, 'right'));
    // The first letter of our item, which is the only one with it.
    await display.press('l');
    await expect.poll(() => session.alive).toBe(false);
    expect(kept.alive).toBe(true);
  });
}
