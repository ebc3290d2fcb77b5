import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type FollowUp, followUpResults } from './follow-ups.ts';
import { beginning, type Progress } from './order.ts';
import type { Outcome } from './outcome.ts';
import {
  begun,
  type End,
  isCurrent,
  isUnsettled,
  type LogOutRecord,
  livingOf,
  needsAttention,
  recordSchema,
  withFollowUp,
  withOutcome,
  withoutWorker,
  withProgress,
  withRevocation,
  withSeen,
} from './record.ts';
import { everyFate } from './testing/world.ts';

const cookies = everyFate('deleted-by-server');
const good: Outcome = { kind: 'logged-out', cookies };
const bad: Outcome = { kind: 'offline', cookies, othersEnded: false };

const first: Parameters<typeof begun>[0] = {
  id: 'i',
  storeId: '0',
  trigger: 'popup',
  mode: 'server',
  startedAt: 5,
  sessions: ['a', 'b'],
  found: ['SESSDATA'],
};
const start = begun(first);
const end = (outcome: Outcome, parts: Partial<End> = {}) =>
  withOutcome(start, {
    outcome,
    endedAt: 9,
    isProving: false,
    tasks: [],
    kept: [],
    dead: [],
    ...parts,
  });
const asking = end(good, { isProving: true });
const tasks: FollowUp[] = ['biligame', 'siteData'];
const progress: Progress = {
  step: 'clear',
  asked: true,
  ended: [{ fingerprint: 'a', by: 'yes' }],
  swept: true,
  left: ['bili_jct'],
};

it('a log-out begins with nothing asked', () => {
  expect(start).toEqual({ ...first, state: { phase: 'working', progress: beginning } });
});

it('what is written down of a step is named here, field by field', () => {
  const talkative = {
    ...progress,
    ended: [{ fingerprint: 'a', by: 'yes' as const, id: 'secret' }],
    cookieHeader: 'secret',
  };
  expect(withProgress(start, talkative)).toStrictEqual({
    ...start,
    state: { phase: 'working', progress },
  });
});

describe('the end', () => {
  it('is unseen, and waits for a proof where there is to be one', () => {
    const state = { phase: 'ended', endedAt: 9, outcome: good, seen: false, kept: [], dead: [] };
    expect(asking).toStrictEqual({ ...start, state: { ...state, revocation: 'asking' } });
    expect(end(good)).toStrictEqual({ ...start, state });
  });

  it('tells what was kept, what is dead, and what follows', () => {
    expect(end(good, { kept: ['k'], dead: ['d'], tasks: ['siteData'] }).state).toStrictEqual({
      ...end(good).state,
      kept: ['k'],
      dead: ['d'],
      followUps: { siteData: 'working' },
    });
    expect(end(good, { tasks }).state).toMatchObject({
      followUps: { biligame: 'working', siteData: 'working' },
    });
  });

  it('is seen by a person', () => {
    expect(withSeen(asking)).toEqual({ ...asking, state: { ...asking.state, seen: true } });
  });

  it.each([
    ['proven', true],
    ['unknown', true],
    ['still-alive', false],
  ] as const)('with the proof “%s” stays seen: %s', (revocation, staysSeen) => {
    const seen = withRevocation(withSeen(asking), revocation);
    expect(seen.state).toMatchObject({ revocation, seen: staysSeen });
    expect(withRevocation(asking, revocation).state).toMatchObject({ revocation, seen: false });
  });

  it.each(followUpResults)('is told of each task, which changes nothing else: %s', (result) => {
    const before = withSeen(end(good, { tasks, isProving: true }));
    expect(withFollowUp(before, 'biligame', result)).toStrictEqual({
      ...before,
      state: { ...before.state, followUps: { biligame: result, siteData: 'working' } },
    });
  });

  it('must be there before anything is said of it', () => {
    expect(withSeen(start)).toBe(start);
    expect(withRevocation(start, 'still-alive')).toBe(start);
    expect(withFollowUp(start, 'biligame', 'done')).toBe(start);
    expect(withoutWorker(start)).toBe(start);
  });
});

it.each<[string, LogOutRecord, boolean]>([
  ['under way', start, false],
  ['good', end(good), false],
  ['good, being proved', asking, false],
  ['good, proven', withRevocation(asking, 'proven'), false],
  ['good, proof unknown', withRevocation(asking, 'unknown'), false],
  ['good, but still alive', withRevocation(asking, 'still-alive'), true],
  ['bad', end(bad), true],
  ['bad and seen', withSeen(end(bad)), true],
])('a person should not miss what is %s: %s', (_, record, expected) => {
  expect(needsAttention(record)).toBe(expected);
});

describe('after the worker’s death', () => {
  const withAll = end(good, { tasks, isProving: true });
  it.each<[string, LogOutRecord, object | undefined, string | undefined]>([
    ['an end', end(good), undefined, undefined],
    ['an end that waits for its proof', asking, undefined, 'unknown'],
    ['a proof that was there', withRevocation(asking, 'proven'), undefined, 'proven'],
    ['a warning that was there', withRevocation(asking, 'still-alive'), undefined, 'still-alive'],
    ['all that follows', withAll, { biligame: 'interrupted', siteData: 'interrupted' }, 'unknown'],
    [
      'what was not done of it',
      withFollowUp(withAll, 'biligame', 'failed'),
      { biligame: 'failed', siteData: 'interrupted' },
      'unknown',
    ],
    [
      'nothing where all was done',
      withFollowUp(
        withFollowUp(withRevocation(withAll, 'proven'), 'biligame', 'done'),
        'siteData',
        'done',
      ),
      { biligame: 'done', siteData: 'done' },
      'proven',
    ],
  ])('is told as it is: %s', (_, record, followUps, revocation) => {
    const { state } = withoutWorker(withSeen(record));
    expect(state.phase === 'ended' && state.followUps).toEqual(followUps);
    expect(state.phase === 'ended' && state.revocation).toBe(revocation);
    expect(state).toMatchObject({ outcome: good, endedAt: 9, seen: true });
    expect(isUnsettled(withoutWorker(record))).toBe(false);
  });
});

it.each<[string, LogOutRecord, boolean]>([
  ['a log-out under way', start, true],
  ['an end', end(good), false],
  ['a failure', end(bad), false],
  ['an end that waits for its proof', asking, true],
  ['a proof', withRevocation(asking, 'unknown'), false],
  ['one task under way', withFollowUp(end(good), 'siteData', 'working'), true],
  ['another task under way', withFollowUp(end(good), 'biligame', 'working'), true],
  ['one task done, another not', withFollowUp(end(good, { tasks }), 'biligame', 'done'), true],
  ['a task done', withFollowUp(end(good), 'siteData', 'failed'), false],
])('something is still to come: %s: %s', (_, record, expected) => {
  expect(isUnsettled(record)).toBe(expected);
});

describe('a record speaks of its own sessions only', () => {
  it.each<[string, LogOutRecord, inJar: string[], boolean]>([
    ['it is under way, whatever comes', start, ['x'], true],
    ['all have ended, and the jar is empty', end(good), [], true],
    ['somebody logged in later', end(good), ['x'], false],
    ['one was kept, and is there', end(bad, { kept: ['a'] }), ['a'], true],
    ['one was kept, and went another way', end(bad, { kept: ['a'] }), [], false],
    ['one was kept, and another came', end(bad, { kept: ['a'] }), ['a', 'x'], false],
    ['one was kept, and another took its place', end(bad, { kept: ['a'] }), ['x'], false],
    ['two were kept, in whatever order', end(bad, { kept: ['a', 'b'] }), ['b', 'a'], true],
    ['two were kept, and one went', end(bad, { kept: ['a', 'b'] }), ['b'], false],
    ['a dead id would not go', end(bad, { dead: ['d'] }), ['d'], true],
    ['a dead id would not go, and went after all', end(bad, { dead: ['d'] }), [], true],
    [
      'a dead id would not go, and somebody logged in',
      end(bad, { dead: ['d'] }),
      ['d', 'x'],
      false,
    ],
  ])('%s', (_, record, inJar, expected) => {
    expect(isCurrent(record, inJar)).toBe(expected);
  });

  it.each<[string, LogOutRecord | undefined, string[]]>([
    ['there is no record', undefined, ['d', 'x']],
    ['it is under way', start, ['d', 'x']],
    ['nothing dead was left', end(good), ['d', 'x']],
    ['a dead id would not go', end(bad, { dead: ['d'] }), ['x']],
  ])('a dead id that stays is no session: %s', (_, record, expected) => {
    expect(livingOf(record, ['d', 'x'])).toEqual(expected);
  });
});

describe('a stored record', () => {
  it.each<[string, LogOutRecord]>([
    ['begun', start],
    ['further', withProgress(start, progress)],
    ['ended', asking],
    ['failed', end({ kind: 'no-access', reached: 'asked' }, { kept: ['a'], dead: ['b'] })],
    ['proved and seen', withSeen(withRevocation(asking, 'still-alive'))],
    ['followed', withFollowUp(asking, 'biligame', 'address-refused')],
    ['left by its worker', withoutWorker(withFollowUp(asking, 'siteData', 'working'))],
    ['one of a batch', { ...asking, batch: 'b' }],
  ])('is read as it was written: %s', (_, record) => {
    expect(v.parse(recordSchema, JSON.parse(JSON.stringify(record)))).toStrictEqual(record);
  });

  const { state: _state, ...stateless } = start;
  const { sessions: _sessions, ...sessionless } = start;
  const working = (parts: object) => ({
    ...start,
    state: { phase: 'working', progress: { ...progress, ...parts } },
  });
  const ended = (parts: object) => ({ ...asking, state: { ...asking.state, ...parts } });
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'log-out'],
    ['a list', [start]],
    ['no state', stateless],
    ['no sessions', sessionless],
    ['an id that is none', { ...start, id: 1 }],
    ['an unknown trigger', { ...start, trigger: 'cron' }],
    ['a batch that is none', { ...start, batch: 7 }],
    ['an unknown mode', { ...start, mode: 'all' }],
    ['a time that is none', { ...start, startedAt: '5' }],
    ['an unknown cookie', { ...start, found: ['sid'] }],
    ['an unknown phase', { ...start, state: { ...start.state, phase: 'paused' } }],
    ['an unknown step', working({ step: 'confirm' })],
    [
      'a session that ended in an unknown way',
      working({ ended: [{ fingerprint: 'a', by: 'luck' }] }),
    ],
    ['no word of what was asked', working({ asked: undefined })],
    ['an unknown cookie that was left', working({ left: ['sid'] })],
    ['an unknown outcome', ended({ outcome: { kind: 'fine' } })],
    ['an unknown revocation', ended({ revocation: 'maybe' })],
    ['an unknown end of a task', ended({ followUps: { biligame: 'perhaps' } })],
    ['no word of being seen', ended({ seen: undefined })],
    ['no word of what was kept', ended({ kept: undefined })],
    ['no word of what is dead', ended({ dead: undefined })],
  ])('is refused: %s', (_, stored) => {
    expect(v.is(recordSchema, stored)).toBe(false);
  });
});
