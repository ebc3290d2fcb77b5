import type { Needs, Server } from './needs.ts';
import type { Revocation } from './outcome.ts';
import { judgeNav, type Liveness } from './reply.ts';
import type { Session } from './session.ts';

/** How long after an "alive" the second question waits, in milliseconds. */
const secondProofDelay = 3_000;

/**
 * Asks the server whether a session is alive, with its cookies attached to that one request. A
 * "dead" counts when the server also says it of the session id alone: beside another account's
 * number it may call a living session dead.
 */
export async function askLiveness(
  server: Pick<Server, 'nav'>,
  { id, cookieHeader }: Pick<Session, 'id' | 'cookieHeader'>,
): Promise<Liveness> {
  const ask = async (header: string) => judgeNav(await server.nav(header)).liveness;
  const alone = `SESSDATA=${id}`;
  const liveness = await ask(cookieHeader);
  return liveness === 'dead' && cookieHeader !== alone ? ask(alone) : liveness;
}

/**
 * Step three: asks with the old cookies whether the old sessions are dead.
 * @param sessions those that should be; one whose cookies were lost with a stopped worker is
 *   undefined, and cannot be asked about.
 * @returns `proven` when the server says so of each, `still-alive` when one answers twice.
 */
export async function prove(
  needs: Pick<Needs, 'server' | 'wait'>,
  sessions: readonly (Session | undefined)[],
): Promise<Revocation> {
  const proofs = await Promise.all(
    sessions.map((session) => (session ? proveOne(needs, session) : 'unknown')),
  );
  if (proofs.includes('still-alive')) return 'still-alive';
  return proofs.every((proof) => proof === 'proven') ? 'proven' : 'unknown';
}

async function proveOne(
  { server, wait }: Pick<Needs, 'server' | 'wait'>,
  session: Session,
): Promise<Revocation> {
  let liveness = await askLiveness(server, session);
  if (liveness === 'alive') {
    await wait(secondProofDelay);
    liveness = await askLiveness(server, session);
    if (liveness === 'alive') return 'still-alive';
  }
  return liveness === 'dead' ? 'proven' : 'unknown';
}
