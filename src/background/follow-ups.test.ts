import { describe, expect, it, vi } from 'vitest';
import { followUps as everyFollowUp, type FollowUp } from '../core/follow-ups.ts';
import { fatesOf, type GoodKind } from '../core/outcome.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { createFollowUps } from './follow-ups.ts';

const off: Settings = defaultSettings;
const on: Settings = { ...off, biligame: true, siteData: true };

const ended = (kind: GoodKind) => ({ kind, cookies: fatesOf([], [], []) });

function setUp(stored: Settings, allowed: readonly FollowUp[]) {
  let settings = stored;
  const parts = {
    readSettings: vi.fn(async () => settings),
    switchOff: vi.fn(async (task: FollowUp) => {
      settings = { ...settings, [task]: false };
    }),
    isAllowed: vi.fn(async (task: FollowUp) => allowed.includes(task)),
    tasks: {
      biligame: vi.fn(async () => 'other-session' as const),
      siteData: vi.fn(async () => 'done' as const),
    },
  };
  return { parts, followUps: createFollowUps(parts), settings: () => settings };
}

const cases: [Settings, FollowUp[], FollowUp[]][] = [
  [off, [], []],
  [off, ['biligame', 'siteData'], []],
  [on, [], []],
  [on, ['biligame'], ['biligame']],
  [on, ['siteData'], ['siteData']],
  [on, ['biligame', 'siteData'], ['biligame', 'siteData']],
  [{ ...off, biligame: true }, ['biligame', 'siteData'], ['biligame']],
  [{ ...off, biligame: true }, ['siteData'], []],
  [{ ...off, siteData: true }, ['biligame', 'siteData'], ['siteData']],
  [{ ...off, siteData: true }, ['biligame'], []],
];

it.each(cases)(
  'what follows is what is on and allowed: %j, %j: %j',
  async (stored, allowed, tasks) => {
    const { followUps, parts } = setUp(stored, allowed);
    expect(await followUps.switchedOn()).toEqual(tasks);
    expect(parts.switchOff).not.toHaveBeenCalled();
    for (const task of Object.values(parts.tasks)) expect(task).not.toHaveBeenCalled();
  },
);

it.each<[GoodKind, FollowUp[]]>([
  ['logged-out', ['biligame', 'siteData']],
  ['session-expired', ['biligame', 'siteData']],
  // The server has ended nothing: biligame's cookies may hold the id of a living session.
  ['already-logged-out', ['siteData']],
  ['removed-locally', ['siteData']],
])('after %s follows: %j', (kind, tasks) => {
  const { followUps } = setUp(on, ['biligame', 'siteData']);
  expect(followUps.after(ended(kind), ['biligame', 'siteData'])).toEqual(tasks);
});

it.each(cases)('what is not allowed is switched off: %j, %j: %j', async (stored, allowed, left) => {
  const { followUps, parts, settings } = setUp(stored, allowed);
  await followUps.switchOffForbidden();
  const expected = {
    ...stored,
    ...{ biligame: left.includes('biligame'), siteData: left.includes('siteData') },
  };
  expect(settings()).toEqual(expected);
  const gone = everyFollowUp.filter((task) => stored[task] && !expected[task]);
  expect(parts.switchOff.mock.calls).toEqual(gone.map((task) => [task]));
});

it('what was switched off stays so when it is allowed again', async () => {
  const { followUps, parts, settings } = setUp(on, ['siteData']);
  await followUps.switchOffForbidden();
  parts.isAllowed.mockImplementation(async () => true);
  await followUps.switchOffForbidden();
  expect(settings()).toEqual({ ...off, siteData: true });
});

describe('a task is run', () => {
  const result = { outcome: ended('logged-out'), kept: [], dead: [], endedIds: ['id'] };
  it.each([
    ['biligame', 'other-session'],
    ['siteData', 'done'],
  ] as const)('by its own means: %s', async (task, ending) => {
    const { followUps, parts } = setUp(on, []);
    expect(await followUps.run(task, '7', result)).toBe(ending);
    for (const [name, run] of Object.entries(parts.tasks)) {
      expect(run.mock.calls).toEqual(name === task ? [['7', result]] : []);
    }
  });
});
