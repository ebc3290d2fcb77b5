import type { FollowUp, FollowUpResult } from '../core/follow-ups.ts';
import type { Fate } from '../core/outcome.ts';
import type { CookieStore } from '../core/store.ts';
import type { Message, PlainKey } from './message.ts';
import type { RowState } from './rows.ts';

/** The words for what became of a cookie. */
export const fateTexts: Record<Fate, PlainKey> = {
  'deleted-by-server': 'fateDeletedByServer',
  'removed-by-extension': 'fateRemovedByExtension',
  absent: 'fateAbsent',
  remaining: 'fateRemaining',
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
    // It deals with no address, and needs no access.
    'address-refused': 'siteDataFailed',
    unreachable: 'siteDataFailed',
    'cookies-remain': 'siteDataCookiesRemain',
    'other-session': 'siteDataOtherSession',
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

/** How far a row is, for who cannot see its sign. */
export const stateTexts: Record<RowState, PlainKey> = {
  ahead: 'stateAhead',
  now: 'stateNow',
  done: 'stateDone',
  failed: 'stateFailed',
  kept: 'stateKept',
  unknown: 'stateUnknown',
  skipped: 'stateSkipped',
};

/** The sign of a task that followed. */
export function followUpState(result: FollowUpResult | 'working'): RowState {
  switch (result) {
    case 'working':
      return 'now';
    case 'done':
    case 'address-refused':
    case 'unreachable':
      return 'done';
    case 'other-session':
      return 'kept';
    default:
      return 'unknown';
  }
}
