import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core';
import { type Cookie, namesIn } from '../core/cookie.ts';
import type { Mode } from '../core/order.ts';
import { internalError } from '../core/outcome.ts';
import { isCurrent, isUnsettled, type LogOutRecord, livingOf } from '../core/record.ts';
import type { NavVerdict } from '../core/reply.ts';
import { type Done, type Due, isAnyRuleOn, type RulesState } from '../core/rules.ts';
import { accountCookies, type Session, sessionsIn } from '../core/session.ts';
import { type CookieStore, isPrivate } from '../core/store.ts';
import type { createClient } from '../protocol/messages.ts';
import type { Settings } from '../settings/settings.ts';
import {
  type Facts,
  type OtherView,
  othersOf,
  type StoreFacts,
  storesWithSession,
  type View,
  viewOf,
} from './view.ts';

/** What the popup needs of the browser. */
export interface PopupParts {
  /** The store of the tab that the popup was opened on. */
  ownStoreId(): Promise<string>;
  listStores(): Promise<CookieStore[]>;
  /** A store by its id, also one that is gone. */
  storeOf(id: string): CookieStore;
  readonly ask: ReturnType<typeof createClient>;
  hasAccess(): Promise<boolean>;
  requestAccess(): Promise<boolean>;
  listCookies(storeId: string): Promise<Cookie[]>;
  readRecords(): Promise<LogOutRecord[]>;
  fingerprint(salt: string, value: string): Promise<string>;
  /** Calls back when access, cookies or stores may have changed. */
  onChange(listener: () => void): void;
  /** Calls back with a record that the worker has changed; without one where it was forgotten. */
  onRecordChanged(listener: (storeId: string, record: LogOutRecord | undefined) => void): void;
  /** Keeps the worker going until the returned function is called. */
  watchWorker(): () => void;
  siteTabIds(storeId: string): Promise<number[]>;
  reloadTabs(ids: readonly number[]): Promise<void>;
  /** After which log-out a popup has reloaded the tabs: the id of its record. */
  readReloaded(): Promise<unknown>;
  noteReloaded(id: string): Promise<void>;
  openOptions(): Promise<void>;
  readSettings(): Promise<Settings>;
  /** What the rules remember. */
  readRules(): Promise<Pick<RulesState, 'due' | 'done'>>;
  onRulesChanged(listener: () => void): void;
  /** Resolves with true once: the first time that it is asked, ever. */
  isFirstOffer(): Promise<boolean>;
  /**
   * Whether a person has opened the popup. Otherwise this extension has, to tell something, or
   * another one, in a tab.
   */
  isOpenedByPerson(): Promise<boolean>;
  /** Calls back once nobody can see the popup any more. */
  onHidden(listener: () => void): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back after so many milliseconds. */
  after(milliseconds: number, callback: () => void): void;
}

/** All that the popup shows. */
export interface PopupState {
  readonly view: View;
  /** The store that the view is about, once it is known. */
  readonly store: CookieStore | undefined;
  readonly others: readonly OtherView[];
  /** The stores that "everywhere" logs out. */
  readonly everywhere: readonly string[];
  /** The open tabs of the site that a good ending offers to reload. */
  readonly tabIds: readonly number[];
  /** How many seconds are left until the log-out begins by itself. */
  readonly countdown: number | undefined;
  /** How many there were at first. */
  readonly countdownFrom: number;
  /** What rules have due, and have not begun: one for each store. */
  readonly due: readonly Due[];
  /** What rules have done since the popup was last opened. */
  readonly done: readonly Done[];
  /** Whether the rules are offered: after the first good end that a person has asked for. */
  readonly offersRules: boolean;
  /** A store by its id, to be named. */
  storeOf(id: string): CookieStore;
}

export interface PopupModel {
  readonly state: ReadonlySignal<PopupState>;
  /** @param storeId the store to log out; the popup's own if it is not given. */
  logOut(mode: Mode, storeId?: string): Promise<void>;
  logOutEverywhere(): Promise<void>;
  /** Calls the countdown off, and with it what rules have due of the same store. */
  stayLoggedIn(): void;
  /** Calls off what rules have due of a store, and have not begun. */
  callOff(storeId: string): Promise<void>;
  grantAccess(): Promise<void>;
  reloadTabs(): Promise<void>;
  openOptions(): Promise<void>;
}

/** How long the countdown takes, in seconds. */
const countdownFrom = 3;

/** How late the countdown may end, in milliseconds: later, the page was hidden or the machine slept. */
const lateness = 2_000;

/**
 * How many sessions one opening of the popup asks about: a page can set one dead id after another.
 */
const askLimit = 10;

/** Follows the browser's state and offers what a person can do about it. */
export function createPopupModel(parts: PopupParts): PopupModel {
  const { ask } = parts;
  const ownStoreId = parts.ownStoreId();
  const facts = signal<Facts>();
  /** Whose the sessions are, by their ids, as far as the server has told. */
  const accounts = signal<ReadonlyMap<string, NavVerdict>>(new Map());
  /** The session that was shown last of each store: whose a log-out is, or was. */
  const lastShown = new Map<string, Session>();
  let asked = 0;
  /** The ids of the newest records, by store, whether or not they are still of interest. */
  const newest = new Map<string, string>();
  const workerFailed = signal(false);
  /** Whether there are no facts because they cannot be read. */
  const cannotRead = signal(false);
  const tabIds = signal<readonly number[]>([]);
  const countdown = signal<number>();
  const due = signal<readonly Due[]>([]);
  const done = signal<readonly Done[]>([]);
  const offersRules = signal(false);
  /** Whether nothing is to begin by itself any more. */
  let isCalledOff = false;
  /** How often the worker has changed a record. */
  let changes = 0;
  /** Read when there is something to see: what is seen first goes first. */
  let settingsRead: ReturnType<PopupParts['readSettings']> | undefined;
  const settings = () => {
    settingsRead ??= parts.readSettings();
    return settingsRead;
  };
  /** The ids of the sessions in the own jar. */
  let inOwnJar: string | undefined;

  /** The facts with what came to be known of the accounts since they were read. */
  const known = computed<Facts | undefined>(() => {
    const read = facts.value;
    if (!read) return undefined;
    const withAccount = (store: StoreFacts): StoreFacts => ({
      ...store,
      account: store.sessionId === undefined ? undefined : accounts.value.get(store.sessionId),
    });
    return { ...read, own: withAccount(read.own), others: read.others.map(withAccount) };
  });
  const view = computed<View>(() =>
    workerFailed.value || cannotRead.value ? fault : viewOf(known.value),
  );

  const setAccount = (id: string, verdict: NavVerdict) => {
    accounts.value = new Map(accounts.peek()).set(id, verdict);
  };
  /** The sessions that are asked about again: what was known of them has grown old. */
  const stale = new Set<string>();

  const askAccount = async (storeId: string, { id }: Session) => {
    const isStale = stale.delete(id);
    if (accounts.peek().has(id) && !isStale) return;
    if (asked === askLimit) return;
    asked += 1;
    setAccount(id, { ...accounts.peek().get(id), liveness: 'unclear' });
    const session = await parts.fingerprint(storeId, id);
    const answer = await ask({ type: 'get-profile', storeId, session });
    if (!answer.ok || !accounts.peek().has(id) || stale.has(id)) return;
    setAccount(id, answer.value);
    // Behind a dead one may stand the one that is alive.
    if (answer.value.liveness === 'dead') refresh();
  };

  const readStore = async (
    store: CookieStore,
    cookies: readonly Cookie[],
    hasAccess: boolean,
    records: readonly LogOutRecord[],
  ) => {
    const sessions = sessionsIn(cookies);
    const stored = records.find(({ storeId }) => storeId === store.id);
    const prints = stored
      ? await Promise.all(sessions.map(({ id }) => parts.fingerprint(stored.id, id)))
      : [];
    // Without access every jar looks empty.
    const record = stored && (!hasAccess || isCurrent(stored, prints)) ? stored : undefined;
    const living = livingOf(stored, prints);
    const candidates = stored
      ? sessions.filter((_, index) => living.includes(prints[index] ?? ''))
      : sessions;
    const isDead = ({ id }: Session) => accounts.peek().get(id)?.liveness === 'dead';
    const session = candidates.find((one) => !isDead(one)) ?? candidates[0];
    // While a session is being ended, or cannot be seen, what was known of it grows old.
    const isMoving = !hasAccess || record?.state.phase === 'working';
    if (!hasAccess && accounts.peek().size > 0) accounts.value = new Map();
    else if (isMoving) for (const { id } of sessions) stale.add(id);
    const whose = record ? await sessionOf(record, lastShown.get(store.id) ?? session) : session;
    if (whose) lastShown.set(store.id, whose);
    else lastShown.delete(store.id);
    const found: StoreFacts = {
      store,
      names: namesIn(accountCookies(cookies)),
      hasSession: session !== undefined,
      sessionId: whose?.id,
      uid: whose?.uid,
      record,
      account: undefined,
    };
    return { found, session: isMoving ? undefined : session };
  };

  /** The session, if a record is about it. */
  const sessionOf = async (record: LogOutRecord, session: Session | undefined) => {
    if (!session) return undefined;
    const print = await parts.fingerprint(record.id, session.id);
    return record.sessions.includes(print) ? session : undefined;
  };

  const read = async (): Promise<void> => {
    const changesBefore = changes;
    const [ownId, ownCookies, listed, hasAccess, records] = await Promise.all([
      ownStoreId,
      ownStoreId.then(parts.listCookies),
      parts.listStores(),
      parts.hasAccess(),
      parts.readRecords(),
    ]);
    for (const { storeId, id } of records) newest.set(storeId, id);
    const own = await readStore(parts.storeOf(ownId), ownCookies, hasAccess, records);
    const inJar = JSON.stringify(sessionsIn(ownCookies).map(({ id }) => id));
    // The countdown was about what was there when it began.
    if (inJar !== inOwnJar && inOwnJar !== undefined) stayLoggedIn();
    inOwnJar = inJar;
    // A container that was deleted before its log-out is told of all the same.
    const gone = records.map(({ storeId }) => parts.storeOf(storeId));
    const stores = new Map([...listed, ...gone].map((store) => [store.id, store]));
    stores.delete(ownId);
    const others = await Promise.all(
      [...stores.values()].map(async (store) => {
        const cookies = await parts.listCookies(store.id).catch(() => undefined);
        return cookies && readStore(store, cookies, hasAccess, records);
      }),
    );
    // What the worker has written meanwhile is newer than what was read.
    if (changes !== changesBefore) return read();
    const seen = others.filter((other) => other !== undefined);
    const before = facts.peek()?.own.record;
    const isFirst = facts.peek() === undefined;
    facts.value = { hasAccess, own: own.found, others: seen.map(({ found }) => found) };
    for (const { found, session } of [own, ...seen]) {
      if (session) void askAccount(found.store.id, session);
    }
    const { record } = own.found;
    if (record?.state.phase === 'working') workerFailed.value = false;
    if (isFirst) {
      void begin();
      readRules();
    }
    if (record && view.peek().name === 'finished') {
      const [chosen, reloaded] = await Promise.all([
        settings().catch(() => undefined),
        parts.readReloaded().catch(() => undefined),
      ]);
      // They are not offered twice.
      const isReloaded = chosen?.reloadTabs || reloaded === record.id;
      tabIds.value = isReloaded ? [] : await parts.siteTabIds(ownId);
      // That they were offered is stored on disk, where nothing of private windows goes.
      if (record.trigger !== 'rule' && !isPrivate(own.found.store)) void offerRules();
    }
    // An end that could not be stored is told by the badge alone, until somebody looks.
    const hasVanished = isFirst || before?.state.phase === 'working';
    if (!record && hasVanished) void lookForUnstored(ownId);
  };

  const readRules = oneAtATime(async () => {
    const rules = await parts.readRules().catch(() => ({ due: [], done: [] }));
    due.value = rules.due;
    // What is told now stays before the person's eyes.
    const before = done.peek();
    const news = rules.done.filter(({ id }) => before.every((one) => one.id !== id));
    if (news.length > 0) done.value = [...before, ...news];
    for (const storeId of new Set(news.map((one) => one.storeId))) {
      void ask({ type: 'mark-told', storeId });
    }
  });
  parts.onRulesChanged(readRules);

  /** Offers them once, to a person who has none. */
  const offerRules = async () => {
    if (offersRules.peek()) return;
    if (isAnyRuleOn(await settings())) return;
    if (await parts.isFirstOffer()) offersRules.value = true;
  };

  const stayLoggedIn = () => {
    isCalledOff = true;
    countdown.value = undefined;
  };

  /**
   * What opening the popup begins by itself, as the person has set it: only with a log-in before
   * them that nothing else is to be said of, and never twice.
   */
  const begin = async () => {
    // What cannot be read begins nothing.
    const [{ toolbarClick }, isByPerson] = await Promise.all([
      settings(),
      parts.isOpenedByPerson(),
    ]).catch(() => [{ toolbarClick: 'ask' }, false] as const);
    if (!isByPerson || isCalledOff || view.peek().name !== 'logged-in') return;
    if (toolbarClick === 'at-once') await logOut('server');
    if (toolbarClick === 'countdown') countDown(parts.now() + countdownFrom * 1000);
  };

  /** A promise: it ends in time, or not at all. */
  const countDown = (endsAt: number) => {
    const left = endsAt - parts.now();
    if (view.peek().name !== 'logged-in' || left < -lateness || left > countdownFrom * 1000) {
      stayLoggedIn();
    } else if (left <= 0) {
      void logOut('server');
    } else {
      countdown.value = Math.ceil(left / 1000);
      parts.after(left % 1000 || 1000, () => {
        if (countdown.peek() !== undefined) countDown(endsAt);
      });
    }
  };
  parts.onHidden(stayLoggedIn);

  const logOut = async (mode: Mode, wanted?: string) => {
    stayLoggedIn();
    const storeId = wanted ?? (await ownStoreId);
    await start({ type: 'log-out', storeId, mode }, storeId);
  };

  const lookForUnstored = async (storeId: string) => {
    const answer = await ask({ type: 'mark-seen', storeId });
    if (answer.ok && answer.value === true) workerFailed.value = true;
  };

  // Without any facts there is nothing to show but the fault; later ones stay what they were.
  const refresh = oneAtATime(async () => {
    await read().catch(() => undefined);
    cannotRead.value = facts.peek() === undefined;
  });
  const isWorking = () => facts.peek()?.own.record?.state.phase === 'working';
  // What changes while it is at work is looked at when it has ended.
  parts.onChange(() => {
    if (!isWorking()) refresh();
  });
  parts.onRecordChanged((storeId, record) => {
    changes += 1;
    const now = facts.peek();
    if (record && now?.own.store.id === storeId) {
      workerFailed.value = false;
      // What is known of whose it is grows old now.
      for (const id of accounts.peek().keys()) stale.add(id);
      // The worker has just judged it by the jar: it is shown before the jar is read again.
      facts.value = { ...now, own: { ...now.own, record } };
    }
    if (!record || !isWorking()) refresh();
  });
  refresh();

  const records = computed(() =>
    facts.value
      ? [facts.value.own, ...facts.value.others].flatMap(({ record }) => record ?? [])
      : [],
  );

  const isAwaiting = computed(() => records.value.some(isUnsettled));
  effect(() => (isAwaiting.value ? parts.watchWorker() : undefined));

  /** Of each store what is due first; where it is being done, the steps tell of it. */
  const shownDue = computed(() => {
    const working = records.value.filter(({ state }) => state.phase === 'working');
    const hidden = new Set(working.map(({ storeId }) => storeId));
    return [...due.value]
      .sort((a, b) => a.at - b.at)
      .filter(({ storeId }) => !hidden.has(storeId) && hidden.add(storeId));
  });

  /** What was done, with the proof that has come since it was read. */
  const shownDone = computed(() =>
    done.value.map((one) => {
      const state = records.value.find(({ id }) => id === one.id)?.state;
      const revocation = state?.phase === 'ended' ? state.revocation : undefined;
      return revocation && revocation !== 'asking' ? { ...one, revocation } : one;
    }),
  );

  /** The records whose end is before the person's eyes. */
  const shown = computed(() => {
    const { name } = view.value;
    const others = othersOf(known.value).map(({ store }) => store.id);
    return records.value.filter(({ storeId, state }) => {
      if (storeId !== facts.value?.own.store.id) return others.includes(storeId);
      // That there is no access is told whether a log-out has met it or not.
      const isSame = state.phase === 'ended' && state.outcome.kind === 'no-access';
      const isTold = name === 'finished' || name === 'failed' || (name === 'no-access' && isSame);
      return isTold && !workerFailed.value;
    });
  });

  /** What has been marked as seen last, by store: an outcome, and a proof that is news after it. */
  const marked = new Map<string, string>();
  effect(() => {
    for (const { id, storeId, state } of shown.value) {
      if (state.phase !== 'ended' || state.seen) continue;
      const news = `${id} ${state.revocation}`;
      if (marked.get(storeId) !== news) void ask({ type: 'mark-seen', storeId });
      marked.set(storeId, news);
    }
  });

  /** Starts something; a worker stopped before it could answer takes up its record when it wakes. */
  const start = async (request: Parameters<typeof ask>[0], storeId: string) => {
    workerFailed.value = false;
    const before = newest.get(storeId);
    const answer = await ask(request);
    if (answer.ok) return;
    const stored = await parts.readRecords().catch(() => []);
    const record = stored.find((one) => one.storeId === storeId);
    // A worker that was stopped before it answered may have begun, and even have ended it.
    workerFailed.value = record?.state.phase !== 'working' && record?.id === before;
  };

  const callOff = (storeId: string) => ask({ type: 'call-off', storeId });

  return {
    state: computed(() => ({
      view: view.value,
      store: facts.value?.own.store,
      others: othersOf(known.value),
      everywhere: storesWithSession(facts.value),
      tabIds: tabIds.value,
      countdown: view.value.name === 'logged-in' ? countdown.value : undefined,
      countdownFrom,
      due: shownDue.value,
      done: shownDone.value,
      offersRules:
        offersRules.value &&
        view.value.name === 'finished' &&
        view.value.revocation !== 'still-alive',
      storeOf: parts.storeOf,
    })),
    logOut,
    stayLoggedIn() {
      const wasCounting = countdown.peek() !== undefined;
      stayLoggedIn();
      // It means just that: also what a rule has due of the same log-in. But Escape also closes a popup.
      const storeId = facts.peek()?.own.store.id;
      const isDue = due.peek().some((one) => one.storeId === storeId);
      if (wasCounting && storeId !== undefined && isDue) void callOff(storeId);
    },
    async logOutEverywhere() {
      stayLoggedIn();
      const storeIds = storesWithSession(facts.peek());
      if (storeIds.length > 0)
        await start({ type: 'log-out-everywhere', storeIds }, storeIds[0] ?? '');
    },
    async callOff(storeId) {
      stayLoggedIn();
      await callOff(storeId);
    },
    async grantAccess() {
      await parts.requestAccess().catch(() => false);
      refresh();
    },
    async reloadTabs() {
      const { record } = facts.peek()?.own ?? {};
      if (record) await parts.noteReloaded(record.id).catch(() => undefined);
      await parts.reloadTabs(tabIds.peek());
      tabIds.value = [];
    },
    openOptions: parts.openOptions,
  };
}

/** Our own fault: nothing is known beyond that. */
export const fault: View = {
  name: 'failed',
  mode: 'server',
  outcome: internalError,
  endedAt: undefined,
  revocation: undefined,
  followUps: undefined,
  sessionId: undefined,
  uid: undefined,
  account: undefined,
};

/**
 * Runs a task, which never rejects, again after each call, but never twice at once: the last run
 * sees the last change.
 */
function oneAtATime(task: () => Promise<void>): () => void {
  let isRunning = false;
  let isWanted = false;
  const run = async () => {
    isRunning = true;
    while (isWanted) {
      isWanted = false;
      await task();
    }
    isRunning = false;
  };
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
