import type { AccountCookieName } from './cookie.ts';
import type { Mode } from './log-out.ts';
import type { LogOutRecord } from './record.ts';

// A browser may stop the worker at any moment. What is written down of a log-out is enough for the
// next worker to go on truthfully, by the same `logOut`.

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
  /** Whether a log-in that came meanwhile has lost its cookies, and was about to be ended too. */
  readonly swept: boolean;
  /** The account cookies that the server had left when it was our turn. */
  readonly left: readonly AccountCookieName[];
}

/** The progress of a log-out that has just been asked for. */
export const beginning = {
  step: 'revoke',
  asked: false,
  ended: [],
  swept: false,
  left: [],
} satisfies Progress;

/** What a person asked for, and how far a former worker had come with it. */
export interface Order {
  readonly mode: Mode;
  /** The fingerprints of the sessions that were in the jar then: no other is ever ended. */
  readonly sessions: readonly string[];
  /** The account cookies that were in the jar then. */
  readonly found: readonly AccountCookieName[];
  readonly progress: Progress;
}

/** What the next worker calls `logOut` with, for a log-out that has no outcome yet. */
export function orderOf({ mode, sessions, found, state }: LogOutRecord): Order {
  if (state.phase !== 'working') throw new Error('This log-out has ended.');
  return { mode, sessions, found, progress: state.progress };
}
