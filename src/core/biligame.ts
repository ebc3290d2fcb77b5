import { belongsToAccount, type Cookie, isWithin, shapeOf } from './cookie.ts';
import type { FollowUpResult } from './follow-ups.ts';
import type { Jar, Server } from './needs.ts';
import { askLiveness } from './prove.ts';
import type { Answer } from './reply.ts';
import { isSessionId } from './session.ts';

/** The sister site that a log-in at Bilibili logs in to as well. */
export const sisterSite = 'biligame.com';

/** What logging out of biligame needs of the world. */
export interface SisterNeeds {
  /** The sister site's cookies, in the store that was logged out. */
  readonly jar: Pick<Jar, 'list' | 'remove' | 'isAmbient'>;
  readonly server: Pick<Server, 'nav'>;
  /** Whether we may see the sister site: without that its jar looks empty. */
  isAllowed(): Promise<boolean>;
  /** Visits an address as the browser would, with this store's cookies. Never rejects. */
  visit(url: string): Promise<Answer>;
}

/** How many session ids there are asked about: a hostile page can set as many as it likes. */
const askLimit = 10;

/**
 * Logs out of biligame.com after a good log-out: visits the address that the reply named, as the
 * site itself does, then removes what is left of the account there and reads the jar again.
 * @param redirectUrl the address in the server's reply, unchecked; without one nothing is visited.
 * @param endedIds the session ids that have ended: those that may be removed unasked.
 * @throws what `needs.jar` throws.
 */
export async function logOutOfSisterSite(
  needs: SisterNeeds,
  redirectUrl: string | undefined,
  endedIds: readonly string[],
): Promise<FollowUpResult> {
  const visit = await visitSafely(needs, redirectUrl);
  const dead = new Set(endedIds);
  const alive = new Set<string>();
  for (;;) {
    // Read anew after every question: a log-in may have come while the server was asked.
    const left = await accountCookies(needs.jar);
    const ids = left.filter(isSessionId);
    const unknown = ids.find(({ value }) => !dead.has(value) && !alive.has(value))?.value;
    if (unknown !== undefined && dead.size + alive.size < askLimit + endedIds.length) {
      // The session is Bilibili's own: its server knows whether this id still opens one.
      const alone = { id: unknown, cookieHeader: `SESSDATA=${unknown}` };
      const liveness = await askLiveness(needs.server, alone);
      (liveness === 'dead' ? dead : alive).add(unknown);
      continue;
    }
    const kept = new Set(ids.filter(({ value }) => !dead.has(value)).map(shapeOf));
    const over = new Set(ids.map(shapeOf).filter((shape) => !kept.has(shape)));
    const mayGo = left.filter((cookie) => kept.size === 0 || over.has(shapeOf(cookie)));
    await Promise.all(mayGo.map((cookie) => needs.jar.remove(cookie).catch(() => undefined)));
    const stays = await accountCookies(needs.jar);
    if (stays.length === 0 && !(await needs.isAllowed())) return 'no-access';
    if (kept.size > 0) return 'other-session';
    return stays.length > 0 ? 'cookies-remain' : visit;
  }
}

async function accountCookies(jar: Pick<Jar, 'list'>): Promise<Cookie[]> {
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
