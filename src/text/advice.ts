import type { Mode } from '../core/order.ts';
import type { UnexpectedReason } from '../core/outcome.ts';
import { type Fates, isGood, type Outcome, type Revocation, remaining } from '../core/outcome.ts';
import type { Message, PlainKey } from './message.ts';

/** The buttons that a page may offer. */
export type Action =
  | 'log-out'
  | 'log-out-everywhere'
  | 'cancel'
  | 'call-off'
  | 'remove-local'
  | 'retry'
  | 'grant-access'
  | 'reload-tabs'
  | 'open-options';

/** What a person can do next. */
export interface Advice {
  /** In a sentence or two. */
  readonly sentences: readonly Message[];
  /** As buttons; the first one is the one to press. */
  readonly actions: readonly Action[];
}

/** A pause that is worth a number, in seconds. */
const longestPause = 2 * 60 * 60;

/** Without its id a session can neither be asked about again nor ended from here. */
export const idLost: readonly UnexpectedReason[] = ['store-gone', 'session-gone', 'log-in-lost'];

const done: readonly Action[] = ['reload-tabs'];
const again: readonly Action[] = ['retry', 'remove-local'];

/**
 * What to do after a log-out.
 * @param revocation what the proof says, which can refute a yes.
 * @param list joins names in the way of the person's language.
 */
export function adviceOf(
  outcome: Outcome,
  revocation: Revocation | 'asking' | undefined,
  mode: Mode,
  list: (names: readonly string[]) => string,
): Advice {
  if (revocation === 'still-alive') return { sentences: [['adviceChangePassword']], actions: [] };
  if (isGood(outcome)) return { sentences: afterGoodEnd(outcome, revocation), actions: done };
  switch (outcome.kind) {
    case 'no-access':
      return { sentences: [['adviceGrantAccess']], actions: ['grant-access'] };
    case 'cookies-remain':
      return outcome.reason === 'not-removable'
        ? {
            sentences: [
              ['adviceRemoveByHand', list(remaining(outcome.cookies))],
              ...(mode === 'local' ? [['adviceNotEnded'] satisfies Message] : []),
            ],
            // What the browser removes for no extension, no other button removes.
            actions: ['retry'],
          }
        : { sentences: [['adviceOtherLogIn']], actions: again };
    case 'unexpected-reply': {
      const isLost = idLost.includes(outcome.reason);
      return {
        sentences: [...others(outcome), [isLost ? 'adviceChangePassword' : 'adviceRetryOrSite']],
        actions: isLost ? actionsWithoutId(outcome.cookies) : again,
      };
    }
    case 'rate-limited':
      return {
        sentences: [...others(outcome), pause(outcome.retryAfterSeconds)],
        actions: again,
      };
    default:
      return { sentences: [...others(outcome), [advice[outcome.kind]]], actions: again };
  }
}

/** Another log-in may be there still, or cookies that belong to none. */
function actionsWithoutId(cookies: Fates | undefined): readonly Action[] {
  const left = cookies ? remaining(cookies) : [];
  if (left.includes('SESSDATA')) return again;
  return left.length > 0 ? ['remove-local'] : [];
}

const advice = {
  'no-csrf-token': 'adviceNoToken',
  offline: 'adviceOffline',
  timeout: 'adviceTimeout',
  'csrf-rejected': 'adviceRefused',
  blocked: 'adviceBlocked',
  'server-error': 'adviceServer',
} as const satisfies Record<string, PlainKey>;

/** That another log-in of this window has ended all the same. */
function others({ othersEnded }: { readonly othersEnded: boolean }): Message[] {
  return othersEnded ? [['othersEnded']] : [];
}

function afterGoodEnd(outcome: Outcome, revocation: Revocation | 'asking' | undefined): Message[] {
  if (outcome.kind === 'removed-locally') return [['adviceNotEnded']];
  return revocation === 'unknown' ? [['adviceUnproven']] : [];
}

function pause(seconds = 0): Message {
  if (seconds === 0) return ['advicePause'];
  if (seconds > longestPause) return ['advicePauseLater'];
  return seconds < 120
    ? ['advicePauseSeconds', String(seconds)]
    : ['advicePauseMinutes', String(Math.ceil(seconds / 60))];
}
