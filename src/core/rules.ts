import * as v from 'valibot';
import { isGood, type OutcomeKind, outcomeSchema, revocationSchema } from './outcome.ts';
import type { LogOutRecord } from './record.ts';

// What logs out by itself, each rule where a person has switched it on. A log-out becomes *due*. When
// its time has come it *fires*: from then on it is tried until it is done, or a person calls it off.

/**
 * The rules: the last tab of the site in a store was closed; nobody has used the computer for a
 * while; the screen was locked; the browser has started.
 */
export const rules = ['last-tab', 'idle', 'locked', 'start'] as const;
export type Rule = (typeof rules)[number];

/** The settings by which the rules go; times in minutes, null is off. */
export interface RuleSettings {
  readonly logOutAfterLastTab: number | null;
  readonly logOutWhenIdle: number | null;
  readonly logOutWhenLocked: boolean;
  readonly logOutAtStart: boolean;
}

/** What a computer says of who uses it. Firefox never says `locked`. */
export type Presence = 'active' | 'idle' | 'locked';

const dueSchema = v.object({
  /** Random; the salt of the fingerprints too. */
  id: v.string(),
  storeId: v.string(),
  rule: v.picklist(rules),
  /** When it fires or is tried again: milliseconds since 1970. */
  at: v.number(),
  fired: v.optional(
    v.object({
      /** Milliseconds since 1970. */
      at: v.number(),
      /**
       * The fingerprints of the sessions that were there then; it is about no later ones. Once none of
       * them is left, it is over. None if they could not be seen: then it is about whatever is there.
       */
      sessions: v.array(v.string()),
      tries: v.number(),
      /** Before this the server wants no further try: milliseconds since 1970. */
      notBefore: v.number(),
      /** Whether there was no network at the last look. */
      isOffline: v.optional(v.boolean()),
      /** The id of the record whose end counts already: a worker that starts tells it once more. */
      ended: v.optional(v.string()),
    }),
  ),
});
/** A log-out that is due. A store has one for each rule, and one at most that has fired. */
export type Due = v.InferOutput<typeof dueSchema>;

const doneSchema = v.object({
  /** The id of its record. */
  id: v.string(),
  storeId: v.string(),
  rule: v.picklist(rules),
  /** When it ended: milliseconds since 1970. */
  at: v.number(),
  outcome: outcomeSchema,
  /** After a yes; `unknown` until the proof is there. */
  revocation: v.optional(revocationSchema),
});

/** What the rules remember, of all stores or of some. It holds no cookie's value. */
export const rulesSchema = v.object({
  /** The stores in which a tab of the site was open at the last look. */
  open: v.array(v.string()),
  due: v.array(dueSchema),
  /** What was done while nobody looked, until it has been told. */
  done: v.array(doneSchema),
  /**
   * The stores whose log-out needs a person, until somebody is back. Firefox tells each event page that
   * starts of the same absence.
   */
  givenUp: v.optional(v.array(v.string()), []),
});
export type Done = RulesState['done'][number];
export type RulesState = v.InferOutput<typeof rulesSchema>;

const minute = 60_000;

/** The pauses between tries, in milliseconds; then the longest, again and again. */
const pauses = [1, 2, 5, 15, 30].map((minutes) => minutes * minute);
const longestTry = 60 * minute;
const pauseAfter = (tries: number) => pauses[tries - 1] ?? longestTry;

/** No pause that a server asks for counts for longer, in milliseconds. */
const longestPause = 24 * 60 * minute;

/** Of what was done, no more than this is remembered. */
const doneLimit = 10;

/** How long each rule waits, in minutes; null where it is off. */
const delaysIn = (settings: RuleSettings): Record<Rule, number | null> => ({
  'last-tab': settings.logOutAfterLastTab,
  idle: settings.logOutWhenIdle,
  locked: settings.logOutWhenLocked ? 0 : null,
  start: settings.logOutAtStart ? 0 : null,
});

export const isAnyRuleOn = (settings: RuleSettings): boolean =>
  Object.values(delaysIn(settings)).some((delay) => delay !== null);

/** By which rule, and when, a log-out is due after what has happened; undefined where that is off. */
export function dueAfter(
  happening: Rule,
  settings: RuleSettings,
  now: number,
): Pick<Due, 'rule' | 'at'> | undefined {
  // A locked computer never says `idle`: nobody uses it from now on.
  const rule = happening === 'locked' && !settings.logOutWhenLocked ? 'idle' : happening;
  const delay = delaysIn(settings)[rule];
  if (delay === null) return undefined;
  // It is said when the time is over.
  return { rule, at: happening === 'idle' ? now : now + delay * minute };
}

/** What the rules remember of some stores. */
export function ofStores(state: RulesState, isOne: (storeId: string) => boolean): RulesState {
  const isAbout = ({ storeId }: { readonly storeId: string }) => isOne(storeId);
  return {
    open: state.open.filter(isOne),
    due: state.due.filter(isAbout),
    done: state.done.filter(isAbout),
    givenUp: state.givenUp.filter(isOne),
  };
}

/**
 * Without what is due by rules that are off, unless it has fired. Nothing waits for longer than it
 * may: the clock may have been put back, or a shorter time set.
 */
export function withSettings(state: RulesState, settings: RuleSettings, now: number): RulesState {
  const delays = delaysIn(settings);
  return {
    ...state,
    open: delays['last-tab'] === null ? [] : state.open,
    due: state.due.flatMap((due) => {
      const delay = delays[due.rule];
      if (due.fired) {
        const firedAt = Math.min(due.fired.at, now);
        const notBefore = Math.min(due.fired.notBefore, now + longestPause);
        const at = Math.min(due.at, Math.max(now + longestTry, notBefore));
        return [{ ...due, at, fired: { ...due.fired, at: firedAt, notBefore } }];
      }
      // A minute is waited for who watches, see `withWait`, and after the start.
      return delay === null
        ? []
        : [{ ...due, at: Math.min(due.at, now + Math.max(delay, 1) * minute) }];
    }),
  };
}

/**
 * With one more log-out due. Of a rule that has spoken twice, the earlier time counts. An absence that
 * needs a person makes none due.
 */
export function withDue(state: RulesState, due: Due): RulesState {
  if (isAbsence(due) && state.givenUp.includes(due.storeId)) return state;
  const known = state.due.find(
    ({ storeId, rule, fired }) => storeId === due.storeId && !fired && rule === due.rule,
  );
  if (!known) return { ...state, due: [...state.due, due] };
  if (known.at <= due.at) return state;
  return replaced(state, known, { ...known, at: due.at });
}

/** With the stores in which tabs of the site are open now: to come back in time calls it off. */
export function withOpen(state: RulesState, open: readonly string[]): RulesState {
  const isBack = ({ storeId, rule, fired }: Due) =>
    rule === 'last-tab' && !fired && open.includes(storeId);
  return { ...state, open: [...open], due: state.due.filter((due) => !isBack(due)) };
}

/** Whether a log-out is due only as long as nobody uses the computer. */
export function isAbsence({ rule, fired }: Due): boolean {
  return !fired && isOfAbsence(rule);
}

const isOfAbsence = (rule: Rule) => rule === 'idle' || rule === 'locked';

/** After somebody has used the computer again. */
export function withActive(state: RulesState): RulesState {
  return { ...state, due: state.due.filter((due) => !isAbsence(due)), givenUp: [] };
}

/** With what has fired tried again now, or as soon as the server lets us. */
export function withoutPauses(state: RulesState, now: number): RulesState {
  const sooner = (due: Due) =>
    due.fired ? { ...due, at: Math.min(due.at, Math.max(now, due.fired.notBefore)) } : due;
  return { ...state, due: state.due.map(sooner) };
}

/**
 * With what is known of the network: what has fired waits for no pause once it is back. Not every
 * browser says so when it is, so it is looked at again every minute: see `nextLook`.
 */
export function withNetwork(state: RulesState, isOnline: boolean, now: number): RulesState {
  const isBack = isOnline && state.due.some(({ fired }) => fired?.isOffline);
  const { due, ...rest } = isBack ? withoutPauses(state, now) : state;
  const known = ({ fired, ...one }: Due): Due =>
    fired ? { ...one, fired: { ...fired, isOffline: !isOnline } } : one;
  return { ...rest, due: due.map(known) };
}

/** When to look at what is due: milliseconds since 1970; undefined where nothing is. */
export function nextLook({ due }: RulesState, now: number): number | undefined {
  if (due.length === 0) return undefined;
  const times = due.map(({ at, fired }) => (fired?.isOffline ? Math.min(at, now + minute) : at));
  return Math.min(...times);
}

/** Whether a log-out is about a session. @param fingerprint under the log-out's id. */
export function isAbout({ fired }: Due, fingerprint: string): boolean {
  // Who was there when it fired may not have been seen.
  return !fired?.sessions.length || fired.sessions.includes(fingerprint);
}

/** What has fired in a store. */
export function firedIn({ due }: RulesState, storeId: string): Due | undefined {
  return due.find((one) => one.storeId === storeId && one.fired);
}

/**
 * Whether there is nobody for whom one more log-out could be due.
 * @param fired what has fired in the store.
 * @param sessions the fingerprints under its id of what is in the jar; undefined if it cannot be seen.
 */
export function isCovered(
  fired: Due | undefined,
  sessions: readonly string[] | undefined,
): boolean {
  if (!fired) return sessions?.length === 0;
  return !sessions || sessions.every((session) => isAbout(fired, session));
}

/** The log-out that is due first, if its time has come. */
export function firstDue({ due }: RulesState, now: number): Due | undefined {
  return due.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)[0];
}

/** What is to be known of a store before it is logged out. */
export interface Look {
  /** Whether it is being logged out, by whomever. */
  readonly isUnderWay: boolean;
  /** Whether the server wants no request for this store yet. */
  readonly isTooEarly: boolean;
  /** The fingerprints, under the due log-out's id, of what is in the jar; undefined if it cannot be seen. */
  readonly sessions: readonly string[] | undefined;
  /** This and the next are asked of an absence alone. */
  readonly presence: Presence | undefined;
  /** Whether a tab of the site plays sound: somebody is watching. */
  readonly isWatched: boolean | undefined;
}

/** What is to be done with a log-out whose time has come. */
export function verdictOn(
  due: Due,
  { isUnderWay, isTooEarly, sessions, presence, isWatched }: Look,
): 'try' | 'wait' | 'drop' {
  if (isUnderWay) return 'wait';
  if (sessions && !sessions.some((session) => isAbout(due, session))) return 'drop';
  const ready = isTooEarly ? 'wait' : 'try';
  if (!isAbsence(due)) return ready;
  // That somebody is back may have been missed.
  if (due.rule === 'locked' ? presence !== 'locked' : presence === 'active') return 'drop';
  return isWatched ? 'wait' : ready;
}

/** With a log-out that is looked at again in a minute. */
export function withWait(state: RulesState, due: Due, now: number): RulesState {
  return replaced(state, due, { ...due, at: now + minute });
}

/**
 * With a log-out that is tried now, and if nothing is heard of that, after a pause again. One that fires
 * does the work of the store's others. One that is tried again leaves those that have not fired: they
 * are about later log-ins too.
 */
export function withTry(
  state: RulesState,
  due: Due,
  sessions: readonly string[],
  now: number,
): RulesState {
  const tries = firedIn(state, due.storeId)?.fired?.tries ?? 0;
  const before = due.fired ?? { at: now, sessions: [], tries, notBefore: 0 };
  const known = before.sessions.length > 0 ? before.sessions : [...sessions];
  const fired = { ...before, sessions: known, tries: before.tries + 1 };
  const tried = { ...due, at: now + pauseAfter(fired.tries), fired };
  const others = state.due.filter(
    (one) => one.storeId !== due.storeId || (due.fired && !one.fired),
  );
  return { ...state, due: [...others, tried] };
}

/** Without a log-out that is over. */
export function without(state: RulesState, due: Due): RulesState {
  return replaced(state, due);
}

/** After a person has called off what is due of a store, whether or not it has fired. */
export function withCallOff(state: RulesState, storeId: string): RulesState {
  return { ...state, due: state.due.filter((due) => due.storeId !== storeId) };
}

/** After a person was told what was done of a store. */
export function withTold(state: RulesState, storeId: string): RulesState {
  return { ...state, done: state.done.filter((done) => done.storeId !== storeId) };
}

/** Failures that may pass by themselves. The others need a person. */
const passing: readonly OutcomeKind[] = [
  ...(['offline', 'timeout', 'rate-limited', 'server-error', 'blocked'] as const),
  'unexpected-reply',
];

/**
 * After a log-out by a rule has ended: it is done, or is tried again after a pause, as long as
 * there is something left to be ended. Told the same twice, it says the same.
 */
export function withEnd(state: RulesState, record: LogOutRecord): RulesState {
  const { id, storeId, state: end } = record;
  if (end.phase === 'working') return state;
  const { outcome, endedAt, revocation, kept } = end;
  const due = state.due.find((one) => one.id === record.due);
  if (due?.fired?.ended === id) return state;
  const isLeft = kept.some((one) => record.sessions.includes(one));
  if (due?.fired && passing.includes(outcome.kind) && isLeft) {
    const { tries, notBefore } = due.fired;
    const asked = outcome.kind === 'rate-limited' ? (outcome.retryAfterSeconds ?? 0) * 1000 : 0;
    const until = asked > 0 ? endedAt + Math.min(asked, longestPause) : 0;
    const fired = { ...due.fired, ended: id, notBefore: Math.max(notBefore, until) };
    const at = Math.max(due.at, endedAt + pauseAfter(tries), fired.notBefore);
    return replaced(state, due, { ...due, at, fired });
  }
  const rule = (due ?? state.done.find((one) => one.id === id))?.rule;
  if (!rule) return state;
  const done = {
    ...{ id, storeId, rule, at: endedAt, outcome },
    ...(revocation && { revocation: revocation === 'asking' ? ('unknown' as const) : revocation }),
  };
  const isOther = 'reason' in outcome && outcome.reason === 'other-session';
  const isGivenUp = due && !isGood(outcome) && !isOther && isOfAbsence(rule);
  return {
    ...state,
    due: state.due.filter((one) => one !== due),
    givenUp: isGivenUp ? [...state.givenUp, storeId] : state.givenUp,
    done: [...state.done.filter((one) => one.id !== id), done].slice(-doneLimit),
  };
}

function replaced(state: RulesState, due: Due, changed?: Due): RulesState {
  const others = state.due.filter(({ id }) => id !== due.id);
  return { ...state, due: changed ? [...others, changed] : others };
}
