import { clear } from './clear.ts';
import { type AccountCookieName, type Cookie, namesIn } from './cookie.ts';
import { fatesOf, isGood, type Outcome, type Revocation, type reaches } from './outcome.ts';
import { prove } from './prove.ts';
import type { Answer } from './reply.ts';
import { type Failure, revokeAll, revokeSwept } from './revoke.ts';
import { accountCookies, type Session, sessionsIn } from './session.ts';

/** What a log-out does, in order. */
export const steps = ['revoke', 'clear', 'prove'] as const;
export type Step = (typeof steps)[number];

/** `server` revokes the session; `local` only clears this browser, because a person chose so. */
export const modes = ['server', 'local'] as const;
export type Mode = (typeof modes)[number];

/** The jar of one cookie store. */
export interface Jar {
  /** Every cookie of the site and its subdomains, partitioned ones included. */
  list(): Promise<Cookie[]>;
  /** Asks the browser to remove one cookie. Only reading again tells whether it did. */
  remove(cookie: Cookie): Promise<void>;
  /** Whether the store is still there: of a deleted one the browser shows an empty jar. */
  exists(): Promise<boolean>;
  /** Follows the jar until `stop`; `set` tells which account cookies were set meanwhile. */
  follow(): { set(): Cookie[]; stop(): void };
  /** Whether our own requests carry this store's cookies. */
  readonly isAmbient: boolean;
}

/** The two addresses that a log-out talks to. Neither call ever rejects. */
export interface Server {
  /**
   * Asks for the log-out.
   * @param cookieHeader the session to present; without it the request carries the browser's jar.
   */
  exit(token: string, cookieHeader?: string): Promise<Answer>;
  /** Asks who is logged in, presenting exactly one session. */
  nav(cookieHeader: string): Promise<Answer>;
}

/** A session that has ended: the server said yes to us, or said that it is dead. */
export interface Ended {
  readonly fingerprint: string;
  readonly by: 'yes' | 'dead';
}

/** How far a log-out has come: enough to go on truthfully after the worker was stopped. */
export interface Progress {
  readonly step: 'revoke' | 'clear';
  /** Whether a request may have left. */
  readonly asked: boolean;
  readonly ended: readonly Ended[];
  /** The account cookies that the server had left when it was our turn. */
  readonly left: readonly AccountCookieName[];
}

/** The progress of a log-out that has just been asked for. */
export const beginning = { step: 'revoke', asked: false, ended: [], left: [] } satisfies Progress;

/** What a person asked for, and how far a former worker had come with it. */
export interface Order {
  readonly mode: Mode;
  /** The fingerprints of the sessions that were in the jar then: no other is ever ended. */
  readonly sessions: readonly string[];
  /** The account cookies that were in the jar then. */
  readonly found: readonly AccountCookieName[];
  readonly progress: Progress;
}

/** What a log-out needs of the world. */
export interface Needs {
  readonly access: { isGranted(): Promise<boolean> };
  readonly jar: Jar;
  readonly server: Server;
  /** A digest of a session id, by which the session is recognised later. */
  fingerprint(sessionId: string): Promise<string>;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** Is told of all progress before it has any effect, and waited for. */
  report(progress: Progress): Promise<void>;
}

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

/** A session of the jar, and how it is recognised. */
export type KnownSession = Session & { readonly fingerprint: string };

/** One log-out at work: what the three steps share. */
export interface Work extends Needs {
  readonly order: Order;
  readonly progress: Progress;
  /** The sessions that have ended, by fingerprint, as far as their cookies are still in memory. */
  readonly endedSessions: Map<string, KnownSession>;
  reached: (typeof reaches)[number];
  redirectUrl?: string | undefined;
  /** The account cookies that were set since this began. */
  set(): Cookie[];
  /**
   * The account's cookies.
   * @throws AccessLost, StoreGone: a browser shows an empty jar then.
   */
  list(): Promise<Cookie[]>;
  /** The sessions among these cookies. */
  recognise(cookies: readonly Cookie[]): Promise<KnownSession[]>;
  /** Moves on, and waits until that is written down. */
  advance(change: Partial<Progress>): Promise<void>;
  hasEnded(session: { readonly fingerprint: string }): boolean;
}

/** What a jar holds of an account at one moment: who presses the button means this. */
export async function lookAt(
  jar: Pick<Jar, 'list'>,
  fingerprint: Needs['fingerprint'],
): Promise<Pick<Order, 'sessions' | 'found'>> {
  const account = accountCookies(await jar.list());
  const sessions = await Promise.all(sessionsIn(account).map(({ id }) => fingerprint(id)));
  return { sessions, found: namesIn(account) };
}

/**
 * Logs one cookie store out: revoke, clear, and a `prove` to call afterwards. A successor of a
 * stopped worker calls it with the order as it was written down: asking twice is harmless.
 *
 * The safety rule: the last copy of a living session's id is never deleted. Cookies go only after
 * the server's yes, after its word that the session is dead, or in the mode `local`; and only those
 * of sessions that were there when the person asked.
 *
 * @throws only what `needs.access`, `needs.jar` and `needs.report` throw.
 */
export async function logOut(needs: Needs, order: Order): Promise<Result> {
  if (!(await needs.access.isGranted())) {
    return endWithout({ kind: 'no-access', reached: reachOf(order.progress) });
  }
  const changes = needs.jar.follow();
  const work = begin(needs, order, changes.set);
  try {
    const failure = order.mode === 'server' ? await revokeAll(work) : undefined;
    const cleared = await clear(work, failure === undefined);
    const swept = order.mode === 'server' ? await revokeSwept(work) : noneSwept;

    const outcome = outcomeOf(work, swept.isOneLost ? logInLost : failure, cleared);
    const { ended } = work.progress;
    const yeses = ended.filter(({ by }) => by === 'yes').map(({ fingerprint }) => fingerprint);
    const doubtful = [...yeses.map((print) => work.endedSessions.get(print)), ...swept.toProve];
    return {
      outcome,
      kept: cleared.kept.map(({ fingerprint }) => fingerprint),
      dead: cleared.dead.map(({ fingerprint }) => fingerprint),
      endedIds: [...work.endedSessions.values()].map(({ id }) => id),
      redirectUrl: work.redirectUrl,
      ...(isGood(outcome) && doubtful.length > 0 && { prove: () => prove(needs, doubtful) }),
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

const noneSwept = { toProve: [], isOneLost: false };
const logInLost = { kind: 'unexpected-reply', reason: 'log-in-lost', detail: {} } as const;

/** Access was withdrawn in the middle: the jar cannot be confirmed any more. */
class AccessLost extends Error {}

/** The cookie store was deleted in the middle, and with it the ids of sessions that may be alive. */
class StoreGone extends Error {}

function endWithout(outcome: Outcome): Result {
  return { outcome, kept: [], dead: [], endedIds: [] };
}

function begin(needs: Needs, order: Order, set: Work['set']): Work {
  let progress = order.progress;
  const hasEnded: Work['hasEnded'] = (session) =>
    progress.ended.some(({ fingerprint }) => fingerprint === session.fingerprint);
  return {
    ...needs,
    order,
    get progress() {
      return progress;
    },
    endedSessions: new Map(),
    reached: reachOf(progress),
    set,
    async list() {
      const account = accountCookies(await needs.jar.list());
      // That nothing is seen proves nothing by itself; a part of the jar may be seen still.
      if (account.length === 0) {
        if (!(await needs.access.isGranted())) throw new AccessLost();
        const isOver =
          order.sessions.length > 0 &&
          order.sessions.every((fingerprint) => hasEnded({ fingerprint }));
        if (!isOver && !(await needs.jar.exists())) throw new StoreGone();
      }
      return account;
    },
    recognise: (cookies) =>
      Promise.all(
        sessionsIn(cookies).map(async (session) => ({
          ...session,
          fingerprint: await needs.fingerprint(session.id),
        })),
      ),
    async advance(change) {
      progress = { ...progress, ...change };
      await needs.report(progress);
    },
    hasEnded,
  };
}

function reachOf({ asked, ended }: Progress): Work['reached'] {
  if (ended.some(({ by }) => by === 'yes')) return 'accepted';
  return asked ? 'asked' : 'nothing-sent';
}

function outcomeOf(
  { order, progress }: Work,
  failure: Failure | undefined,
  { kept, leftInJar }: Awaited<ReturnType<typeof clear>>,
): Outcome {
  const cookies = fatesOf(order.found, progress.left, namesIn(leftInJar));
  const hasEnded = progress.ended.length > 0;
  if (failure) return { ...failure, cookies, othersEnded: hasEnded };
  if (kept.length > 0 || leftInJar.length > 0) {
    const isOther = kept.some(
      ({ fingerprint }) => order.mode === 'server' || !order.sessions.includes(fingerprint),
    );
    const reason = isOther ? 'other-session' : 'not-removable';
    return { kind: 'cookies-remain', cookies, reason, sessionEnded: hasEnded };
  }
  if (order.mode === 'local' && order.found.length > 0) return { kind: 'removed-locally', cookies };
  if (!hasEnded) return { kind: 'already-logged-out', cookies };
  const isYes = progress.ended.some(({ by }) => by === 'yes');
  return { kind: isYes ? 'logged-out' : 'session-expired', cookies };
}
