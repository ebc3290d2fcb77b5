import type { Jar, Server } from '../core/needs.ts';
import { judgeNav, type NavVerdict } from '../core/reply.ts';
import { sessionsIn } from '../core/session.ts';

interface Parts {
  readonly jar: Pick<Jar, 'list'>;
  readonly server: Pick<Server, 'nav'>;
  fingerprint(salt: string, value: string): Promise<string>;
}

/**
 * Asks the server whose a session is. A jar can hold several, a dead one that would not go among
 * them, and another one by the time the question arrives: so the page says which it means.
 * @param wanted the session's fingerprint, with the store's id as its salt.
 */
export async function profileOf(
  { jar, server, fingerprint }: Parts,
  storeId: string,
  wanted: string,
): Promise<NavVerdict> {
  for (const { id, cookieHeader } of sessionsIn(await jar.list())) {
    if ((await fingerprint(storeId, id)) === wanted)
      return judgeNav(await server.nav(cookieHeader));
  }
  return { liveness: 'unclear' };
}
