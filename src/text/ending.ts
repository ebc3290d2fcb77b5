import type { FollowUp, FollowUpResult } from '../core/follow-ups.ts';
import {
  type Fate,
  isGood,
  type Outcome,
  type OutcomeKind,
  type Revocation,
  type reaches,
  remaining,
} from '../core/outcome.ts';
import type { ReplyDetail, UnexpectedReason } from '../core/reply.ts';
import type { CookieStore } from '../core/store.ts';
import type { Message, PlainKey } from './message.ts';

/** The buttons that a page may offer. */
export type Action =
  | 'log-out'
  | 'log-out-everywhere'
  | 'remove-local'
  | 'retry'
  | 'grant-access'
  | 'reload-tabs'
  | 'open-options';

/** What a person is told of a log-out that has ended. */
export interface Ending {
  /** Whether all is well: the ✓ of a log-out that is not proven false. */
  readonly isGood: boolean;
  readonly title: PlainKey;
  readonly sentences: readonly Message[];
  /** The server's own answer, piece by piece, where it helps to know it. */
  readonly answer: readonly Message[];
  /** The next step, in words. */
  readonly next: readonly Message[];
  /** The next step, as buttons; the first one is the one to press. */
  readonly actions: readonly Action[];
}

type OutcomeOf<K extends OutcomeKind> = Extract<Outcome, { kind: K }>;
type Entry<K extends OutcomeKind> = {
  readonly title: PlainKey;
  readonly text: (outcome: OutcomeOf<K>, listed: string) => readonly Message[];
  readonly next: (outcome: OutcomeOf<K>) => readonly Message[];
  readonly actions: readonly Action[] | ((outcome: OutcomeOf<K>) => readonly Action[]);
};

const again: readonly Action[] = ['retry', 'remove-local'];
const done: readonly Action[] = ['reload-tabs'];
const none = () => [];

/** Every kind of outcome, what it is called, what it means and what to do next. */
const entries: { readonly [K in OutcomeKind]: Entry<K> } = {
  'logged-out': {
    title: 'loggedOutTitle',
    text: () => [['loggedOutText']],
    next: none,
    actions: done,
  },
  'already-logged-out': {
    title: 'alreadyLoggedOutTitle',
    text: ({ cookies }) => [
      ['alreadyLoggedOutText'],
      ...(Object.values(cookies).includes('removed-by-extension')
        ? [['leftoversRemoved'] satisfies Message]
        : []),
    ],
    next: none,
    actions: done,
  },
  'session-expired': {
    title: 'sessionExpiredTitle',
    text: () => [['sessionExpiredText']],
    next: none,
    actions: done,
  },
  'removed-locally': {
    title: 'removedLocallyTitle',
    text: () => [['removedLocallyText']],
    next: () => [['removedLocallyNext']],
    actions: done,
  },
  'no-access': {
    title: 'noAccessTitle',
    text: ({ reached }) => [[noAccessTexts[reached]]],
    next: () => [['noAccessNext']],
    actions: ['grant-access'],
  },
  'no-csrf-token': {
    title: 'noCsrfTokenTitle',
    text: () => [['noCsrfTokenText']],
    next: () => [['noCsrfTokenNext']],
    actions: again,
  },
  offline: {
    title: 'offlineTitle',
    text: () => [['offlineText']],
    next: () => [['offlineNext']],
    actions: again,
  },
  timeout: {
    title: 'timeoutTitle',
    text: () => [['timeoutText']],
    next: () => [['timeoutNext']],
    actions: again,
  },
  'csrf-rejected': {
    title: 'csrfRejectedTitle',
    text: () => [['csrfRejectedText']],
    next: () => [['csrfRejectedNext']],
    actions: again,
  },
  blocked: {
    title: 'blockedTitle',
    text: () => [['blockedText']],
    next: () => [['blockedNext']],
    actions: again,
  },
  'rate-limited': {
    title: 'rateLimitedTitle',
    text: () => [['rateLimitedText']],
    next: ({ retryAfterSeconds: seconds = 0 }) => {
      if (seconds === 0) return [['rateLimitedNext']];
      if (seconds > longestPause) return [['rateLimitedNextLater']];
      return seconds < 120
        ? [['rateLimitedNextSeconds', String(seconds)]]
        : [['rateLimitedNextMinutes', String(Math.ceil(seconds / 60))]];
    },
    actions: again,
  },
  'server-error': {
    title: 'serverErrorTitle',
    text: () => [['serverErrorText']],
    next: () => [['serverErrorNext']],
    actions: again,
  },
  'unexpected-reply': {
    title: 'unexpectedReplyTitle',
    text: ({ reason }) => [[unexpectedTexts[reason]]],
    next: (outcome) => [[isIdLost(outcome) ? 'unexpectedStoreGoneNext' : 'unexpectedReplyNext']],
    actions: (outcome) => (isIdLost(outcome) ? [] : again),
  },
  'cookies-remain': {
    title: 'cookiesRemainTitle',
    text: ({ reason, sessionEnded }, listed) => [
      reason === 'not-removable'
        ? ['cookiesRemainNotRemovable', listed]
        : ['cookiesRemainOtherSession', listed],
      ...(sessionEnded ? [['sessionEnded'] satisfies Message] : []),
    ],
    next: ({ reason }) =>
      reason === 'not-removable'
        ? [['cookiesRemainNotRemovableNext']]
        : [['cookiesRemainOtherSessionNext']],
    // What the browser removes for no extension, no other button removes.
    actions: ({ reason }) => (reason === 'not-removable' ? ['retry'] : again),
  },
};

/** Without its id a session can neither be asked about again nor ended from here. */
const idLost: readonly UnexpectedReason[] = ['store-gone', 'session-gone', 'log-in-lost'];
const isIdLost = ({ reason, cookies }: OutcomeOf<'unexpected-reply'>) =>
  idLost.includes(reason) && cookies?.SESSDATA !== 'remaining';

/** A pause that is worth a number, in seconds. */
const longestPause = 2 * 60 * 60;

const noAccessTexts: Record<(typeof reaches)[number], PlainKey> = {
  'nothing-sent': 'noAccessText',
  asked: 'noAccessAsked',
  accepted: 'noAccessAccepted',
};

const unexpectedTexts: Record<UnexpectedReason, PlainKey> = {
  'not-understood': 'unexpectedNotUnderstood',
  'web-page': 'unexpectedWebPage',
  'still-alive': 'unexpectedStillAlive',
  unclear: 'unexpectedUnclear',
  'not-sent': 'unexpectedNotSent',
  interrupted: 'unexpectedInterrupted',
  'store-gone': 'unexpectedStoreGone',
  'session-gone': 'unexpectedSessionGone',
  'log-in-lost': 'unexpectedLogInLost',
  'internal-error': 'unexpectedInternalError',
};

/**
 * What to tell a person of an outcome.
 * @param revocation what the proof says, which can refute a yes.
 * @param list joins names in the way of the person's language.
 */
export function endingOf(
  outcome: Outcome,
  revocation: Revocation | 'asking' | undefined,
  list: (names: readonly string[]) => string,
): Ending {
  const isRefuted = revocation === 'still-alive';
  // The table is typed by kind; TypeScript cannot follow one kind through the look-up.
  const entry = entries[outcome.kind] as Entry<OutcomeKind>;
  const listed = 'cookies' in outcome && outcome.cookies ? list(remaining(outcome.cookies)) : '';
  const detail: ReplyDetail = 'detail' in outcome ? outcome.detail : {};
  return {
    isGood: isGood(outcome) && !isRefuted,
    title: isRefuted ? 'stillAliveTitle' : entry.title,
    sentences: isRefuted
      ? [['stillAliveText']]
      : [...entry.text(outcome, listed), ...whatIsLeft(outcome)],
    answer: [
      ...(detail.status === undefined
        ? []
        : [['replyStatus', String(detail.status)] satisfies Message]),
      ...(detail.code === undefined ? [] : [['replyCode', String(detail.code)] satisfies Message]),
    ],
    next: entry.next(outcome),
    actions: typeof entry.actions === 'function' ? entry.actions(outcome) : entry.actions,
  };
}

/** After a failure: whether another session has ended, and this one's id is still in the jar. */
function whatIsLeft(outcome: Outcome): Message[] {
  if (isGood(outcome) || outcome.kind === 'no-access' || outcome.kind === 'cookies-remain')
    return [];
  const others: Message[] = outcome.othersEnded ? [['othersEnded']] : [];
  switch (outcome.cookies?.SESSDATA) {
    case 'remaining':
      return [...others, [outcome.othersEnded ? 'logInKept' : 'nothingRemoved']];
    case 'deleted-by-server':
    case 'absent':
      // What the reason itself says is not said twice.
      return outcome.kind === 'unexpected-reply' && isIdLost(outcome)
        ? others
        : [...others, ['cookiesWentAnyway']];
    default:
      return others;
  }
}

/** The words for what became of a cookie. */
export const fateTexts: Record<Fate, PlainKey> = {
  'deleted-by-server': 'fateDeletedByServer',
  'removed-by-extension': 'fateRemovedByExtension',
  absent: 'fateAbsent',
  remaining: 'fateRemaining',
};

/** What to tell a person of the proof. */
export const revocationTexts: Record<Revocation | 'asking', readonly PlainKey[]> = {
  asking: ['revocationAsking'],
  proven: ['revocationProven'],
  unknown: ['revocationUnknown', 'revocationUnknownNext'],
  'still-alive': ['revocationStillAlive', 'revocationStillAliveNext'],
};

/** What to tell a person of each task that follows a good log-out. */
export const followUpTexts: {
  readonly [T in FollowUp]: Record<FollowUpResult | 'working', PlainKey>;
} = {
  biligame: {
    working: 'biligameWorking',
    done: 'biligameDone',
    'address-refused': 'biligameAddressRefused',
    unreachable: 'biligameUnreachable',
    'cookies-remain': 'biligameCookiesRemain',
    'other-session': 'biligameOtherSession',
    'no-access': 'biligameNoAccess',
    failed: 'biligameFailed',
    interrupted: 'biligameInterrupted',
  },
  siteData: {
    working: 'siteDataWorking',
    done: 'siteDataDone',
    // It deals with no address and no cookies.
    'address-refused': 'siteDataFailed',
    unreachable: 'siteDataFailed',
    'cookies-remain': 'siteDataFailed',
    'other-session': 'siteDataFailed',
    'no-access': 'siteDataFailed',
    failed: 'siteDataFailed',
    interrupted: 'siteDataInterrupted',
  },
};

/** A cookie store, by its kind and, for a container, its number. */
export function storeName({ kind, name = '' }: CookieStore): Message {
  switch (kind) {
    case 'default':
      return ['storeDefault'];
    case 'incognito':
      return ['storeIncognito'];
    case 'private':
      return ['storePrivate'];
    case 'container':
      return ['storeContainer', name];
  }
}
