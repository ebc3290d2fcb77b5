import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { aftercareResults } from './aftercare.ts';
import type { Progress } from './log-out.ts';
import { fatesOf, type Outcome } from './outcome.ts';
import {
  abandoned,
  advanced,
  begun,
  ended,
  isUnsettled,
  type LogOutRecord,
  needsAttention,
  proved,
  recordSchema,
  seen,
  tended,
} from './record.ts';
import { sessionsIn } from './session.ts';
import { logIn, valuesOf } from './testing/cookies.ts';

const [session] = sessionsIn(logIn('A'));
const cookies = fatesOf(['SESSDATA'], [], []);
const good: Outcome = { kind: 'logged-out', cookies };
const bad: Outcome = { kind: 'offline', cookies };

const start = begun({ id: 'i', storeId: '0', trigger: 'popup', mode: 'server', startedAt: 5 });
const end = (outcome: Outcome, isProving = false) =>
  ended(start, { outcome, endedAt: 9, isProving, tasks: [] }, undefined);
const asking = end(good, true);

it('a log-out begins at its first step', () => {
  expect(start).toEqual({
    id: 'i',
    storeId: '0',
    trigger: 'popup',
    mode: 'server',
    startedAt: 5,
    state: { phase: 'working', progress: { step: 'access' } },
  });
});

describe('a step further', () => {
  it.each<Progress>([
    { step: 'access' },
    { step: 'read', session, found: ['SESSDATA'] },
    { step: 'exit', session, found: ['SESSDATA'] },
    { step: 'judge', session, found: ['SESSDATA'] },
    { step: 'confirm', session, found: ['SESSDATA'], left: [], ending: 'logged-out' },
  ])('keeps names, and no session: $step', (progress) => {
    const { session: _, ...kept } = { session, ...progress };
    const record = advanced(start, progress, 'print');
    expect(record).toStrictEqual({
      ...start,
      fingerprint: 'print',
      state: { phase: 'working', progress: kept },
    });
    for (const value of Object.values(valuesOf('A'))) {
      expect(JSON.stringify(record)).not.toContain(value);
    }
  });

  it('without a session keeps the fingerprint of the last one', () => {
    const before = advanced(start, { step: 'read', session, found: [] }, 'print');
    expect(advanced(before, { step: 'access' }, undefined)).toMatchObject({ fingerprint: 'print' });
    expect(advanced(start, { step: 'access' }, undefined)).not.toHaveProperty('fingerprint');
  });
});

describe('the end', () => {
  it('is unseen, and waits for a proof where there is to be one', () => {
    const state = { phase: 'ended', endedAt: 9, outcome: good, seen: false };
    expect(asking).toStrictEqual({ ...start, state: { ...state, revocation: 'asking' } });
    expect(end(good)).toStrictEqual({ ...start, state });
  });

  it('is about the session that was kept, if there is one', () => {
    const before = advanced(start, { step: 'read', session, found: [] }, 'print');
    const last = { outcome: bad, endedAt: 9, isProving: false, tasks: [] };
    expect(ended(before, last, undefined)).toMatchObject({ fingerprint: 'print' });
    expect(ended(before, last, 'kept')).toMatchObject({ fingerprint: 'kept' });
  });

  it('is seen by a person', () => {
    expect(seen(asking)).toEqual({ ...asking, state: { ...asking.state, seen: true } });
  });

  it.each([
    ['proven', true],
    ['unknown', true],
    ['still-alive', false],
  ] as const)('proved %s stays seen: %s', (revocation, staysSeen) => {
    expect(proved(seen(asking), revocation).state).toMatchObject({ revocation, seen: staysSeen });
    expect(proved(asking, revocation).state).toMatchObject({ revocation, seen: false });
  });

  it('cannot be seen or proved before it is there', () => {
    expect(seen(start)).toBe(start);
    expect(proved(start, 'still-alive')).toBe(start);
  });
});

it.each<[string, LogOutRecord, boolean]>([
  ['under way', start, false],
  ['good', end(good), false],
  ['good, being proved', asking, false],
  ['good, proven', proved(asking, 'proven'), false],
  ['good, proof unknown', proved(asking, 'unknown'), false],
  ['good, but still alive', proved(asking, 'still-alive'), true],
  ['bad', end(bad), true],
  ['bad and seen', seen(end(bad)), true],
])('a person should not miss what is %s: %s', (_, record, expected) => {
  expect(needsAttention(record)).toBe(expected);
});

describe('the aftercare', () => {
  const withTasks = (isProving = false) =>
    ended(
      start,
      { outcome: good, endedAt: 9, isProving, tasks: ['biligame', 'siteData'] },
      undefined,
    );

  it('is under way from the end on, where there is any', () => {
    expect(withTasks().state).toMatchObject({
      aftercare: { biligame: 'working', siteData: 'working' },
    });
    const { state } = ended(
      start,
      { outcome: good, endedAt: 9, isProving: false, tasks: ['siteData'] },
      undefined,
    );
    expect(state).toMatchObject({ aftercare: { siteData: 'working' } });
    expect(state).not.toHaveProperty('aftercare.biligame');
    expect(end(good).state).not.toHaveProperty('aftercare');
  });

  it.each(aftercareResults)('is told by its task, and changes nothing else: %s', (result) => {
    const before = seen(withTasks(true));
    expect(tended(before, 'biligame', result)).toStrictEqual({
      ...before,
      state: { ...before.state, aftercare: { biligame: result, siteData: 'working' } },
    });
  });

  it('follows an end only', () => {
    expect(tended(start, 'biligame', 'done')).toBe(start);
  });
});

describe('after the worker’s death', () => {
  const withAll = ended(
    start,
    { outcome: good, endedAt: 9, isProving: true, tasks: ['biligame', 'siteData'] },
    undefined,
  );
  it.each<[string, LogOutRecord, object | undefined, string | undefined]>([
    ['an end', end(good), undefined, undefined],
    ['an end that waits for its proof', asking, undefined, 'unknown'],
    ['a proof that was there', proved(asking, 'proven'), undefined, 'proven'],
    ['a warning that was there', proved(asking, 'still-alive'), undefined, 'still-alive'],
    [
      'all of the aftercare',
      proved(withAll, 'proven'),
      { biligame: 'interrupted', siteData: 'interrupted' },
      'proven',
    ],
    [
      'what was not done of it',
      tended(withAll, 'biligame', 'failed'),
      { biligame: 'failed', siteData: 'interrupted' },
      'unknown',
    ],
    [
      'nothing where all was done',
      tended(tended(proved(withAll, 'unknown'), 'biligame', 'done'), 'siteData', 'unreachable'),
      { biligame: 'done', siteData: 'unreachable' },
      'unknown',
    ],
  ])('is told as it is: %s', (_, record, aftercare, revocation) => {
    const { state } = abandoned(seen(record));
    expect(state.phase === 'ended' && state.aftercare).toEqual(aftercare);
    expect(state.phase === 'ended' && state.revocation).toBe(revocation);
    expect(state).toMatchObject({ outcome: good, endedAt: 9, seen: true });
    expect(isUnsettled(abandoned(record))).toBe(false);
  });

  it('a log-out without an outcome is taken up, not told', () => {
    expect(abandoned(start)).toBe(start);
  });
});

it.each<[string, LogOutRecord, boolean]>([
  ['a log-out under way', start, true],
  ['an end', end(good), false],
  ['a failure', end(bad), false],
  ['an end that waits for its proof', asking, true],
  ['a proof', proved(asking, 'unknown'), false],
  ['a warning', proved(asking, 'still-alive'), false],
  ['one task under way', tended(end(good), 'siteData', 'working'), true],
  ['another task under way', tended(end(good), 'biligame', 'working'), true],
  [
    'one task done, another not',
    tended(tended(end(good), 'biligame', 'done'), 'siteData', 'working'),
    true,
  ],
  ['a task done', tended(end(good), 'siteData', 'failed'), false],
  ['a proof, and a task under way', tended(proved(asking, 'proven'), 'biligame', 'working'), true],
])('something is still to come: %s: %s', (_, record, expected) => {
  expect(isUnsettled(record)).toBe(expected);
});

describe('a stored record', () => {
  const confirm: Progress = {
    step: 'confirm',
    session,
    found: ['SESSDATA'],
    left: ['bili_jct'],
    ending: 'session-expired',
  };

  it.each<[string, LogOutRecord]>([
    ['begun', start],
    ['advanced', advanced(start, confirm, 'print')],
    ['ended', asking],
    ['failed', end({ kind: 'no-access' })],
    ['proved and seen', seen(proved(asking, 'still-alive'))],
    ['tended', tended(asking, 'biligame', 'address-refused')],
    ['abandoned', abandoned(tended(asking, 'siteData', 'working'))],
    ['one of a batch', { ...asking, batch: 'b' }],
  ])('is read as it was written: %s', (_, record) => {
    expect(v.parse(recordSchema, JSON.parse(JSON.stringify(record)))).toStrictEqual(record);
  });

  const { state: _state, ...stateless } = start;
  const { cookies: _cookies, ...fateless } = bad;
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'log-out'],
    ['a list', [start]],
    ['no state', stateless],
    ['an id that is none', { ...start, id: 1 }],
    ['an unknown trigger', { ...start, trigger: 'cron' }],
    ['a trigger that is no more', { ...start, trigger: 'rule' }],
    ['a batch that is none', { ...start, batch: 7 }],
    [
      'an unknown end of a task',
      { ...asking, state: { ...asking.state, aftercare: { biligame: 'perhaps' } } },
    ],
    ['an unknown mode', { ...start, mode: 'all' }],
    ['a time that is none', { ...start, startedAt: '5' }],
    ['a fingerprint that is none', { ...start, fingerprint: 7 }],
    ['an unknown phase', { ...start, state: { ...start.state, phase: 'paused' } }],
    ['an unknown step', { ...start, state: { phase: 'working', progress: { step: 'sleep' } } }],
    ['a step without names', { ...start, state: { phase: 'working', progress: { step: 'read' } } }],
    [
      'an unknown cookie',
      { ...start, state: { phase: 'working', progress: { step: 'read', found: ['sid'] } } },
    ],
    [
      'a bad ending to come',
      {
        ...start,
        state: { phase: 'working', progress: { ...confirm, ending: 'offline' } },
      },
    ],
    ['an unknown outcome', { ...asking, state: { ...asking.state, outcome: { kind: 'fine' } } }],
    ['an outcome without fates', { ...asking, state: { ...asking.state, outcome: fateless } }],
    [
      'an unknown fate',
      {
        ...asking,
        state: {
          ...asking.state,
          outcome: { ...good, cookies: { ...cookies, SESSDATA: 'eaten' } },
        },
      },
    ],
    ['an unknown revocation', { ...asking, state: { ...asking.state, revocation: 'maybe' } }],
    ['no word of being seen', { ...asking, state: { ...asking.state, seen: undefined } }],
  ])('is refused: %s', (_, stored) => {
    expect(v.is(recordSchema, stored)).toBe(false);
  });
});
