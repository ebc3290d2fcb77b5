import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { type Cookie, namesIn } from '../core/cookie.ts';
import type { Mode } from '../core/log-out.ts';
import type { Outcome } from '../core/outcome.ts';
import type { LogOutRecord } from '../core/record.ts';
import type { NavVerdict } from '../core/reply.ts';
import { accountCookies, sessionsIn } from '../core/session.ts';
import type { createClient } from '../protocol/messages.ts';
import { type Facts, type View, viewOf } from './view.ts';

/** What the popup needs of the browser. */
export interface PopupParts {
  readonly storeId: string;
  readonly ask: ReturnType<typeof createClient>;
  hasAccess(): Promise<boolean>;
  requestAccess(): Promise<boolean>;
  listCookies(): Promise<Cookie[]>;
  readRecord(): Promise<LogOutRecord | undefined>;
  fingerprint(salt: string, value: string): Promise<string>;
  /** Calls back when access, cookies or the record may have changed. */
  onChange(listener: () => void): void;
  /** Keeps the worker going until the returned function is called. */
  watchWorker(): () => void;
  siteTabIds(): Promise<number[]>;
  reloadTabs(ids: readonly number[]): Promise<void>;
}

export interface PopupModel {
  readonly view: ReadonlySignal<View>;
  /** The open tabs of the site that a good ending offers to reload. */
  readonly tabIds: ReadonlySignal<readonly number[]>;
  logOut(mode: Mode): Promise<void>;
  grantAccess(): Promise<void>;
  reloadTabs(): Promise<void>;
}

/** Follows the browser's state and offers what a person can do about it. */
export function createPopupModel(parts: PopupParts): PopupModel {
  const { storeId, ask } = parts;
  const facts = signal<Facts>();
  const account = signal<{ handle: string; verdict: NavVerdict }>();
  const workerFailed = signal(false);
  const tabIds = signal<readonly number[]>([]);
  const view = computed<View>(() =>
    workerFailed.value
      ? { name: 'failed', outcome: workerFault, revocation: undefined }
      : viewOf(facts.value, account.value?.verdict),
  );

  const askAccount = async (handle: string) => {
    if (account.peek()?.handle === handle) return;
    account.value = { handle, verdict: { liveness: 'unclear' } };
    const answer = await ask({ type: 'get-profile', storeId });
    if (answer.ok && account.peek()?.handle === handle) {
      account.value = { handle, verdict: answer.value };
    }
  };

  const read = async () => {
    const [hasAccess, cookies, record] = await Promise.all([
      parts.hasAccess(),
      parts.listCookies(),
      parts.readRecord(),
    ]);
    const [session] = sessionsIn(cookies);
    const print = session && record && (await parts.fingerprint(record.id, session.handle));
    facts.value = {
      hasAccess,
      names: namesIn(accountCookies(cookies)),
      hasSession: session !== undefined,
      uid: session?.uid,
      record,
      recordIsCurrent: print !== undefined && print === record?.fingerprint,
    };
    if (view.peek().name === 'logged-in' && session) void askAccount(session.handle);
    if (view.peek().name === 'finished') tabIds.value = await parts.siteTabIds();
  };

  const refresh = oneAtATime(read);
  parts.onChange(refresh);
  refresh();

  effect(() => {
    const state = facts.value?.record?.state;
    const isUnfinished =
      state?.phase === 'working' || (state?.phase === 'ended' && state.revocation === 'asking');
    return isUnfinished ? parts.watchWorker() : undefined;
  });

  effect(() => {
    const record = facts.value?.record;
    if (record?.state.phase === 'ended' && !record.state.seen) {
      void ask({ type: 'mark-seen', storeId, id: record.id });
    }
  });

  return {
    view,
    tabIds,
    async logOut(mode) {
      workerFailed.value = false;
      const answer = await ask({ type: 'log-out', storeId, mode });
      // A worker that was stopped before it could answer takes up its record when it wakes.
      const { state } = (await parts.readRecord()) ?? {};
      workerFailed.value = !answer.ok && state?.phase !== 'working';
    },
    async grantAccess() {
      await parts.requestAccess();
      refresh();
    },
    async reloadTabs() {
      await parts.reloadTabs(tabIds.peek());
      tabIds.value = [];
    },
  };
}

/** The worker did not answer: nothing is known beyond that. */
const workerFault: Outcome = { kind: 'unexpected-reply', reason: 'internal-error', detail: {} };

/** Runs a task again after each call, but never twice at once: the last run sees the last change. */
function oneAtATime(task: () => Promise<void>): () => void {
  let state: 'idle' | 'running' | 'again' = 'idle';
  const run = async () => {
    state = 'running';
    await task().catch(() => undefined);
    const again = (state as string) === 'again';
    state = 'idle';
    if (again) void run();
  };
  return () => {
    if (state === 'idle') void run();
    else state = 'again';
  };
}
