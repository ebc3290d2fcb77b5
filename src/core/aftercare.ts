import { belongsToAccount, type Cookie, isWithin } from './cookie.ts';
import type { Jar, Server } from './log-out.ts';
import { type Answer, judgeNav } from './reply.ts';
import { isHandle } from './session.ts';

/** What may follow a good log-out, where a person has switched it on. */
export const aftercareTasks = ['biligame', 'siteData'] as const;
export type AftercareTask = (typeof aftercareTasks)[number];

/**
 * How a task ended: done; done although the address to visit was refused (not https, not
 * biligame's) or did not answer; cookies stayed because they cannot be removed, or because they
 * hold another session; the task failed, or the worker was stopped in the middle of it.
 */
export const aftercareResults = [
  'done',
  'address-refused',
  'unreachable',
  'cookies-remain',
  'other-session',
  'failed',
  'interrupted',
] as const;
export type AftercareResult = (typeof aftercareResults)[number];

/** The sister site that a log-in at Bilibili logs in to as well. */
export const sisterSite = 'biligame.com';

/** What the aftercare of biligame needs of the world. */
export interface SisterNeeds {
  /** The sister site's cookies, in the store that was logged out. */
  readonly jar: Jar;
  readonly server: Pick<Server, 'nav'>;
  /** Visits an address as the browser would, with this store's cookies. Never rejects. */
  visit(url: string): Promise<Answer>;
}

/**
 * Logs out of biligame.com after a good log-out: visits the address that the reply named, as the
 * site itself does, then removes what is left of the account there and reads the jar again.
 * @param redirectUrl the address in the server's reply, unchecked; without one nothing is visited.
 * @param endedHandle the `SESSDATA` that has ended: the one that may be removed unasked.
 * @throws what `needs.jar` throws.
 */
export async function logOutOfSisterSite(
  needs: SisterNeeds,
  redirectUrl: string | undefined,
  endedHandle: string | undefined,
): Promise<AftercareResult> {
  const visit = await visitSafely(needs, redirectUrl);
  const dead = new Set(endedHandle === undefined ? [] : [endedHandle]);
  for (;;) {
    // Read anew after every question: a log-in may have come while the server was asked.
    const left = await accountCookies(needs.jar);
    const other = left.find(
      ({ name, value }) => isHandle(name) && value !== '' && !dead.has(value),
    )?.value;
    if (other === undefined) {
      for (const cookie of left) await needs.jar.remove(cookie).catch(() => undefined);
      return (await accountCookies(needs.jar)).length > 0 ? 'cookies-remain' : visit;
    }
    // The session is Bilibili's own: its server knows whether this handle still opens one.
    const { liveness } = judgeNav(await needs.server.nav(`SESSDATA=${other}`));
    if (liveness !== 'dead') return 'other-session';
    dead.add(other);
  }
}

async function accountCookies(jar: Jar): Promise<Cookie[]> {
  return (await jar.list()).filter((cookie) => belongsToAccount(cookie, sisterSite));
}

async function visitSafely(
  needs: SisterNeeds,
  url: string | undefined,
): Promise<'done' | 'address-refused' | 'unreachable'> {
  // Our requests carry the default store's cookies: for another store a visit would miss its jar.
  if (url === undefined || !needs.jar.isAmbient) return 'done';
  if (!isSisterAddress(url)) return 'address-refused';
  const { kind } = await needs.visit(url);
  return kind === 'reply' || kind === 'redirect' ? 'done' : 'unreachable';
}

/** Whether an address is one of biligame's, to be visited without harm: https, no other port. */
export function isSisterAddress(url: string): boolean {
  // Spelt out, as the core has no `URL`: a host is what stands before the first of these.
  const host = /^https:\/\/([a-z0-9.-]+)(?=[/?#]|$)/.exec(url)?.[1];
  return host !== undefined && isWithin(host, sisterSite) && !host.startsWith('.');
}
