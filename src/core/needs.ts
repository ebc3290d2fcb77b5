import type { Cookie } from './cookie.ts';
import type { Progress } from './order.ts';
import type { Answer } from './reply.ts';

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

/** The jar of one cookie store. */
export interface Jar {
  /** Every cookie of the site and its subdomains, partitioned ones included. */
  list(): Promise<Cookie[]>;
  /** Asks the browser to remove one cookie. Only reading again tells whether it did. */
  remove(cookie: Cookie): Promise<void>;
  /** Whether the store is still there: of a deleted one the browser shows an empty jar. */
  exists(): Promise<boolean>;
  /** Follows the jar until it is told to stop. */
  follow(): Changes;
  /** Whether our own requests carry this store's cookies. */
  readonly isAmbient: boolean;
}

/** What happens in a jar that is followed. */
export interface Changes {
  /** The account cookies that were set so far. */
  cookiesSet(): Cookie[];
  stop(): void;
}

/** The two addresses that a log-out talks to. Neither call ever rejects. */
export interface Server {
  /**
   * Asks for the log-out.
   * @param cookieHeader the session to present; without it the request carries the browser's jar.
   * @param ready what the request waits for. If it rejects, none is sent.
   */
  exit(token: string, cookieHeader?: string, ready?: Promise<unknown>): Promise<Answer>;
  /** Asks who is logged in, presenting exactly one session. */
  nav(cookieHeader: string): Promise<Answer>;
}
