import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { type Cookie, namesIn } from '../core/cookie.ts';
import type { Mode } from '../core/log-out.ts';
import { internalError } from '../core/outcome.ts';
import { isCurrent, isUnsettled, type LogOutRecord, livingOf } from '../core/record.ts';
import type { NavVerdict } from '../core/reply.ts';
import { accountCookies, type Session, sessionsIn } from '../core/session.ts';
import type { CookieStore } from '../core/store.ts';
import type { createClient } from '../protocol/messages.ts';
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
  /** Calls back when access, cookies, records or stores may have changed. */
  onChange(listener: () => void): void;
  /** Keeps the worker going until the returned function is called. */
  watchWorker(): () => void;
  siteTabIds(storeId: string): Promise<number[]>;
  reloadTabs(ids: readonly number[]): Promise<void>;
  openOptions(): Promise<void>;
}

export interface PopupModel {
  readonly view: ReadonlySignal<View>;
  /** The store that the view is about, once it is known. */
  readonly store: ReadonlySignal<CookieStore | undefined>;
  readonly others: ReadonlySignal<readonly OtherView[]>;
  /** The stores that "everywhere" logs out. */
  readonly everywhere: ReadonlySignal<readonly string[]>;
  /** The open tabs of the site that a good ending offers to reload. */
  readonly tabIds: ReadonlySignal<readonly number[]>;
  /** @param storeId the store to log out; the popup's own if it is not given. */
  logOut(mode: Mode, storeId?: string): Promise<void>;
  logOutEverywhere(): Promise<void>;
  grantAccess(): Promise<void>;
  reloadTabs(): Promise<void>;
  openOptions(): Promise<void>;
}

/** Follows the browser's state and offers what a person can do about it. */
export function createPopupModel(parts: PopupParts): PopupModel {
  const { ask } = parts;
  const ownStoreId = parts.ownStoreId();
  const facts = signal<Facts>();
  /** Whose the sessions are, by store, as far as the server has told. */
  const accounts = signal<ReadonlyMap<string, { id: string; verdict: NavVerdict }>>(new Map());
  const workerFailed = signal(false);
  /** Whether there are no facts because they cannot be read. */
  const cannotRead = signal(false);
  const tabIds = signal<readonly number[]>([]);
  /** The log-out after which the tabs were reloaded: they are not offered again. */
  let reloadedAfter: string | undefined;

  /** The facts with what came to be known of the accounts since they were read. */
  const known = computed<Facts | undefined>(() => {
    const read = facts.value;
    if (!read) return undefined;
    const withAccount = (store: StoreFacts): StoreFacts => ({
      ...store,
      account: accounts.value.get(store.store.id)?.verdict,
    });
    return { ...read, own: withAccount(read.own), others: read.others.map(withAccount) };
  });
  const view = computed<View>(() =>
    workerFailed.value || cannotRead.value ? fault : viewOf(known.value),
  );

  const setAccount = (storeId: string, account?: { id: string; verdict: NavVerdict }) => {
    const next = new Map(accounts.peek());
    if (account) next.set(storeId, account);
    else next.delete(storeId);
    accounts.value = next;
  };

  const askAccount = async (storeId: string, { id }: Session) => {
    if (accounts.peek().get(storeId)?.id === id) return;
    setAccount(storeId, { id, verdict: { liveness: 'unclear' } });
    const session = await parts.fingerprint(storeId, id);
    const answer = await ask({ type: 'get-profile', storeId, session });
    if (answer.ok && accounts.peek().get(storeId)?.id === id) {
      setAccount(storeId, { id, verdict: answer.value });
    }
  };

  const readStore = async (
    store: CookieStore,
    hasAccess: boolean,
    records: readonly LogOutRecord[],
  ) => {
    const cookies = await parts.listCookies(store.id);
    const sessions = sessionsIn(cookies);
    const newest = records.find(({ storeId }) => storeId === store.id);
    const prints = newest
      ? await Promise.all(sessions.map(({ id }) => parts.fingerprint(newest.id, id)))
      : [];
    // Without access every jar looks empty.
    const record = newest && (!hasAccess || isCurrent(newest, prints)) ? newest : undefined;
    const living = livingOf(newest, prints);
    const session = newest
      ? sessions.find((_, index) => living.includes(prints[index] ?? ''))
      : sessions[0];
    // While a session is being ended, or cannot be seen, what was known of it grows old.
    const isMoving = !hasAccess || record?.state.phase === 'working';
    if (isMoving && accounts.peek().has(store.id)) setAccount(store.id);
    const found: StoreFacts = {
      store,
      names: namesIn(accountCookies(cookies)),
      hasSession: session !== undefined,
      uid: session?.uid,
      record,
      account: undefined,
    };
    return { found, session: isMoving ? undefined : session };
  };

  const read = async () => {
    const [ownId, listed, hasAccess, records] = await Promise.all([
      ownStoreId,
      parts.listStores(),
      parts.hasAccess(),
      parts.readRecords(),
    ]);
    const own = await readStore(parts.storeOf(ownId), hasAccess, records);
    // A container that was deleted before its log-out is told of all the same.
    const gone = records.map(({ storeId }) => parts.storeOf(storeId));
    const stores = new Map([...listed, ...gone].map((store) => [store.id, store]));
    stores.delete(ownId);
    const others = await Promise.all(
      [...stores.values()].map((store) =>
        readStore(store, hasAccess, records).catch(() => undefined),
      ),
    );
    const seen = others.filter((other) => other !== undefined);
    const isFirst = facts.peek() === undefined;
    facts.value = { hasAccess, own: own.found, others: seen.map(({ found }) => found) };
    for (const { found, session } of [own, ...seen]) {
      if (session) void askAccount(found.store.id, session);
    }
    const { record } = own.found;
    if (record?.state.phase === 'working') workerFailed.value = false;
    if (view.peek().name === 'finished' && record?.id !== reloadedAfter) {
      tabIds.value = await parts.siteTabIds(ownId);
    }
    // An end that could not be stored is told by the badge alone, until somebody looks.
    if (isFirst && !record) void lookForUnstored(ownId);
  };

  const lookForUnstored = async (storeId: string) => {
    const answer = await ask({ type: 'mark-seen', storeId });
    if (answer.ok && answer.value) workerFailed.value = true;
  };

  // Without any facts there is nothing to show but the fault; later ones stay what they were.
  const refresh = oneAtATime(async () => {
    await read().catch(() => undefined);
    cannotRead.value = facts.peek() === undefined;
  });
  parts.onChange(refresh);
  refresh();

  const records = computed(() =>
    facts.value
      ? [facts.value.own, ...facts.value.others].flatMap(({ record }) => record ?? [])
      : [],
  );

  const isAwaiting = computed(() => records.value.some(isUnsettled));
  effect(() => (isAwaiting.value ? parts.watchWorker() : undefined));

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

  /** What has been marked as seen: an outcome, and a proof that is news after it. */
  const marked = new Set<string>();
  effect(() => {
    for (const { id, storeId, state } of shown.value) {
      if (state.phase !== 'ended' || state.seen) continue;
      const news = `${id} ${state.revocation}`;
      if (!marked.has(news)) void ask({ type: 'mark-seen', storeId });
      marked.add(news);
    }
  });

  /** Starts something; a worker stopped before it could answer takes up its record when it wakes. */
  const start = async (request: Parameters<typeof ask>[0], storeId: string) => {
    workerFailed.value = false;
    const answer = await ask(request);
    const stored = await parts.readRecords().catch(() => []);
    const record = stored.find((one) => one.storeId === storeId);
    workerFailed.value = !answer.ok && record?.state.phase !== 'working';
  };

  return {
    view,
    store: computed(() => facts.value?.own.store),
    others: computed(() => othersOf(known.value)),
    everywhere: computed(() => storesWithSession(facts.value)),
    tabIds,
    async logOut(mode, wanted) {
      const storeId = wanted ?? (await ownStoreId);
      await start({ type: 'log-out', storeId, mode }, storeId);
    },
    async logOutEverywhere() {
      const storeIds = storesWithSession(facts.peek());
      if (storeIds.length > 0)
        await start({ type: 'log-out-everywhere', storeIds }, storeIds[0] ?? '');
    },
    async grantAccess() {
      await parts.requestAccess().catch(() => false);
      refresh();
    },
    async reloadTabs() {
      reloadedAfter = facts.peek()?.own.record?.id;
      await parts.reloadTabs(tabIds.peek());
      tabIds.value = [];
    },
    openOptions: parts.openOptions,
  };
}

/** Our own fault: nothing is known beyond that. */
export const fault: View = {
  name: 'failed',
  outcome: internalError,
  endedAt: undefined,
  revocation: undefined,
  followUps: undefined,
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
