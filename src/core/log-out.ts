import { clear } from './clear.ts';
import { type Cookie, namesIn } from './cookie.ts';
import type { Changes, Jar, Needs } from './needs.ts';
import type { Order } from './order.ts';
import { fatesOf, isGood, type Outcome, type Revocation } from './outcome.ts';
import { prove } from './prove.ts';
import { type Failure, revokeAll, revokeSwept } from './revoke.ts';
import { accountCookies, sessionsIn } from './session.ts';
import { AccessLost, createWork, type KnownSession, StoreGone, type Work } from './work.ts';

export interface Result {
  readonly outcome: Outcome;
  /** The fingerprints of sessions that are still in the jar and may be alive. */
  readonly kept: readonly string[];
  /** The fingerprints of dead session ids that the browser would not remove. */
  readonly dead: readonly string[];
  /** The session ids that have ended. They are in memory only. */
  readonly endedIds: readonly string[];
  /** The address that the server wants visited after its yes. Unchecked. */
  readonly redirectUrl?: string | undefined;
  /**
   * After a yes: asks whether the old sessions are dead. It holds their cookies, and outlives the
   * outcome, which is shown before the proof arrives.
   */
  readonly prove?: () => Promise<Revocation>;
}

/** The account in a jar at one moment: a log-out that is asked for now means this. */
export interface AccountInJar extends Pick<Order, 'sessions' | 'found'> {
  readonly cookies: readonly Cookie[];
}

/** A jar as it was a moment ago, and what follows it since: it need not be read again. */
export interface JarSnapshot {
  readonly cookies: readonly Cookie[];
  readonly changes: Changes;
}

/** Reads what a jar holds of the account now. @throws what `jar.list` and `fingerprint` throw. */
export async function readAccount(
  jar: Pick<Jar, 'list'>,
  fingerprint: Needs['fingerprint'],
): Promise<AccountInJar> {
  const cookies = accountCookies(await jar.list());
  const sessions = await Promise.all(sessionsIn(cookies).map(({ id }) => fingerprint(id)));
  return { sessions, found: namesIn(cookies), cookies };
}

/**
 * Logs one cookie store out: revoke, clear, and a `prove` to call afterwards. A successor of a
 * stopped worker calls it with the order as it was written down: asking twice is harmless.
 *
 * The safety rule: the last copy of a living session's id is never deleted. Cookies go only after
 * the server's yes, after its word that the session is dead, or in the mode `local`; and no cookies
 * of a session that stays.
 *
 * @param snapshot the jar as it was at the click, if that was now.
 * @throws only what `needs.access`, `needs.jar`, `needs.fingerprint` and `needs.report` throw.
 */
export async function logOut(needs: Needs, order: Order, snapshot?: JarSnapshot): Promise<Result> {
  const changes = snapshot?.changes ?? needs.jar.follow();
  const work = createWork(needs, order, changes.cookiesSet);
  try {
    // Both at once. What is removed later is read anew before it.
    const [isGranted, cookies] = await Promise.all([
      needs.access.isGranted(),
      order.mode === 'server' && (snapshot?.cookies ?? work.list()),
    ]);
    if (!isGranted) throw new AccessLost();
    const failure = cookies ? await revokeAll(work, cookies) : undefined;
    const cleared = await clear(work, failure === undefined);
    const swept = await revokeSwept(work);

    const outcome = outcomeOf(work, swept.isOneLost ? logInLost : failure, cleared);
    const toProve = [...acceptedSessions(work), ...swept.toProve];
    return {
      outcome,
      kept: cleared.kept.map(({ fingerprint }) => fingerprint),
      dead: cleared.dead.map(({ fingerprint }) => fingerprint),
      endedIds: [...work.endedSessions.values()].map(({ id }) => id),
      redirectUrl: work.redirectUrl,
      ...(isGood(outcome) && toProve.length > 0 && { prove: () => prove(needs, toProve) }),
    };
  } catch (error) {
    if (error instanceof AccessLost) {
      return endWithout({ kind: 'no-access', reached: work.reached });
    }
    if (error instanceof StoreGone) {
      const gone = { kind: 'unexpected-reply', reason: 'store-gone', detail: {} } as const;
      return endWithout({ ...gone, othersEnded: work.progress.ended.length > 0 });
    }
    throw error;
  } finally {
    changes.stop();
  }
}

const logInLost = { kind: 'unexpected-reply', reason: 'log-in-lost', detail: {} } as const;

function endWithout(outcome: Outcome): Result {
  return { outcome, kept: [], dead: [], endedIds: [] };
}

/** The sessions that got a yes; undefined for one whose cookies went with a stopped worker. */
function acceptedSessions({ progress, endedSessions }: Work): (KnownSession | undefined)[] {
  return progress.ended
    .filter(({ by }) => by === 'yes')
    .map(({ fingerprint }) => endedSessions.get(fingerprint));
}

function outcomeOf(
  { order, progress }: Work,
  failure: Failure | undefined,
  { kept, leftInJar }: Awaited<ReturnType<typeof clear>>,
): Outcome {
  const hasEnded = progress.ended.length > 0;
  const isYes = progress.ended.some(({ by }) => by === 'yes');
  const cookies = fatesOf(isYes ? order.found : [], progress.left, namesIn(leftInJar));
  if (failure) return { ...failure, cookies, othersEnded: hasEnded };
  if (kept.length > 0 || namesIn(leftInJar).length > 0) {
    const isOther = kept.some(
      ({ fingerprint }) => order.mode === 'server' || !order.sessions.includes(fingerprint),
    );
    const reason = isOther ? 'other-session' : 'not-removable';
    return { kind: 'cookies-remain', cookies, reason, sessionEnded: hasEnded };
  }
  if (order.mode === 'local' && order.found.length > 0) return { kind: 'removed-locally', cookies };
  if (!hasEnded) return { kind: 'already-logged-out', cookies };
  return { kind: isYes ? 'logged-out' : 'session-expired', cookies };
}
