import { isGood, type Outcome, type Revocation } from '../core/outcome.ts';
import type { PlainKey } from './message.ts';

/** Whether all is well: a good end that the proof does not refute. */
export function isWell(outcome: Outcome, revocation: Revocation | 'asking' | undefined): boolean {
  return isGood(outcome) && revocation !== 'still-alive';
}

/** How a log-out ended that nobody saw: what was so then need not be so now. */
export function pastTitleOf(
  outcome: Outcome,
  revocation: Revocation | 'asking' | undefined,
): PlainKey {
  const title = titleOf(outcome, revocation);
  if (title !== 'titleStillLoggedIn' && title !== 'titleNoAccess') return title;
  // The log-in that it was about has ended, whoever else was there.
  return outcome.kind === 'cookies-remain' ? 'titleCookiesRemain' : 'ruleFailed';
}

/** How a log-out ended, in a word or two that can be read from afar. */
export function titleOf(outcome: Outcome, revocation: Revocation | 'asking' | undefined): PlainKey {
  if (revocation === 'still-alive') return 'titleStillAlive';
  switch (outcome.kind) {
    case 'logged-out':
      return 'titleLoggedOut';
    case 'already-logged-out':
      return 'titleAlreadyLoggedOut';
    case 'session-expired':
      return 'titleExpired';
    case 'removed-locally':
      return 'titleRemovedLocally';
    case 'no-access':
      return outcome.reached === 'nothing-sent' ? 'titleNoAccess' : 'titleNotConfirmed';
    case 'cookies-remain':
      return outcome.reason === 'other-session' ? 'titleStillLoggedIn' : 'titleCookiesRemain';
    default:
      return outcome.cookies?.SESSDATA === 'remaining' ? 'titleStillLoggedIn' : 'titleNotConfirmed';
  }
}
