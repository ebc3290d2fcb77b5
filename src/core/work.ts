import type { Cookie } from './cookie.ts';
import type { Needs } from './needs.ts';
import type { Order, Progress } from './order.ts';
import type { reaches } from './outcome.ts';
import { accountCookies, type Session, sessionsIn } from './session.ts';

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
  cookiesSet(): Cookie[];
  /**
   * The account's cookies.
   * @throws AccessLost, StoreGone: a browser may show an empty jar then.
   */
  list(): Promise<Cookie[]>;
  /** The sessions among these cookies. */
  recognise(cookies: readonly Cookie[]): Promise<KnownSession[]>;
  /** Moves on. What is noted is written down before a request leaves or a cookie is removed. */
  note(change: Partial<Progress>): void;
  /** Waits until all that was noted is written down. @returns whether there was anything. */
  save(): Promise<boolean>;
  hasEnded(session: { readonly fingerprint: string }): boolean;
}

/** There is no access, or it was withdrawn in the middle: the jar cannot be confirmed any more. */
export class AccessLost extends Error {}

/** The cookie store was deleted in the middle, and with it the ids of sessions that may be alive. */
export class StoreGone extends Error {}

/**
 * What the steps of one log-out share, at its beginning or where a former worker had come to.
 * @param cookiesSet what was set in the jar since the click.
 */
export function createWork(needs: Needs, order: Order, cookiesSet: Work['cookiesSet']): Work {
  let progress = order.progress;
  let isSaved = true;
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
    cookiesSet,
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
    note(change) {
      progress = { ...progress, ...change };
      isSaved = false;
    },
    async save() {
      if (isSaved) return false;
      isSaved = true;
      await needs.report(progress);
      return true;
    },
    hasEnded,
  };
}

/** How far a log-out has come with the server. */
export function reachOf({ asked, ended }: Progress): Work['reached'] {
  if (ended.some(({ by }) => by === 'yes')) return 'accepted';
  return asked ? 'asked' : 'nothing-sent';
}
