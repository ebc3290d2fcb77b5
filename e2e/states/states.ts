import { type AccountCookieName, accountCookieNames } from '../../src/core/cookie.ts';
import { type FollowUpResult, followUps } from '../../src/core/follow-ups.ts';
import type { Mode } from '../../src/core/order.ts';
import { beginning, type Progress } from '../../src/core/order.ts';
import { fatesOf, internalError, type Outcome, remaining } from '../../src/core/outcome.ts';
import {
  begun,
  type EndedRecord,
  type LogOutRecord,
  withFollowUp,
  withOutcome,
  withProgress,
  withRevocation,
} from '../../src/core/record.ts';
import type { NavVerdict } from '../../src/core/reply.ts';
import type { Done, Due } from '../../src/core/rules.ts';
import type { CookieStore } from '../../src/core/store.ts';
import type { ShownSettings } from '../../src/options/model.ts';
import type { Facts, StoreFacts } from '../../src/popup/view.ts';
import { defaultSettings, type SettingName } from '../../src/settings/settings.ts';

/** A state of the popup: what it is drawn from, and what a person has done in it. */
export interface PopupState {
  readonly facts: Facts | undefined;
  /** Whether the worker did not answer. */
  readonly hasFault?: boolean;
  /** The site's open tabs. */
  readonly tabIds?: readonly number[];
  /** What a person has opened: the details, or the question whether to forget the log-in here only. */
  readonly choices?: 'open' | 'asking';
  /** The seconds until the log-out begins by itself. */
  readonly countdown?: number;
  readonly due?: readonly Due[];
  readonly done?: readonly Done[];
  /** Whether the first good end offers the rules. */
  readonly offersRules?: boolean;
}

/** A state of the options page. */
export interface OptionsState {
  readonly shown: ShownSettings | undefined;
  readonly refused?: SettingName;
  readonly shortcut?: string;
  /** Whether the browser tells when the screen is locked; Firefox does not. */
  readonly seesLock?: boolean;
}

type Named<T> = Readonly<Record<string, T>>;

// Local times, so that every time zone shows them alike.
const today = new Date().setHours(9, 41, 0, 0);
const longAgo = new Date(2026, 0, 2, 9, 41).getTime();

const ordinary: CookieStore = { id: '0', kind: 'default' };
const incognito: CookieStore = { id: '1', kind: 'incognito' };
const firefoxDefault: CookieStore = { id: 'firefox-default', kind: 'default' };
const firefoxPrivate: CookieStore = { id: 'firefox-private', kind: 'private' };
const container1: CookieStore = { id: 'firefox-container-1', kind: 'container', name: '1' };
const container2: CookieStore = { id: 'firefox-container-2', kind: 'container', name: '2' };

export const storesById = new Map(
  [ordinary, incognito, firefoxDefault, firefoxPrivate, container1, container2].map((store) => [
    store.id,
    store,
  ]),
);

const all: readonly AccountCookieName[] = accountCookieNames;
const withoutToken = all.filter((name) => name !== 'bili_jct');
const deletedByServer = fatesOf(all, [], []);
const removedByUs = fatesOf(all, all, []);
const kept = fatesOf(all, all, all);

/** A picture that needs no network. */
const avatarUrl = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg"><rect width="100%" height="100%" fill="#5b8def"/></svg>',
)}`;
const aliveAs = (name: string): NavVerdict => ({ liveness: 'alive', profile: { name, avatarUrl } });
const someone = aliveAs('bili_2233');
const longNamed = aliveAs('一个名字特别特别长的哔哩哔哩用户');
// A right-to-left override, and an isolate that is never closed.
const turnedAround = aliveAs('Ann \u202e\u2067 moc.elpmaxe');
const endless = aliveAs('x'.repeat(64));
const endlessUid = '9'.repeat(300);

/** A store and what is known of it; nothing, if nothing is given. */
function storeWith(store: CookieStore, known: Partial<StoreFacts> = {}): StoreFacts {
  return {
    ...{ store, names: [], hasSession: false },
    ...{ sessionId: undefined, uid: undefined, record: undefined, account: undefined },
    ...known,
  };
}

function loggedIn(store: CookieStore, account?: NavVerdict, uid = '3493271456'): StoreFacts {
  return storeWith(store, { names: all, hasSession: true, uid, account });
}

function started(store: CookieStore, mode: Mode = 'server'): LogOutRecord {
  return begun({
    ...{ id: `of ${store.id}`, storeId: store.id, trigger: 'popup', mode, startedAt: today },
    ...{ batch: 'of one press', sessions: ['session'], found: [...all] },
  });
}

function working(store: CookieStore, progress: Partial<Progress> = {}, mode?: Mode): StoreFacts {
  const record = withProgress(started(store, mode), { ...beginning, ...progress });
  const whose = { uid: '3493271456', account: someone };
  return storeWith(store, { names: all, hasSession: true, record, ...whose });
}

type EndParts = Partial<Pick<EndedRecord['state'], 'revocation' | 'followUps' | 'endedAt'>>;

/** A store after a log-out, with the jar that such an end leaves. */
function ended(store: CookieStore, outcome: Outcome, parts: EndParts = {}): StoreFacts {
  const { revocation, followUps: results = {}, endedAt = today } = parts;
  const names = 'cookies' in outcome && outcome.cookies ? remaining(outcome.cookies) : [];
  const hasSession = names.includes('SESSDATA');
  let record = withOutcome(started(store), {
    ...{ outcome, endedAt, isProving: revocation !== undefined, tasks: [] },
    ...{ kept: hasSession ? ['session'] : [], dead: [] },
  });
  if (revocation && revocation !== 'asking') record = withRevocation(record, revocation);
  for (const task of followUps) {
    const result = results[task];
    if (result) record = withFollowUp(record, task, result);
  }
  return storeWith(store, { names, hasSession, record, uid: '3493271456', account: someone });
}

/** What the popup of one store shows, with the others beside it. */
function popup(
  own: StoreFacts,
  {
    others = [],
    hasAccess = true,
    ...done
  }: Partial<Pick<Facts, 'others' | 'hasAccess'>> & Omit<PopupState, 'facts'> = {},
): PopupState {
  return { facts: { own, others, hasAccess }, ...done };
}

const before: Named<PopupState> = {
  loading: { facts: undefined },
  'no-access': popup(storeWith(ordinary), { hasAccess: false }),
  'logged-out': popup(storeWith(ordinary)),
  leftovers: popup(storeWith(ordinary, { names: ['DedeUserID'] })),
  'logged-in': popup(loggedIn(ordinary, someone)),
  'logged-in-uid': popup(loggedIn(ordinary)),
  'logged-in-no-uid': popup(storeWith(ordinary, { names: ['SESSDATA'], hasSession: true })),
  'logged-in-dead': popup(loggedIn(ordinary, { liveness: 'dead' })),
  'logged-in-long-name': popup(loggedIn(ordinary, longNamed)),
  'logged-in-turned-around': popup(loggedIn(ordinary, turnedAround)),
  'logged-in-endless': popup(loggedIn(ordinary, endless, endlessUid)),
  'logged-in-countdown': popup(loggedIn(ordinary, someone), { countdown: 3 }),
  'logged-in-countdown-end': popup(loggedIn(ordinary, someone), { countdown: 1 }),
  'logged-in-asking': popup(loggedIn(ordinary, someone), { choices: 'asking' }),
  'logged-in-incognito': popup(loggedIn(incognito, someone)),
  'logged-in-private': popup(loggedIn(firefoxPrivate, someone)),
  'logged-in-container': popup(loggedIn(container2, someone)),
  working: popup(working(ordinary)),
  'working-clear': popup(working(ordinary, { step: 'clear', asked: true })),
  'working-local': popup(working(ordinary, {}, 'local')),
};

const failed = { cookies: kept, othersEnded: false };
const goneAnyway = { cookies: deletedByServer, othersEnded: false };

/** The ends of a log-out in the popup's own store. */
const outcomes: Named<Outcome> = {
  'already-logged-out': { kind: 'already-logged-out', cookies: fatesOf([], [], []) },
  'already-logged-out-leftovers': {
    kind: 'already-logged-out',
    cookies: fatesOf(['DedeUserID'], ['DedeUserID'], []),
  },
  'session-expired': { kind: 'session-expired', cookies: removedByUs },
  'removed-locally': { kind: 'removed-locally', cookies: removedByUs },
  // Where nothing was sent, the popup shows what it shows without access anyway.
  'no-access-asked': { kind: 'no-access', reached: 'asked' },
  'no-access-accepted': { kind: 'no-access', reached: 'accepted' },
  'no-csrf-token': {
    kind: 'no-csrf-token',
    cookies: fatesOf(withoutToken, withoutToken, withoutToken),
    othersEnded: false,
  },
  offline: { kind: 'offline', ...failed },
  timeout: { kind: 'timeout', ...failed },
  'csrf-rejected': { kind: 'csrf-rejected', ...failed, detail: { status: 200, code: 2202 } },
  blocked: { kind: 'blocked', ...failed, detail: { status: 412 } },
  'blocked-cookies-gone': { kind: 'blocked', ...goneAnyway, detail: { status: 412 } },
  'rate-limited': { kind: 'rate-limited', ...failed, detail: { status: 429 } },
  'rate-limited-seconds': {
    ...{ kind: 'rate-limited', ...failed, detail: { status: 429 } },
    retryAfterSeconds: 90,
  },
  'rate-limited-minutes': {
    ...{ kind: 'rate-limited', ...failed, detail: { status: 429 } },
    retryAfterSeconds: 1_800,
  },
  'rate-limited-years': {
    ...{ kind: 'rate-limited', ...failed, detail: { status: 429 } },
    retryAfterSeconds: 99_999_999,
  },
  'server-error': { kind: 'server-error', ...failed, detail: { status: 503 } },
  'server-error-others-ended': {
    ...{ kind: 'server-error', cookies: kept, othersEnded: true },
    detail: { status: 503 },
  },
  'not-understood': {
    ...{ kind: 'unexpected-reply', reason: 'not-understood', ...failed },
    detail: { status: 200, code: -86_000 },
  },
  'web-page': {
    ...{ kind: 'unexpected-reply', reason: 'web-page', ...failed },
    detail: { status: 200 },
  },
  'still-alive': {
    ...{ kind: 'unexpected-reply', reason: 'still-alive', ...failed },
    detail: { status: 200, code: -101 },
  },
  unclear: {
    ...{ kind: 'unexpected-reply', reason: 'unclear', ...failed },
    detail: { status: 200, code: -101 },
  },
  'not-sent': { kind: 'unexpected-reply', reason: 'not-sent', ...failed, detail: {} },
  interrupted: { kind: 'unexpected-reply', reason: 'interrupted', ...goneAnyway, detail: {} },
  'session-gone': { kind: 'unexpected-reply', reason: 'session-gone', ...goneAnyway, detail: {} },
  'log-in-lost': { kind: 'unexpected-reply', reason: 'log-in-lost', ...goneAnyway, detail: {} },
  'internal-error': internalError,
  'cookies-remain-not-removable': {
    ...{ kind: 'cookies-remain', reason: 'not-removable', sessionEnded: true },
    cookies: fatesOf(all, withoutToken, ['DedeUserID', 'DedeUserID__ckMd5']),
  },
  'cookies-remain-not-removable-local': {
    ...{ kind: 'cookies-remain', reason: 'not-removable', sessionEnded: false },
    cookies: kept,
  },
  'cookies-remain-other-session': {
    ...{ kind: 'cookies-remain', reason: 'other-session', sessionEnded: true },
    cookies: kept,
  },
  'cookies-remain-other-session-local': {
    ...{ kind: 'cookies-remain', reason: 'other-session', sessionEnded: false },
    cookies: kept,
  },
};

const loggedOut: Outcome = { kind: 'logged-out', cookies: deletedByServer };
const proven = (store: CookieStore, parts: EndParts = {}) =>
  ended(store, loggedOut, { revocation: 'proven', ...parts });

/** The end of the one task that is shown beside each end of the other, which knows fewer. */
const siteDataBeside: Readonly<Record<FollowUpResult | 'working', FollowUpResult | 'working'>> = {
  working: 'working',
  done: 'done',
  'address-refused': 'failed',
  unreachable: 'interrupted',
  'cookies-remain': 'cookies-remain',
  'other-session': 'other-session',
  'no-access': 'done',
  failed: 'failed',
  interrupted: 'interrupted',
};

const after: Named<PopupState> = {
  'logged-out-asking': popup(proven(ordinary, { revocation: 'asking' })),
  'logged-out-proven': popup(proven(ordinary)),
  'logged-out-unknown': popup(proven(ordinary, { revocation: 'unknown' })),
  'logged-out-still-alive': popup(proven(ordinary, { revocation: 'still-alive' })),
  'logged-out-details': popup(proven(ordinary), { choices: 'open' }),
  'logged-out-tab': popup(proven(ordinary), { tabIds: [1] }),
  'logged-out-tabs': popup(proven(ordinary), { tabIds: [1, 2, 3] }),
  'logged-out-long-ago': popup(proven(ordinary, { endedAt: longAgo })),
  ...Object.fromEntries(
    Object.entries(outcomes).map(([name, outcome]) => [
      name,
      popup(ended(ordinary, outcome), { hasAccess: outcome.kind !== 'no-access' }),
    ]),
  ),
  'blocked-details': popup(
    ended(ordinary, { kind: 'blocked', ...failed, detail: { status: 412, code: -412 } }),
    { choices: 'open' },
  ),
  'offline-asking': popup(ended(ordinary, { kind: 'offline', ...failed }), { choices: 'asking' }),
  fault: popup(loggedIn(ordinary, someone), { hasFault: true }),
  ...Object.fromEntries(
    (Object.keys(siteDataBeside) as (keyof typeof siteDataBeside)[]).map((biligame) => [
      `follow-ups-${biligame}`,
      popup(proven(ordinary, { followUps: { biligame, siteData: siteDataBeside[biligame] } })),
    ]),
  ),
};

/** Firefox, where a popup tells of all stores. */
const elsewhere: Named<PopupState> = {
  'others-logged-in': popup(loggedIn(firefoxDefault, someone), {
    others: [
      loggedIn(container1, longNamed),
      loggedIn(container2, turnedAround, endlessUid),
      loggedIn(firefoxPrivate),
    ],
  }),
  'others-only': popup(storeWith(firefoxDefault), { others: [loggedIn(container1, someone)] }),
  'others-working': popup(proven(firefoxDefault, { revocation: 'asking' }), {
    others: [working(container1), working(firefoxPrivate)],
  }),
  'others-ended': popup(proven(firefoxDefault), {
    others: [
      ended(container1, { kind: 'blocked', ...failed, detail: { status: 412 } }),
      proven(container2),
      proven(firefoxPrivate, { revocation: 'still-alive' }),
    ],
  }),
  'others-gone': popup(proven(firefoxDefault), {
    others: [
      ended(container1, {
        ...{ kind: 'unexpected-reply', reason: 'store-gone', othersEnded: false },
        detail: {},
      }),
    ],
  }),
};

const soon = today + 5 * 60_000;
const fired = { at: today, sessions: [], tries: 1, notBefore: 0 };

/** What rules have done, and have due. */
const byRule: Named<PopupState> = {
  'logged-out-offers-rules': popup(proven(ordinary), { tabIds: [1], offersRules: true }),
  'rules-due': popup(loggedIn(ordinary, someone), {
    due: [{ id: 'last-tab', storeId: '0', rule: 'last-tab', at: soon }],
  }),
  'rules-due-again': popup(ended(ordinary, { kind: 'offline', ...failed }), {
    due: [{ id: 'idle', storeId: '0', rule: 'idle', at: soon, fired }],
  }),
  'rules-done': popup(storeWith(ordinary), {
    done: [
      {
        ...{ id: 'start', storeId: '0', rule: 'start', at: longAgo },
        outcome: { kind: 'logged-out', cookies: deletedByServer },
      },
    ],
  }),
  'rules-done-others': popup(loggedIn(firefoxDefault, longNamed), {
    due: [{ id: 'due', storeId: container2.id, rule: 'last-tab', at: soon }],
    done: [
      {
        ...{ id: 'locked', storeId: container1.id, rule: 'locked', at: longAgo },
        outcome: { kind: 'no-csrf-token', ...failed },
      },
      {
        ...{ id: 'idle', storeId: firefoxPrivate.id, rule: 'idle', at: today },
        outcome: { kind: 'logged-out', cookies: deletedByServer },
        revocation: 'still-alive',
      },
    ],
  }),
};

const byDefault: ShownSettings = {
  ...{
    settings: defaultSettings,
    locked: [],
    notUnderstood: { managed: [], sync: [] },
    notAllowed: [],
  },
};
const changed: ShownSettings['settings'] = {
  ...{ toolbarClick: 'at-once', reloadTabs: true, biligame: true, siteData: true },
  ...{ logOutAfterLastTab: 0, logOutWhenIdle: 45, logOutWhenLocked: true, logOutAtStart: true },
};

const options: Named<OptionsState> = {
  settings: { shown: byDefault, shortcut: 'Alt+Shift+L' },
  'settings-changed': {
    shown: { ...byDefault, settings: { ...changed, logOutAfterLastTab: 15 } },
    shortcut: 'Alt+Shift+L',
  },
  'settings-loading': { shown: undefined },
  'settings-refused': { shown: byDefault, refused: 'biligame', shortcut: '' },
  'settings-no-shortcuts': { shown: byDefault },
  'settings-firefox': { shown: byDefault, seesLock: false },
  'settings-not-understood': {
    shown: {
      ...byDefault,
      notUnderstood: { managed: ['logOutAfterLastTab'], sync: ['toolbarClick', 'logOutWhenIdle'] },
    },
  },
  'settings-locked': {
    shown: {
      ...{ ...byDefault, settings: changed, notAllowed: ['biligame'] },
      locked: ['toolbarClick', 'reloadTabs', 'biligame', 'logOutAfterLastTab', 'logOutAtStart'],
    },
  },
};

/** Every state, by its name. */
export const states: Named<PopupState | OptionsState> = {
  ...before,
  ...after,
  ...elsewhere,
  ...byRule,
  ...options,
};
