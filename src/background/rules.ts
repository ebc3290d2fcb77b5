import type { LogOutRecord } from '../core/record.ts';
import {
  type Due,
  dueAfter,
  firedIn,
  firstDue,
  isAbsence,
  isCovered,
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
  /**
   * @param isOwnNeeded whether a policy is not enough.
   * @throws (rejects) while a policy cannot be read, or what is needed of the person's own.
   */
  readSettings(isOwnNeeded: boolean): Promise<RuleSettings>;
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
  /** Whether a page loads that may turn out to be the site's. */
  isAnyPageLoading(): Promise<boolean>;
  /** @param minutes that count as idle. */
  readPresence(minutes: number | null): Promise<Presence>;
  /** The fingerprints of the sessions in a jar; undefined if it cannot be seen. Never rejects. */
  sessionsIn(storeId: string, salt: string): Promise<readonly string[] | undefined>;
  /** Starts log-outs that have fired. What becomes of them `show` is told. */
  logOut(due: readonly Due[]): Promise<void>;
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
  /** Looks at what is due: at every wake and alarm. */
  look(): void;
  settingsChanged(): void;
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

/** How long tabs may take to come, in milliseconds: back after a browser's start, or with their page. */
const graceTime = 60_000;

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

/** How many turns in a row may fail, before the next event or alarm. */
const tryLimit = 6;
/** After how many of them a policy counts alone: the person's own settings may be out of reach for ever. */
const ownTryLimit = 2;

/** Something that a turn is to deal with. */
interface Event {
  readonly change?: (state: RulesState, now: number) => RulesState;
  readonly happening?: Rule | 'settings';
  /** The store of which a person calls off what is due. */
  readonly callsOff?: string;
  /** Called when that is stored, or when nothing more is tried for now. */
  readonly done?: () => void;
  readonly failed?: (error: unknown) => void;
}

/** Logs out by itself, where rules are switched on: `core/rules.ts`. */
export function createRules(parts: Parts): Rules {
  // What the turn goes by that is being taken: they are taken one after another.
  let settings: RuleSettings;
  let isWoken: boolean;
  let state: RulesState;
  let now: number;

  /** What has happened and is to be dealt with, in its order. */
  const waiting: Event[] = [];
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
  const presence = () => parts.readPresence(settings.logOutWhenIdle);
  const lookAt = async (due: Due): Promise<Look> => {
    const { id, storeId } = due;
    const isUnderWay = await parts.isUnderWay(storeId);
    // Of what is not under way any more, the end has been shown by now.
    settle();
    const isOfAbsence = isAbsence(due);
    const [sessions, found, audible] = await Promise.all([
      parts.sessionsIn(storeId, id),
      isOfAbsence ? presence() : undefined,
      isOfAbsence ? parts.audibleStores() : undefined,
    ]);
    const isTooEarly = (firedIn(state, storeId)?.fired?.notBefore ?? 0) > now;
    const isWatched = audible?.includes(storeId);
    return { isUnderWay, isTooEarly, sessions, presence: found, isWatched };
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
    notBefore = 0,
  ) => {
    const due = dueAfter(happening, settings, now);
    if (!due) return;
    const at = Math.max(due.at, notBefore);
    for (const storeId of await storeIds()) {
      const fired = firedIn(state, storeId);
      const sessions = await parts.sessionsIn(storeId, fired?.id ?? '');
      if (isCovered(fired, sessions)) continue;
      state = withDue(state, { id: parts.newId(), storeId, ...due, at });
    }
  };

  /** A browser tells what changes: not that nobody was there already when a rule for that came. */
  const absence = async () => {
    if (settings.logOutWhenIdle === null && !settings.logOutWhenLocked) return undefined;
    const found = await presence();
    return found === 'active' ? undefined : found;
  };

  const lookAtTabs = async (isStart: boolean) => {
    if (settings.logOutAfterLastTab === null) return;
    const open = await parts.openStores();
    if (!open) return;
    const closed = state.open.filter((storeId) => !open.includes(storeId));
    if (closed.length > 0) {
      // A browser may bring back the tabs of its former life a moment later, and a page may be on its way.
      const isSure = !isStart && !(await parts.isAnyPageLoading());
      await becomeDue('last-tab', () => closed, isSure ? 0 : now + graceTime);
    }
    state = withOpen(state, open);
  };

  /** @returns what is to be done now. */
  const fire = async (): Promise<Due[]> => {
    const ids: string[] = [];
    for (let due = firstDue(state, now); due; due = firstDue(state, now)) {
      const look = await lookAt(due);
      // It may have ended meanwhile.
      if (!state.due.includes(due)) continue;
      const verdict = verdictOn(due, look);
      if (verdict === 'drop') state = without(state, due);
      if (verdict === 'wait') state = withWait(state, due, now);
      if (verdict === 'try') {
        state = withTry(state, due, look.sessions ?? [], now);
        ids.push(due.id);
      }
    }
    return state.due.filter(({ id }) => ids.includes(id));
  };

  const setAlarm = async (stored: RulesState) => {
    const next = nextLook(state, now);
    // By then this worker has been stopped, and another one starts: or else it is asked for again.
    const when = isWoken ? next : Math.min(next ?? Number.POSITIVE_INFINITY, now + againTime);
    if (when !== undefined) await parts.alarm.set(when);
    else if (stored.due.length > 0 || hasFailed) await parts.alarm.clear();
    hasFailed = false;
  };

  const goThrough = async (events: readonly Event[], isOwnNeeded: boolean) => {
    settings = await parts.readSettings(isOwnNeeded);
    isWoken = parts.follow(settings);
    const stored = unstored ?? (await parts.store.read());
    now = parts.now();
    state = withSettings(stored, settings, now);
    settle();
    // First: a log-out of somebody who has gone stands in the way of no other.
    await dropOver();
    // That somebody is back may have been missed.
    if (state.givenUp.length > 0 && (await presence().catch(() => 0)) === 'active')
      state = withActive(state);
    for (const { change, happening } of events) {
      state = change?.(state, now) ?? state;
      const what = happening === 'settings' ? await absence() : happening;
      if (what) await becomeDue(what, () => parts.storeIds(what));
    }
    state = withNetwork(state, parts.isOnline(), now);
    await lookAtTabs(events.some(({ happening }) => happening === 'start'));
    const fired = await fire();
    // Before anything is done. What cannot be stored is done all the same.
    const [writing] = await Promise.allSettled([parts.store.write(state), setAlarm(stored)]);
    unstored = writing.status === 'rejected' ? state : undefined;
    const isCalledOff = (storeId: string) => waiting.some(({ callsOff }) => callsOff === storeId);
    const wanted = fired.filter(({ storeId }) => !isCalledOff(storeId));
    // What cannot be begun, or is never told of, is tried again.
    if (wanted.length > 0) await parts.logOut(wanted).catch(() => undefined);
  };

  /** Whether a turn that failed has more to do than to look: with all rules off nothing is. */
  const isAwaited = async () => {
    if (ends.length > 0 || waiting.some(({ change, happening }) => change ?? happening))
      return true;
    const stored = unstored ?? (await parts.store.read().catch(() => undefined));
    return !stored || stored.open.length + stored.due.length > 0;
  };

  /** Whether a turn has failed, and an alarm is set for that. */
  let hasFailed = false;
  /** Whether the person's own settings are out of reach: then a policy counts alone. */
  let isOwnLost = false;
  let isRunning = false;
  /** Deals with what waits, turn after turn. */
  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    for (let tries = 1; waiting.length > 0; tries += 1) {
      const events = waiting.splice(0);
      try {
        isOwnLost ||= tries > ownTryLimit;
        await goThrough(events, !isOwnLost);
        for (const { done, failed } of events) {
          if (unstored) failed?.(new Error('It could not be stored.'));
          else done?.();
        }
        tries = 0;
      } catch (error) {
        waiting.unshift(...events);
        ends.unshift(...settled);
        hasFailed = true;
        // The alarm that has woken the worker may be the one that counts.
        if (await isAwaited())
          await parts.alarm.set(parts.now() + againTime).catch(() => undefined);
        if (tries === tryLimit) {
          for (const { failed } of waiting) failed?.(error);
          break;
        }
        await parts.wait(retryPause);
      } finally {
        settled.length = 0;
      }
    }
    isRunning = false;
  };
  const happened = (event: Event = {}) => {
    waiting.push(event);
    void run();
  };
  /** Resolves when it is stored. */
  const store = (event: Event) =>
    new Promise<void>((done, failed) => happened({ ...event, done, failed }));

  let isWaiting = false;
  let isOutdated = false;
  const lookSoon = async () => {
    isOutdated = true;
    if (isWaiting) return;
    isWaiting = true;
    while (isOutdated) {
      isOutdated = false;
      await parts.wait(closingTime);
      happened();
    }
    isWaiting = false;
  };
  // Listeners that nobody wants are taken off before they wake another worker.
  parts.readSettings(true).then(parts.follow, () => undefined);
  // Every wake looks at what is stored. What has woken the worker goes first.
  void lookSoon();

  return {
    look: () => happened(),
    settingsChanged: () => happened({ happening: 'settings' }),
    changed: () => void lookSoon(),
    presenceChanged: (presence) =>
      happened(presence === 'active' ? { change: withActive } : { happening: presence }),
    // Somebody has started it: an absence of before is over, though nobody says so.
    browserStarted: () =>
      happened({
        change: (before, time) => withActive(withoutPauses(before, time)),
        happening: 'start',
      }),
    online: () => happened({ change: withoutPauses }),
    show(record) {
      if (record.trigger !== 'rule' || record.state.phase !== 'ended') return;
      ends.push(record);
      happened();
    },
    callOff: (storeId) =>
      store({ callsOff: storeId, change: (before) => withCallOff(before, storeId) }),
    markTold: (storeId) => store({ change: (before) => withTold(before, storeId) }),
  };
}
