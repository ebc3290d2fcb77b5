import type { LogOutRecord } from '../core/record.ts';
import {
  type Due,
  dueAfter,
  firstDue,
  type Look,
  nextLook,
  ofStores,
  type Presence,
  type Rule,
  type RuleSettings,
  type RulesState,
  verdictOn,
  withActive,
  withCallOff,
  withDue,
  withEnd,
  withNetwork,
  withOpen,
  without,
  withoutPauses,
  withSettings,
  withTold,
  withTry,
  withWait,
} from '../core/rules.ts';

interface Parts {
  /** @throws (rejects) while a policy cannot be read. */
  readSettings(): Promise<RuleSettings>;
  /** Where the state is stored: the truth, whatever a former worker had in mind. */
  readonly store: { read(): Promise<RulesState>; write(state: RulesState): Promise<void> };
  /**
   * Says which of the browser's events are wanted.
   * @returns false where only a worker that starts anew is woken for them.
   */
  follow(settings: RuleSettings): boolean;
  /** The stores that this worker can see; at the browser's start, the ordinary ones. */
  storeIds(happening: Rule): Promise<string[]>;
  /** Whether a private store has gone for good. */
  isGone(storeId: string): Promise<boolean>;
  /**
   * The stores in which tabs of the site are open, or play sound. Undefined without access, when no
   * tab is seen.
   */
  openStores(): Promise<string[] | undefined>;
  audibleStores(): Promise<string[]>;
  /** @param minutes that count as idle. */
  readPresence(minutes: number | null): Promise<Presence>;
  /** The fingerprints of the sessions in a jar; undefined if it cannot be seen. Never rejects. */
  sessionsIn(storeId: string, salt: string): Promise<readonly string[] | undefined>;
  /** Starts log-outs. What becomes of them `show` is told. */
  logOut(storeIds: readonly string[]): Promise<void>;
  /** Whether a log-out of a store is under way. Once it is not, `show` has been told of its end. */
  isUnderWay(storeId: string): Promise<boolean>;
  /** Whether there is a network, as far as the browser knows. */
  isOnline(): boolean;
  /** Wakes the worker at a time, in milliseconds since 1970. */
  readonly alarm: { set(when: number): Promise<void>; clear(): Promise<void> };
  wait(milliseconds: number): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
  newId(): string;
}

export interface Rules {
  /** Looks at what is due: at every wake, alarm and change of the settings. */
  look(): void;
  /** Tabs or log-ins have come, gone, or moved. Looks a moment later, once for all of them. */
  changed(): void;
  presenceChanged(presence: Presence): void;
  browserStarted(): void;
  online(): void;
  /** Call with every new state of a record. */
  show(record: LogOutRecord): void;
  /** A person calls off what is due of a store. Resolves when that is stored. */
  callOff(storeId: string): Promise<void>;
  /** A person was told what was done of a store. Resolves when that is stored. */
  markTold(storeId: string): Promise<void>;
}

/** How long a tab that closes may still be counted, in milliseconds. */
const closingTime = 500;

/**
 * When to look again after a look that failed, or with a worker that has to start anew, in
 * milliseconds: browsers stop one that does nothing after half a minute.
 */
const againTime = 60_000;

/**
 * How long a turn that failed waits before it is taken once more, in milliseconds. Chromium may answer
 * late at its start, which is told but once.
 */
const retryPause = 10_000;

/** What a turn is about. */
interface Event {
  readonly change?: (state: RulesState, now: number) => RulesState;
  readonly happening?: Rule;
}

/** Logs out by itself, where rules are switched on: `core/rules.ts`. */
export function createRules(parts: Parts): Rules {
  // What the turn goes by that is being taken: they are taken one after another.
  let settings: RuleSettings;
  let isWoken: boolean;
  let state: RulesState;
  let now: number;

  /** What turns that failed were about: the next one does it. */
  const missed: Event[] = [];
  /** The ends of log-outs that no turn has dealt with, and those that the current one does. */
  const ends: LogOutRecord[] = [];
  const settled: LogOutRecord[] = [];
  const settle = () => {
    for (const record of ends.splice(0)) {
      state = withEnd(state, record);
      settled.push(record);
    }
  };
  /** What could not be stored. Until it can be, it is the truth: what is tried would know no pause. */
  let unstored: RulesState | undefined;
  /** What a person calls off while a turn is being taken. */
  const calledOff = new Set<string>();

  const lookAt = async ({ id, storeId }: Due): Promise<Look> => {
    const isUnderWay = await parts.isUnderWay(storeId);
    // Of what is not under way any more, the end has been shown by now.
    settle();
    const [sessions, presence, audible] = await Promise.all([
      parts.sessionsIn(storeId, id),
      parts.readPresence(settings.logOutWhenIdle),
      parts.audibleStores(),
    ]);
    return { isUnderWay, sessions, presence, isWatched: audible.includes(storeId) };
  };

  /** Drops what is about sessions that have gone another way, or about a store that has. */
  const dropOver = async () => {
    for (const due of state.due) {
      if (verdictOn(due, await lookAt(due)) === 'drop') state = without(state, due);
    }
    for (const { storeId } of [...state.due, ...state.done]) {
      if (await parts.isGone(storeId)) state = ofStores(state, (one) => one !== storeId);
    }
  };

  /** Makes log-outs due after something has happened, where somebody may be logged in. */
  const becomeDue = async (
    happening: Rule,
    storeIds: () => readonly string[] | Promise<readonly string[]>,
  ) => {
    const due = dueAfter(happening, settings, now);
    if (!due) return;
    for (const storeId of await storeIds()) {
      const sessions = await parts.sessionsIn(storeId, '');
      if (sessions?.length === 0) continue;
      state = withDue(state, { id: parts.newId(), storeId, ...due });
    }
  };

  const lookAtTabs = async () => {
    if (settings.logOutAfterLastTab === null) return;
    const open = await parts.openStores();
    if (!open) return;
    await becomeDue('last-tab', () => state.open.filter((storeId) => !open.includes(storeId)));
    state = withOpen(state, open);
  };

  /** @returns the stores to be logged out now. */
  const fire = async (): Promise<string[]> => {
    const storeIds: string[] = [];
    for (let due = firstDue(state, now); due; due = firstDue(state, now)) {
      const look = await lookAt(due);
      // It may have ended meanwhile.
      if (!state.due.includes(due)) continue;
      const verdict = verdictOn(due, look);
      if (verdict === 'drop') state = without(state, due);
      if (verdict === 'wait') state = withWait(state, due, now);
      if (verdict === 'try') {
        state = withTry(state, due, look.sessions ?? [], now);
        storeIds.push(due.storeId);
      }
    }
    return storeIds;
  };

  const setAlarm = async (stored: RulesState) => {
    const next = nextLook(state, now);
    // By then this worker has been stopped, and another one starts: or else it is asked for again.
    const when = isWoken ? next : Math.min(next ?? Number.POSITIVE_INFINITY, now + againTime);
    if (when !== undefined) await parts.alarm.set(when);
    else if (stored.due.length > 0) await parts.alarm.clear();
  };

  const goThrough = async (events: readonly Event[]) => {
    settings = await parts.readSettings();
    isWoken = parts.follow(settings);
    const stored = unstored ?? (await parts.store.read());
    now = parts.now();
    state = withSettings(stored, settings);
    for (const { change } of events) state = change?.(state, now) ?? state;
    state = withNetwork(state, parts.isOnline(), now);
    settle();
    await dropOver();
    await lookAtTabs();
    for (const { happening } of events) {
      if (happening) await becomeDue(happening, () => parts.storeIds(happening));
    }
    const storeIds = await fire();
    // Before anything is done. What cannot be stored is done all the same.
    const [writing] = await Promise.allSettled([parts.store.write(state), setAlarm(stored)]);
    unstored = writing.status === 'rejected' ? state : undefined;
    const wanted = storeIds.filter((storeId) => !calledOff.has(storeId));
    // What cannot be begun, or is never told of, is tried again.
    if (wanted.length > 0) await parts.logOut(wanted).catch(() => undefined);
  };

  const takeTurn = async (...news: Event[]) => {
    const events = [...missed.splice(0), ...news];
    try {
      await goThrough(events);
    } catch (error) {
      missed.push(...events);
      ends.unshift(...settled);
      // The alarm that has woken the worker may be the one that counts.
      await parts.alarm.set(parts.now() + againTime).catch(() => undefined);
      throw error;
    } finally {
      settled.length = 0;
    }
  };

  let last: Promise<unknown> = Promise.resolve();
  const turn = (event: Event): Promise<void> => {
    const own = last
      .then(() => takeTurn(event))
      .catch(() => parts.wait(retryPause).then(() => takeTurn()));
    last = own.catch(() => undefined);
    return own;
  };
  /** A turn that nobody waits for. */
  const aside = (event: Event = {}) => void turn(event).catch(() => undefined);

  let isWaiting = false;
  let isOutdated = false;
  const lookSoon = async () => {
    isOutdated = true;
    if (isWaiting) return;
    isWaiting = true;
    while (isOutdated) {
      isOutdated = false;
      await parts.wait(closingTime);
      aside();
    }
    isWaiting = false;
  };
  // Listeners that nobody wants are taken off before they wake another worker.
  parts.readSettings().then(parts.follow, () => undefined);
  // Every wake looks at what is stored. What has woken the worker goes first.
  void lookSoon();

  return {
    look: () => aside(),
    changed: () => void lookSoon(),
    presenceChanged: (presence) =>
      aside(presence === 'active' ? { change: withActive } : { happening: presence }),
    // Somebody has started it: an absence of before is over, though nobody says so.
    browserStarted: () =>
      aside({
        change: (before, time) => withActive(withoutPauses(before, time)),
        happening: 'start',
      }),
    online: () => aside({ change: withoutPauses }),
    show(record) {
      if (record.trigger !== 'rule' || record.state.phase !== 'ended') return;
      ends.push(record);
      aside();
    },
    callOff(storeId) {
      calledOff.add(storeId);
      return turn({
        change(before) {
          calledOff.delete(storeId);
          return withCallOff(before, storeId);
        },
      });
    },
    markTold: (storeId) => turn({ change: (before) => withTold(before, storeId) }),
  };
}
