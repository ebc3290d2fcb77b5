import type { Cookies } from 'webextension-polyfill';
import { addressOf, belongsToAccount, type Cookie, isWithin, shapeOf } from '../core/cookie.ts';
import type { Jar } from '../core/needs.ts';
import { isSessionId } from '../core/session.ts';
import { browser } from './browser.ts';
import { isFirefox } from './build.ts';

/**
 * What a browser has to be asked for to list every cookie. Chromium knows no `firstPartyDomain`,
 * which Firefox demands under first-party isolation; an unknown property is an error everywhere.
 */
const breadths: Pick<Cookies.GetAllDetailsType, 'partitionKey' | 'firstPartyDomain'>[] = [
  // `null` lists every first party; the type knows strings only.
  { partitionKey: {}, firstPartyDomain: null as unknown as string },
  { partitionKey: {} },
  {},
];
/** The first of them that this browser understands, as far as is known: no Chromium takes the first. */
let understood = isFirefox ? 0 : 1;

/**
 * Every cookie of a domain and its subdomains in one cookie store, partitioned ones included. Of a
 * store that does not exist Firefox lists none, and Chromium rejects.
 */
export async function listCookies(domain: string, storeId: string): Promise<Cookie[]> {
  // Each call counts for itself: two at once must not skip a breadth together.
  for (let breadth = understood; ; breadth += 1) {
    try {
      const cookies = await browser.cookies.getAll({ domain, storeId, ...breadths[breadth] });
      understood = breadth;
      return cookies;
    } catch (error) {
      if (!/unexpected property/i.test(String(error)) || breadth === breadths.length - 1)
        throw error;
    }
  }
}

/** The cookies of one domain in one cookie store. */
export function createJar(domain: string, storeId: string, isAmbient: boolean): Jar {
  return {
    isAmbient,
    list: () => listCookies(domain, storeId),
    async remove(cookie) {
      const { name, path, domain: own, hostOnly, secure, partitionKey, firstPartyDomain } = cookie;
      // Not `cookies.remove`: that takes every cookie of the name that its URL would be sent
      // (Chromium), or the first of them (Firefox), which may be a living session's.
      await browser.cookies.set({
        url: addressOf(cookie),
        name,
        path,
        secure,
        storeId,
        expirationDate: 1,
        ...(!hostOnly && { domain: own }),
        ...(partitionKey && { partitionKey }),
        ...(firstPartyDomain !== undefined && { firstPartyDomain }),
      });
    },
    exists: () => storeExists(domain, storeId),
    follow() {
      const set = new Map<string, Cookie>();
      const note = ({ cookie, removed }: Cookies.OnChangedChangeInfoType) => {
        if (removed || cookie.storeId !== storeId || !belongsToAccount(cookie, domain)) return;
        // The newest of each: with its value, since two log-ins may follow one another.
        set.set(`${cookie.name}=${cookie.value} ${shapeOf(cookie)}`, cookie);
      };
      browser.cookies.onChanged.addListener(note);
      return {
        cookiesSet: () => [...set.values()],
        stop: () => browser.cookies.onChanged.removeListener(note),
      };
    },
  };
}

/**
 * Whether a cookie store is there. Only containers come and go, and of those that are gone Firefox
 * shows an empty jar: it complains when a cookie is set. One that has expired leaves no trace.
 */
async function storeExists(domain: string, storeId: string): Promise<boolean> {
  if (!isFirefox || !storeId.startsWith('firefox-container-')) return true;
  const probe = { url: `https://${domain}/`, name: crypto.randomUUID(), expirationDate: 1 };
  try {
    await browser.cookies.set({ ...probe, storeId, firstPartyDomain: domain });
    return true;
  } catch (error) {
    return !/cookie store/i.test(String(error));
  }
}

/** Calls back after any cookie of the sites that we may see has changed, in any store. */
export function onCookiesChanged(listener: () => void): void {
  browser.cookies.onChanged.addListener(() => listener());
}

/**
 * Calls back after a session id of the site has come or gone, in any store.
 * @param listener is told the store, and the id if it has come.
 */
export function onSessionsChanged(listener: (storeId: string, came?: string) => void): void {
  browser.cookies.onChanged.addListener(({ cookie, removed }) => {
    if (!isSessionId(cookie) || !isWithin(cookie.domain, 'bilibili.com')) return;
    if (removed) listener(cookie.storeId);
    else listener(cookie.storeId, cookie.value);
  });
}
