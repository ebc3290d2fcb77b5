import { describe, expect, it } from 'vitest';
import { fatesOf, type Outcome, type OutcomeKind, outcomeSchema } from './outcome.ts';
import { begun, type LogOutRecord, withOutcome, withRevocation } from './record.ts';
import {
  type Due,
  dueAfter,
  firstDue,
  isCovered,
  type Look,
  nextLook,
  ofStores,
  type Rule,
  type RuleSettings,
  type RulesState,
  rules,
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
} from './rules.ts';

const now = 1_000_000_000;
const minute = 60_000;
const off: RuleSettings = {
  ...{ logOutAfterLastTab: null, logOutWhenIdle: null },
  ...{ logOutWhenLocked: false, logOutAtStart: false },
};
const on: RuleSettings = {
  ...{ logOutAfterLastTab: 15, logOutWhenIdle: 5 },
  ...{ logOutWhenLocked: true, logOutAtStart: true },
};
const nothing: RulesState = { open: [], due: [], done: [], givenUp: [] };

const dueOf = (rule: Rule, parts: Partial<Due> = {}): Due => ({
  ...{ id: `due ${rule}`, storeId: '0', rule, at: now },
  ...parts,
});
type Fired = NonNullable<Due['fired']>;
const firedOf = (rule: Rule, fired: Partial<Fired> = {}, parts: Partial<Due> = {}): Due =>
  dueOf(rule, { fired: { at: now, sessions: ['A'], tries: 1, notBefore: 0, ...fired }, ...parts });
const stateOf = (...due: Due[]): RulesState => ({ ...nothing, due });

describe('a log-out is due', () => {
  it.each<[string, Rule, Partial<RuleSettings>, Rule, number]>([
    ['some minutes after the last tab', 'last-tab', { logOutAfterLastTab: 15 }, 'last-tab', 15],
    ['or at once', 'last-tab', { logOutAfterLastTab: 0 }, 'last-tab', 0],
    ['at once when the idle time is over', 'idle', { logOutWhenIdle: 5 }, 'idle', 0],
    ['at once on locking', 'locked', { logOutWhenLocked: true, logOutWhenIdle: 5 }, 'locked', 0],
    [
      'an idle time after locking, which hides idleness',
      'locked',
      { logOutWhenIdle: 5 },
      'idle',
      5,
    ],
    ['at once when the browser starts', 'start', { logOutAtStart: true }, 'start', 0],
  ])('%s', (_, happening, settings, rule, minutes) => {
    const due = { rule, at: now + minutes * minute };
    expect(dueAfter(happening, { ...off, ...settings }, now)).toEqual(due);
  });

  it.each(rules)('never, where its rule is off: %s', (happening) => {
    expect(dueAfter(happening, off, now)).toBeUndefined();
  });

  it('by each rule once, as one of them may be called off alone', () => {
    const first = withDue(withDue(nothing, dueOf('last-tab')), dueOf('idle'));
    expect(first.due).toEqual([dueOf('last-tab'), dueOf('idle')]);
    expect(withDue(first, dueOf('idle', { id: 'later', at: now + 1 }))).toEqual(first);
    const earlier = dueOf('idle', { at: now - 1 });
    expect(withDue(first, { ...earlier, id: 'sooner' }).due).toEqual([dueOf('last-tab'), earlier]);
    const elsewhere = dueOf('idle', { storeId: '1' });
    expect(withDue(first, elsewhere).due).toEqual([...first.due, elsewhere]);
  });
});

describe('it is called off', () => {
  it('when a tab is opened again in time, and by that alone', () => {
    const state = stateOf(dueOf('last-tab'), dueOf('idle'), dueOf('last-tab', { storeId: '1' }));
    expect(withOpen(state, ['0'])).toEqual({
      ...nothing,
      open: ['0'],
      due: [dueOf('idle'), dueOf('last-tab', { storeId: '1' })],
    });
    expect(withOpen(stateOf(firedOf('last-tab')), ['0']).due).toEqual([firedOf('last-tab')]);
  });

  it('when somebody is back before it fires', () => {
    const state = stateOf(dueOf('idle'), dueOf('locked'), dueOf('last-tab'), dueOf('start'));
    expect(withActive(state).due).toEqual([dueOf('last-tab'), dueOf('start')]);
    const fired = stateOf(firedOf('idle'), firedOf('locked', {}, { storeId: '1' }));
    expect(withActive(fired)).toEqual(fired);
  });

  it.each(rules)('when its rule is switched off, unless it has fired: %s', (rule) => {
    const state = { ...stateOf(dueOf(rule)), open: ['0'] };
    expect(withSettings(state, on, now)).toEqual(state);
    expect(withSettings(state, off, now)).toEqual(nothing);
    const fired = stateOf(firedOf(rule));
    expect(withSettings(fired, off, now)).toEqual(fired);
  });

  it.each(rules)('nothing waits for longer than was set, whatever the clock says: %s', (rule) => {
    const far = now + 10 ** 12;
    const [waiting] = withSettings(stateOf(dueOf(rule, { at: far })), on, now).due;
    const minutes = { 'last-tab': on.logOutAfterLastTab, idle: on.logOutWhenIdle };
    const longest = { ...minutes, locked: 1, start: 1 }[rule] ?? 0;
    expect(waiting?.at).toBe(now + longest * 60_000);
    const [tried] = withSettings(stateOf(firedOf(rule, {}, { at: far })), on, now).due;
    expect(tried?.at).toBe(now + 60 * 60_000);
    const asked = firedOf(rule, { at: far, notBefore: far }, { at: far });
    const day = now + 24 * 60 * 60_000;
    const [pausing] = withSettings(stateOf(asked), on, now).due;
    expect(pausing).toMatchObject({ at: day, fired: { at: now, notBefore: day } });
  });

  it('by a person, whether or not it has fired, and in that store alone', () => {
    const other = dueOf('idle', { storeId: '1' });
    expect(withCallOff(stateOf(dueOf('idle'), dueOf('last-tab'), other), '0').due).toEqual([other]);
    expect(withCallOff(stateOf(firedOf('start'), other), '0').due).toEqual([other]);
  });
});

it('the one that is due first comes first, and none before its time', () => {
  const [later, sooner] = [dueOf('last-tab', { at: now }), dueOf('idle', { at: now - 1 })];
  expect(firstDue(stateOf(later, sooner), now)).toEqual(sooner);
  expect(firstDue(stateOf(later), now - 1)).toBeUndefined();
  expect(firstDue(nothing, now)).toBeUndefined();
});

describe('when its time has come', () => {
  const quiet: Look = {
    ...{ isUnderWay: false, isTooEarly: false, isWatched: false },
    ...{ sessions: ['A'], presence: 'active' as const },
  };
  it.each<[string, Due, Partial<Look>, ReturnType<typeof verdictOn>]>([
    ['the last tab is gone', dueOf('last-tab'), {}, 'try'],
    ['the browser has started', dueOf('start'), {}, 'try'],
    ['nobody is there', dueOf('idle'), { presence: 'idle' }, 'try'],
    ['nobody is there, and it is locked too', dueOf('idle'), { presence: 'locked' }, 'try'],
    ['it is locked', dueOf('locked'), { presence: 'locked' }, 'try'],
    ['somebody watches', dueOf('idle'), { presence: 'idle', isWatched: true }, 'wait'],
    ['somebody listens', dueOf('locked'), { presence: 'locked', isWatched: true }, 'wait'],
    ['somebody is back, and nobody said so', dueOf('idle'), {}, 'drop'],
    ['it was unlocked, and nobody said so', dueOf('locked'), { presence: 'idle' }, 'drop'],
    ['nobody is logged in', dueOf('start'), { sessions: [] }, 'drop'],
    ['whether somebody is cannot be seen', dueOf('start'), { sessions: undefined }, 'try'],
    ['it is being logged out', dueOf('start'), { isUnderWay: true }, 'wait'],
    ['the server wants to hear nothing yet', dueOf('start'), { isTooEarly: true }, 'wait'],
    ['it has failed before', firedOf('idle'), { isWatched: true }, 'try'],
    ['one of two is still there', firedOf('idle'), { sessions: ['B', 'A'] }, 'try'],
    ['another log-in is there', firedOf('idle'), { sessions: ['B'] }, 'drop'],
    ['what it was about is gone', firedOf('idle'), { sessions: [] }, 'drop'],
    ['nothing can be seen any more', firedOf('idle'), { sessions: undefined }, 'try'],
    [
      'what it was about is going just now',
      firedOf('idle'),
      { sessions: [], isUnderWay: true },
      'wait',
    ],
  ])('%s', (_, due, look, verdict) => {
    expect(verdictOn(due, { ...quiet, ...look })).toBe(verdict);
  });

  it('and somebody watches, it is looked at again in a minute', () => {
    const state = withWait(stateOf(dueOf('idle'), dueOf('last-tab')), dueOf('idle'), now);
    expect(state.due).toEqual([dueOf('last-tab'), dueOf('idle', { at: now + minute })]);
  });

  it('it fires, does the work of the store’s others, and is about those who are there', () => {
    const other = dueOf('idle', { storeId: '1' });
    const state = stateOf(dueOf('idle'), dueOf('last-tab'), other);
    const fired = { at: now, sessions: ['A', 'B'], tries: 1, notBefore: 0 };
    const tried = dueOf('idle', { at: now + minute, fired });
    expect(withTry(state, dueOf('idle'), ['A', 'B'], now).due).toEqual([other, tried]);
  });

  it('it fires in place of one that has fired before it, with the pauses of that one', () => {
    const tried = withTry(
      stateOf(firedOf('start', { tries: 3 }), dueOf('idle')),
      dueOf('idle'),
      ['A', 'B'],
      now,
    );
    const fired = { at: now, sessions: ['A', 'B'], tries: 4, notBefore: 0 };
    expect(tried.due).toEqual([dueOf('idle', { at: now + 15 * minute, fired })]);
  });

  it('it is tried again, and what is about later log-ins too waits beside it', () => {
    const before = firedOf('start');
    const tried = withTry(stateOf(before, dueOf('idle')), before, ['A', 'B'], now);
    expect(tried.due).toMatchObject([
      dueOf('idle'),
      { rule: 'start', fired: { tries: 2, sessions: ['A'] } },
    ]);
  });

  it.each<[string, Due | undefined, string[] | undefined, boolean]>([
    ['nobody is there', undefined, [], true],
    ['somebody is there', undefined, ['A'], false],
    ['nobody can be seen', undefined, undefined, false],
    ['those are there that it is about', firedOf('idle'), ['A'], true],
    ['another one is there too', firedOf('idle'), ['A', 'B'], false],
    ['nobody could be seen when it fired', firedOf('idle', { sessions: [] }), ['B'], true],
    ['nobody can be seen any more', firedOf('idle'), undefined, true],
  ])('there is nobody left for another one, where %s', (_, fired, sessions, expected) => {
    expect(isCovered(fired, sessions)).toBe(expected);
  });

  it('it is tried again after growing pauses, and stays about the same', () => {
    let due = dueOf('start');
    const pauses = [1, 2, 5, 15, 30, 60, 60, 60].map((minutes, tries) => {
      const state = withTry(stateOf(due), due, tries === 0 ? ['A'] : ['B'], now);
      due = state.due[0] ?? due;
      return [due.at - now, minutes * minute, due.fired?.tries, tries + 1];
    });
    for (const [pause, expected, tries, count] of pauses) {
      expect([pause, tries]).toEqual([expected, count]);
    }
    expect(due.fired).toMatchObject({ at: now, sessions: ['A'] });
  });

  it.each([-1, 0, 0.5, 99])(
    'it is not tried at once for ever, whatever was stored: %s',
    (tries) => {
      let due = firedOf('idle', { tries });
      for (let more = 0; more < 3; more += 1) {
        due = withTry(stateOf(due), due, [], now).due[0] ?? due;
        expect(due.at).toBeGreaterThan(now);
      }
    },
  );

  it('it can be over', () => {
    const state = stateOf(dueOf('idle'), dueOf('start'));
    expect(without(state, dueOf('idle'))).toEqual(stateOf(dueOf('start')));
  });
});

it('the network is back, or the browser starts: it is tried at once, unless the server wants a pause', () => {
  const [waiting, ripe] = [now + 30 * minute, now - 1];
  const state = stateOf(
    firedOf('idle', {}, { at: waiting }),
    firedOf('idle', { notBefore: now + minute }, { storeId: '1', at: waiting }),
    firedOf('idle', {}, { storeId: '2', at: ripe }),
    dueOf('last-tab', { storeId: '3', at: waiting }),
  );
  const times = withoutPauses(state, now).due.map(({ at }) => at);
  expect(times).toEqual([now, now + minute, ripe, waiting]);
});

it('the network is back, though nobody says so: it is looked for every minute, and then tried at once', () => {
  const [waiting, other] = [firedOf('idle', {}, { at: now + 30 * minute }), dueOf('last-tab')];
  const later = { ...other, storeId: '1', at: now + 40 * minute };
  const offline = withNetwork(stateOf(waiting, later), false, now);
  expect(offline.due.map(({ at }) => at)).toEqual([waiting.at, later.at]);
  expect(nextLook(offline, now)).toBe(now + minute);
  const online = withNetwork(offline, true, now + minute);
  expect(online.due.map(({ at }) => at)).toEqual([now + minute, later.at]);
  const tried = { ...online, due: online.due.map((due) => ({ ...due, at: later.at })) };
  expect(withNetwork(tried, true, now + minute)).toEqual(tried);
  expect(nextLook(tried, now)).toBe(later.at);
  expect(nextLook(nothing, now)).toBeUndefined();
});

const cookies = fatesOf(['SESSDATA'], [], ['SESSDATA']);
const failed = { cookies, othersEnded: false };
const outcomes: Record<OutcomeKind, Outcome> = {
  'logged-out': { kind: 'logged-out', cookies },
  'already-logged-out': { kind: 'already-logged-out', cookies },
  'session-expired': { kind: 'session-expired', cookies },
  'removed-locally': { kind: 'removed-locally', cookies },
  'no-access': { kind: 'no-access', reached: 'nothing-sent' },
  'no-csrf-token': { kind: 'no-csrf-token', ...failed },
  offline: { kind: 'offline', ...failed },
  timeout: { kind: 'timeout', ...failed },
  'csrf-rejected': { kind: 'csrf-rejected', ...failed, detail: {} },
  blocked: { kind: 'blocked', ...failed, detail: {} },
  'rate-limited': { kind: 'rate-limited', ...failed, detail: {} },
  'server-error': { kind: 'server-error', ...failed, detail: {} },
  'unexpected-reply': { kind: 'unexpected-reply', reason: 'unclear', ...failed, detail: {} },
  'cookies-remain': {
    ...{ kind: 'cookies-remain', reason: 'not-removable', cookies, sessionEnded: true },
  },
};
const good = outcomes['logged-out'];

describe('when its log-out has ended', () => {
  const endedAt = now + 5_000;
  const recordOf = (parts: Partial<LogOutRecord> = {}) =>
    begun({
      ...{ id: 'r', storeId: '0', trigger: 'rule', mode: 'server', startedAt: now },
      ...{ due: 'due idle' },
      ...{ sessions: ['s'], found: [] },
      ...parts,
    });
  const endOf = (outcome: Outcome, kept: string[] = ['s'], record = recordOf()) =>
    withOutcome(record, { outcome, endedAt, isProving: false, tasks: [], kept, dead: [] });
  const tried = firedOf('idle', {}, { at: now + minute });
  const done = { id: 'r', storeId: '0', rule: 'idle', at: endedAt } as const;

  it.each(outcomeSchema.options.map(({ entries }) => entries.kind.literal))(
    'it is done, or is tried again after what may pass: %s',
    (kind) => {
      const state = withEnd(stateOf(tried), endOf(outcomes[kind]));
      const isPassing = /offline|timeout|blocked|rate-limited|server-error|unexpected/.test(kind);
      if (isPassing) {
        expect(state.done).toEqual([]);
        // The pause counts from its end.
        expect(state.due).toMatchObject([{ ...tried, at: endedAt + minute, fired: { tries: 1 } }]);
      } else {
        const told = { ...nothing, done: [{ ...done, outcome: outcomes[kind] }] };
        const needsPerson = /no-access|no-csrf|csrf-rejected|cookies-remain/.test(kind);
        expect(state).toEqual({ ...told, givenUp: needsPerson ? ['0'] : [] });
      }
    },
  );

  it('there is nothing to be tried again where nothing is left', () => {
    const outcome = outcomes['unexpected-reply'];
    expect(withEnd(stateOf(tried), endOf(outcome, []))).toEqual({
      ...{ open: [], due: [], done: [{ ...done, outcome }], givenUp: ['0'] },
    });
  });

  it.each<[string, number | undefined, number]>([
    ['no time', undefined, 1],
    ['less than our own pause', 10, 1],
    ['more', 600, 10],
    ['years: a day is enough', 1e12, 24 * 60],
  ])('the pause that the server asks for is kept: %s', (_, retryAfterSeconds, minutes) => {
    const outcome: Outcome = { ...failed, kind: 'rate-limited', detail: {}, retryAfterSeconds };
    const state = withEnd(stateOf(tried), endOf(outcome));
    expect(state.due[0]?.at).toBe(endedAt + minutes * minute);
    // The network may come back as often as it likes.
    const sooner = withoutPauses(state, endedAt).due[0]?.at ?? 0;
    expect(sooner).toBe(
      Math.max(endedAt, endedAt + Math.min(retryAfterSeconds ?? 0, 86_400) * 1000),
    );
  });

  it('being told twice changes nothing', () => {
    for (const outcome of Object.values(outcomes)) {
      const once = withEnd(stateOf(tried), endOf(outcome));
      expect(withEnd(once, endOf(outcome))).toEqual(once);
    }
  });

  it('the proof is told when it is there', () => {
    const asking = withOutcome(recordOf(), {
      ...{
        outcome: outcomes['logged-out'],
        endedAt,
        isProving: true,
        tasks: [],
        kept: [],
        dead: [],
      },
    });
    const told = withEnd(stateOf(tried), asking);
    expect(told.done).toEqual([{ ...done, outcome: good, revocation: 'unknown' }]);
    const proven = withEnd(told, withRevocation(asking, 'proven'));
    expect(proven.done).toEqual([{ ...done, outcome: good, revocation: 'proven' }]);
    // A person who was told meanwhile is not told again.
    const seen = withTold(told, '0');
    expect(withEnd(seen, withRevocation(asking, 'proven'))).toEqual(seen);
  });

  it.each<[string, RulesState, LogOutRecord]>([
    [
      'of another one, of the same store',
      stateOf(tried),
      endOf(outcomes['logged-out'], [], recordOf({ due: 'another' })),
    ],
    ['of one that is under way', stateOf(tried), recordOf()],
    ['of one that was called off', nothing, endOf(outcomes['logged-out'])],
  ])('it is no end of it: that %s', (_, state, record) => {
    expect(withEnd(state, record)).toEqual(state);
  });

  it('no more is remembered than can be told', () => {
    let state = nothing;
    for (let index = 0; index < 12; index += 1) {
      const record = endOf(outcomes['logged-out'], [], recordOf({ id: `r${index}` }));
      state = withEnd({ ...state, due: [tried] }, record);
    }
    expect(state.done.map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, index) => `r${index + 2}`),
    );
  });

  it('and a person was told, it is forgotten, and that of no other store', () => {
    const of = (storeId: string) => ({ ...done, storeId, outcome: good });
    const state = { ...nothing, done: [of('0'), of('1')] };
    expect(withTold(state, '0').done).toEqual([of('1')]);
  });
});

it('what is remembered of some stores can be told apart', () => {
  const done = { id: 'r', rule: 'idle', at: now, outcome: good } as const;
  const of = (storeId: string): RulesState => ({
    ...{ open: [storeId], due: [dueOf('idle', { storeId })], done: [{ ...done, storeId }] },
    givenUp: [storeId],
  });
  const [a, b] = [of('0'), of('1')];
  const both = {
    ...{ open: ['0', '1'], due: [...a.due, ...b.due], done: [...a.done, ...b.done] },
    givenUp: ['0', '1'],
  };
  expect(ofStores(both, (storeId) => storeId === '1')).toEqual(b);
});
