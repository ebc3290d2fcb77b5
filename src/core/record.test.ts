import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Progress } from './log-out.ts';
import { fatesOf, type Outcome } from './outcome.ts';
import {
  advanced,
  begun,
  ended,
  type LogOutRecord,
  needsAttention,
  proved,
  recordSchema,
  seen,
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
