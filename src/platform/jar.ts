import browser, { type Cookies } from 'webextension-polyfill';
import { type Cookie, removalUrl } from '../core/cookie.ts';
import type { Jar } from '../core/log-out.ts';

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
let breadth = 0;

/**
 * Every cookie of a domain and its subdomains in one cookie store, partitioned ones included.
 * @throws (rejects) where the browser has no such store.
 */
export async function listCookies(domain: string, storeId: string): Promise<Cookie[]> {
  for (;;) {
    try {
      return await browser.cookies.getAll({ domain, storeId, ...breadths[breadth] });
    } catch (error) {
      if (!/unexpected property/i.test(String(error)) || breadth === breadths.length - 1)
        throw error;
      breadth += 1;
    }
  }
}

/**
 * The cookies of one domain in one cookie store.
 * @throws (rejects) where the browser has no such store.
 */
export function createJar(domain: string, storeId: string, isAmbient: boolean): Jar {
  return {
    isAmbient,
    list: () => listCookies(domain, storeId),
    async remove(cookie) {
      const { name, partitionKey, firstPartyDomain } = cookie;
      await browser.cookies.remove({
        url: removalUrl(cookie),
        name,
        storeId,
        ...(partitionKey && { partitionKey }),
        ...(firstPartyDomain !== undefined && { firstPartyDomain }),
      });
    },
  };
}

/** Calls back after any cookie of the sites that we may see has changed, in any store. */
export function onCookiesChanged(listener: () => void): void {
  browser.cookies.onChanged.addListener(() => listener());
}
