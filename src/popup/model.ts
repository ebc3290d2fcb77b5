import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { type Cookie, namesIn } from '../core/cookie.ts';
import type { Mode } from '../core/log-out.ts';
import type { Outcome } from '../core/outcome.ts';
import { isUnsettled, type LogOutRecord } from '../core/record.ts';
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
  readonly ask: ReturnType<typeof createClient>;
  hasAccess(): Promise<boolean>;
  requestAccess(): Promise<boolean>;
  listCookies(storeId: string): Promise<Cookie[]>;
  readRecord(storeId: string): Promise<LogOutRecord | undefined>;
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
  logOut(mode: Mode): Promise<void>;
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
  const account = signal<{ handle: string; verdict: NavVerdict }>();
  const workerFailed = signal(false);
  const tabIds = signal<readonly number[]>([]);
  /** The log-out after which the tabs were reloaded: they are not offered again. */
  let reloadedAfter: string | undefined;
  const view = computed<View>(() =>
    workerFailed.value ? workerFault : viewOf(facts.value, account.value?.verdict),
  );

  const askAccount = async (storeId: string, { handle }: Session) => {
    if (account.peek()?.handle === handle) return;
    account.value = { handle, verdict: { liveness: 'unclear' } };
    const answer = await ask({ type: 'get-profile', storeId });
    if (answer.ok && account.peek()?.handle === handle) {
      account.value = { handle, verdict: answer.value };
    }
  };

  const readStore = async (store: CookieStore) => {
    const [cookies, record] = await Promise.all([
      parts.listCookies(store.id),
      parts.readRecord(store.id),
    ]);
    const [session] = sessionsIn(cookies);
    const print = session && record && (await parts.fingerprint(record.id, session.handle));
    const found: StoreFacts = {
      store,
      names: namesIn(accountCookies(cookies)),
      hasSession: session !== undefined,
      uid: session?.uid,
      record,
      recordIsCurrent: print !== undefined && print === record?.fingerprint,
    };
    return { found, session };
  };

  const read = async () => {
    const [ownId, stores] = await Promise.all([ownStoreId, parts.listStores()]);
    const ownStore = stores.find(({ id }) => id === ownId) ?? { id: ownId, kind: 'default' };
    const [hasAccess, own, ...others] = await Promise.all([
      parts.hasAccess(),
      readStore(ownStore),
      // A container that has just been deleted is none of the others.
      ...stores.filter(({ id }) => id !== ownId).map((store) => readStore(store).catch(() => null)),
    ]);
    const found = others.filter((other) => other !== null).map((other) => other.found);
    facts.value = { hasAccess, own: own.found, others: found };
    if (view.peek().name === 'logged-in' && own.session) void askAccount(ownId, own.session);
    if (own.found.record?.state.phase === 'working') workerFailed.value = false;
    if (view.peek().name === 'finished' && own.found.record?.id !== reloadedAfter) {
      tabIds.value = await parts.siteTabIds(ownId);
    }
  };

  // Without any facts there is nothing to show but the fault; later ones stay what they were.
  const refresh = oneAtATime(() =>
    read().catch(() => {
      workerFailed.value = workerFailed.value || facts.peek() === undefined;
    }),
  );
  parts.onChange(refresh);
  refresh();

  const records = computed(() =>
    facts.value
      ? [facts.value.own, ...facts.value.others].flatMap(({ record }) => record ?? [])
      : [],
  );

  const isAwaiting = computed(() => records.value.some(isUnsettled));
  effect(() => (isAwaiting.value ? parts.watchWorker() : undefined));

  /** What has been marked as seen: an outcome, and a proof that is news after it. */
  const marked = new Set<string>();
  effect(() => {
    for (const { id, storeId, state } of records.value) {
      if (state.phase !== 'ended' || state.seen) continue;
      const news = `${id} ${state.revocation}`;
      if (!marked.has(news)) void ask({ type: 'mark-seen', storeId, id });
      marked.add(news);
    }
  });

  /** Starts something; a worker stopped before it could answer takes up its record when it wakes. */
  const start = async (request: Parameters<typeof ask>[0], storeId: string) => {
    workerFailed.value = false;
    const answer = await ask(request);
    const { state } = (await parts.readRecord(storeId)) ?? {};
    workerFailed.value = !answer.ok && state?.phase !== 'working';
  };

  return {
    view,
    store: computed(() => facts.value?.own.store),
    others: computed(() => othersOf(facts.value)),
    everywhere: computed(() => storesWithSession(facts.value)),
    tabIds,
    async logOut(mode) {
      const storeId = await ownStoreId;
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

const internalError: Outcome = { kind: 'unexpected-reply', reason: 'internal-error', detail: {} };

/** The worker did not answer: nothing is known beyond that. */
const workerFault: View = {
  name: 'failed',
  outcome: internalError,
  revocation: undefined,
  aftercare: undefined,
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
