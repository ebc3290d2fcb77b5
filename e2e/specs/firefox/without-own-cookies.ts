import type { FirefoxBrowser } from '../../browsers/firefox.ts';
import {
  accountCookiesOf,
  cookieNamesOf,
  expect,
  layCookies,
  setCookie,
  test,
} from '../../fixtures.ts';
import { openPopup } from '../../popup.ts';
import type { Session } from '../../stand-in/index.ts';

const container = 'firefox-container-1';

/**
 * What has to work wherever our own requests carry no cookies by themselves.
 * @param firstPartyDomain the first party that a log-in's cookies have under isolation.
 * @param canStore whether sites can store anything.
 */
export function testWithoutOwnCookies(
  firstPartyDomain: string | undefined,
  canStore: boolean,
): void {
  const lay = (firefox: FirefoxBrowser, session: Session, storeId = 'firefox-default') =>
    layCookies(firefox, session, { storeId, ...(firstPartyDomain && { firstPartyDomain }) });

  test('only this browser clears the jar', async ({ firefox, standIn }) => {
    const session = standIn.createSession({ uname: 'Harsh' });
    await lay(firefox, session);
    const popup = await openPopup(firefox);
    await popup.waitForText('Harsh');
    await popup.removeLocally();
    await popup.waitFor({ view: 'finished', outcome: 'removed-locally' });
    expect(session.alive).toBe(true);
    expect(await accountCookiesOf(firefox, 'firefox-default')).toEqual([]);
  });

  test('everywhere logs out the default store and a container', async ({ firefox, standIn }) => {
    const sessions = [standIn.createSession({ uname: 'Harsh' }), standIn.createSession()] as const;
    await lay(firefox, sessions[0]);
    await lay(firefox, sessions[1], container);
    const popup = await openPopup(firefox);
    await popup.waitForText('Log out of all 2');
    await popup.press('log-out-everywhere');
    await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
    await popup.waitForOther(container, { outcome: 'logged-out', revocation: 'proven' });
    expect(sessions.map(({ alive }) => alive)).toEqual([false, false]);
    for (const store of ['firefox-default', container]) {
      expect(await accountCookiesOf(firefox, store)).toEqual([]);
    }
  });

  test('the follow-ups clear biligame and the site data', async ({ firefox, standIn }) => {
    await firefox.switchOn('biligame');
    await firefox.switchOn('siteData');
    const session = standIn.createSession({ uname: 'Harsh' });
    await lay(firefox, session);
    await setCookie(firefox, {
      url: 'https://www.biligame.com/',
      name: 'SESSDATA',
      value: session.sessdata,
      ...(firstPartyDomain && { firstPartyDomain: 'biligame.com' }),
    });
    const site = 'https://www.bilibili.com/';
    const key = 'ac_time_value';
    const store = (item: string) => {
      try {
        localStorage.setItem(item, 'token');
        return localStorage.getItem(item);
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect(await (await firefox.visit(site)).evaluate(store, key)).toBe(
      canStore ? 'token' : 'SecurityError',
    );
    const popup = await openPopup(firefox);
    await popup.waitForText('Harsh');
    await popup.press('log-out');
    await popup.waitForFollowUp('biligame', 'done');
    await popup.waitForFollowUp('siteData', 'done');
    expect(await cookieNamesOf(firefox, 'biligame.com', 'firefox-default')).toEqual([]);
    if (!canStore) return;
    const read = (item: string) => localStorage.getItem(item);
    expect(await (await firefox.visit(site)).evaluate(read, key)).toBeNull();
  });
}
