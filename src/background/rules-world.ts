import * as v from 'valibot';
import { fatesOf, type Outcome } from '../core/outcome.ts';
import { begun, type LogOutRecord, withOutcome, withRevocation } from '../core/record.ts';
import {
  type Due,
  isAbout,
  ofStores,
  type Presence,
  type RuleSettings,
  type RulesState,
  rulesSchema,
} from '../core/rules.ts';
import { createRules, type Rules } from './rules.ts';

const cookies = fatesOf([], [], []);
const failed = { cookies, othersEnded: false };
/** What a log-out may come to. */
export const outcomes = {
  good: { kind: 'logged-out', cookies },
  offline: { kind: 'offline', ...failed },
  blocked: { kind: 'blocked', ...failed, detail: {} },
  'rate-limited': { kind: 'rate-limited', ...failed, detail: {}, retryAfterSeconds: 600 },
  'no-token': { kind: 'no-csrf-token', ...failed },
  'no-access': { kind: 'no-access', reached: 'nothing-sent' },
} satisfies Record<string, Outcome>;
export type OutcomeName = keyof typeof outcomes;

export const allOff: RuleSettings = {
  ...{ logOutAfterLastTab: null, logOutWhenIdle: null },
  ...{ logOutWhenLocked: false, logOutAtStart: false },
};

const otherKept = {
  ...{ kind: 'cookies-remain', reason: 'other-session', cookies, sessionEnded: true },
} satisfies Outcome;

const sessionsOf = (store?: { readonly session: string | undefined }): string[] =>
  store?.session?.split('+') ?? [];
const joined = (sessions: readonly string[]): string | undefined =>
  sessions.length > 0 ? sessions.join('+') : undefined;

/** One cookie store. */
interface Store {
  /** Who is logged in, several joined by `+`; no session comes twice. */
  session: string | undefined;
  /** Whether tabs of the site are open, and play sound. */
  isOpen: boolean;
  isLoud: boolean;
}

/** A log-out that a rule has begun. */
export interface Run {
  readonly storeId: string;
  readonly session: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `lost` where the browser ended before it did. */
  outcome?: OutcomeName | 'lost';
}

export const minute = 60_000;
export const privateId = 'firefox-private';
const emptyState = (): RulesState => ({ open: [], due: [], done: [], givenUp: [] });

/** For tests: a browser with stores, whose worker can be stopped at any moment, and whose clock is moved by hand. */
export function createRulesWorld(storeIds: readonly string[], given: Partial<RuleSettings> = {}) {
  const stores = new Map<string, Store>(
    storeIds.map((id) => [id, { session: `of ${id}`, isOpen: false, isLoud: false }]),
  );
  /** What is stored until the browser ends: the records of log-outs. */
  const records = new Map<string, LogOutRecord>();
  const timers = new Set<{ at: number; resolve: () => void }>();
  let life = 0;
  let rules: Rules | undefined;
  let ids = 0;

  const storeOf = (id: string): Store => {
    const store = stores.get(id);
    if (!store) throw new Error(`There is no store ${id}.`);
    return store;
  };
  const isWorking = (id: string) => records.get(id)?.state.phase === 'working';

  const setAlarm = (when: number | undefined) => {
    world.alarmAt = when;
  };
  const begin = (due: Due) => {
    const { storeId } = due;
    if (isWorking(storeId)) world.faults.push(`${storeId} is being logged out already.`);
    const isMeant = (one: string) => isAbout(due, `${one} under ${due.id}`);
    const session = joined(sessionsOf(storeOf(storeId)).filter(isMeant));
    const run: Run = { storeId, session, at: world.time };
    world.runs.push(run);
    world.onRun(run);
    const id = `record-${++ids}`;
    const common = { trigger: 'rule', mode: 'server', startedAt: world.time } as const;
    const start = { ...common, id, storeId, due: due.id };
    records.set(storeId, begun({ ...start, sessions: sessionsOf({ session }), found: [] }));
  };

  const partsOf = (own: number) => {
    /** The promises of a worker that was stopped are never kept. */
    const act = async <T>(effect: () => T): Promise<T> => {
      await new Promise(setImmediate);
      if (own !== life) await new Promise(() => undefined);
      return effect();
    };
    const tabsIn = (isCounted: (store: Store) => boolean) =>
      [...stores].filter(([, store]) => isCounted(store)).map(([id]) => id);
    const openStores = (isCounted: (store: Store) => boolean) => act(() => tabsIn(isCounted));
    return {
      readSettings: (isOwnNeeded: boolean) =>
        act(() => {
          if (isOwnNeeded && world.isOwnLost) throw new Error('Only the policy can be read.');
          return world.isOwnLost ? world.policy : world.settings;
        }),
      store: {
        read: () => act(() => v.parse(rulesSchema, JSON.parse(world.text) ?? emptyState())),
        write: (state: RulesState) =>
          act(() => {
            if (world.isFull) throw new Error('The disk is full.');
            const text = JSON.stringify(state);
            world.writes += text === world.text ? 0 : 1;
            world.text = text;
          }),
      },
      follow(settings: RuleSettings) {
        world.followed = settings;
        return world.isWoken;
      },
      storeIds: (happening: string) =>
        act(() => [...stores.keys()].filter((id) => happening !== 'start' || id !== privateId)),
      isGone: (id: string) => act(() => !stores.has(id)),
      openStores: () =>
        openStores(({ isOpen }) => isOpen).then((ids) => (world.hasAccess ? ids : undefined)),
      isAnyPageLoading: () => act(() => world.isLoading),
      audibleStores: () => openStores(({ isOpen, isLoud }) => isOpen && isLoud),
      readPresence: () =>
        act(() => {
          if (world.isDeaf) throw new Error('The browser does not say.');
          return world.presence;
        }),
      sessionsIn: (id: string, salt: string) =>
        act(() => {
          if (!world.hasAccess) return undefined;
          return sessionsOf(stores.get(id)).map((one) => `${one} under ${salt}`);
        }),
      logOut: (due: readonly Due[]) => act(() => due.forEach(begin)),
      async isUnderWay(id: string) {
        await act(() => undefined);
        return isWorking(id);
      },
      isOnline: () => world.isOnline,
      alarm: {
        set: (when: number) => act(() => setAlarm(when)),
        clear: () => act(() => setAlarm(undefined)),
      },
      wait: (milliseconds: number) =>
        new Promise<void>((resolve) => {
          timers.add({ at: world.time + milliseconds, resolve });
        }),
      now: () => world.time,
      newId: () => `id-${++ids}`,
    };
  };

  const world = {
    stores,
    storeOf,
    settings: { ...allOff, ...given },
    /** Whether a page loads whose address the browser does not tell yet. */
    isLoading: false,
    /** Whether the person's own settings cannot be read, and what is in force then. */
    isOwnLost: false,
    policy: allOff,
    /** What is stored, as text. */
    text: 'null',
    writes: 0,
    isFull: false,
    followed: undefined as RuleSettings | undefined,
    time: 1_000_000_000,
    presence: 'active' as Presence,
    hasAccess: true,
    isOnline: true,
    /** Whether the browser answers no question about presence. */
    isDeaf: false,
    isWoken: true,
    alarmAt: undefined as number | undefined,
    runs: [] as Run[],
    /** Called at the beginning of each run. */
    onRun: (_run: Run): void => undefined,
    /** What must not happen, as the worker itself would pass over it. */
    faults: [] as string[],
    get stored(): RulesState {
      return JSON.parse(world.text) ?? emptyState();
    },
    /** The worker: an event wakes it. */
    get rules(): Rules {
      if (rules) return rules;
      rules = createRules(partsOf(life));
      // What a former life has left is shown, as the service does.
      for (const record of records.values()) rules.show(record);
      return rules;
    },
    isAwake: () => rules !== undefined,
    /** The browser stops the worker: nothing that it has begun goes on, but log-outs are taken up. */
    stop() {
      life += 1;
      rules = undefined;
      timers.clear();
    },
    /** Long enough for everything that waits for no clock. */
    async settled() {
      for (let turn = 0; turn < 60; turn += 1) await new Promise(setImmediate);
    },
    /** Lets time pass, in steps as fine as what happens in it. */
    async pass(milliseconds: number) {
      const end = world.time + milliseconds;
      for (;;) {
        await world.settled();
        const next = Math.min(...[...timers].map(({ at }) => at), world.alarmAt ?? end, end);
        world.time = Math.max(world.time, next);
        const ripe = [...timers].filter(({ at }) => at <= world.time);
        for (const timer of ripe) {
          timers.delete(timer);
          timer.resolve();
        }
        const rings = world.alarmAt !== undefined && world.alarmAt <= world.time;
        if (rings) {
          world.alarmAt = undefined;
          world.rules.look();
        }
        if (world.time >= end && !rings && ripe.length === 0) break;
      }
      await world.settled();
    },
    /** A person logs out by hand, which ends well at once. */
    logOutByHand(storeId: string) {
      storeOf(storeId).session = undefined;
      world.rules.changed();
    },
    /** Ends the log-outs that are under way. */
    async end(name: OutcomeName) {
      for (const [storeId, record] of records) {
        if (record.state.phase !== 'working') continue;
        const run = world.runs.findLast((one) => one.storeId === storeId);
        if (run) run.outcome = name;
        const store = stores.get(storeId);
        const present = sessionsOf(store);
        const others = present.filter((one) => !sessionsOf(run).includes(one));
        if (name === 'good' && store) store.session = joined(others);
        const outcome = name === 'good' && others.length > 0 ? otherKept : outcomes[name];
        const kept = name === 'no-access' ? [] : name === 'good' ? others : present;
        const isProving = name === 'good';
        const end = { outcome, endedAt: world.time, isProving, tasks: [], kept, dead: [] };
        const ended = withOutcome(record, end);
        records.set(storeId, ended);
        rules?.show(ended);
        if (isProving) {
          const proven = withRevocation(ended, 'proven');
          records.set(storeId, proven);
          rules?.show(proven);
        }
      }
      await world.settled();
    },
    /** The browser ends and starts again; private windows and what they held are gone. */
    restart() {
      world.stop();
      records.clear();
      for (const run of world.runs) run.outcome ??= 'lost';
      stores.delete(privateId);
      world.alarmAt = undefined;
      world.text = JSON.stringify(ofStores(world.stored, (id) => id !== privateId));
      for (const store of stores.values()) Object.assign(store, { isOpen: false, isLoud: false });
      world.presence = 'active';
      world.rules.browserStarted();
    },
  };
  return world;
}
