import type { AccountCookieName } from './cookie.ts';

/** What a log-out does, one after another. */
export const steps = ['revoke', 'clear', 'prove'] as const;
export type Step = (typeof steps)[number];

/** `server` revokes the session; `local` only clears this browser, because a person chose so. */
export const modes = ['server', 'local'] as const;
export type Mode = (typeof modes)[number];

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
  /** The fingerprints of the sessions that were in the jar then. A later one is ended only if it was swept. */
  readonly sessions: readonly string[];
  /** The account cookies that were in the jar then. */
  readonly found: readonly AccountCookieName[];
  readonly progress: Progress;
}
