import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { accountCookieNames } from '../core/cookie.ts';
import { isGood } from '../core/outcome.ts';
import {
  isCurrent,
  isUnsettled,
  type LogOutRecord,
  livingOf,
  needsAttention,
  withoutWorker,
  withSeen,
} from '../core/record.ts';
import { anyText, anyValue, cases, mangled, mostly } from '../core/testing/fuzz.ts';
import { recordOf } from '../core/testing/stored.ts';

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

const memory = vi.hoisted(() => ({ all: vi.fn(), set: vi.fn(), remove: vi.fn() }));
vi.mock('./memory.ts', () => ({ memory, onMemoryChanged: vi.fn() }));
const { createRecords } = await import('./records.ts');

const storeIds = ['0', '1', 'firefox-default', 'firefox-container-2'] as const;
const anyOf = fc.oneof(...storeIds.map(recordOf));
/** What stands under the keys of some stores, one key each. */
const whole = fc.tuple(...storeIds.slice(0, 2).map(recordOf));
const broken = fc.dictionary(
  fc.constantFrom(
    'log-out:firefox-default',
    'log-out:firefox-container-2',
    'log-out:',
    'log-out:9',
  ),
  mostly(mangled(anyOf), anyValue),
);
const others = fc.dictionary(
  anyText.filter((key) => !key.startsWith('log-out:')),
  anyValue,
);

/** Whether a record has all that is read of it. */
function expectUsable(record: LogOutRecord): void {
  expect(record).toMatchObject({
    ...{ id: expect.any(String), storeId: expect.any(String), startedAt: expect.any(Number) },
    ...{ sessions: expect.any(Array), found: expect.any(Array) },
  });
  expect(['server', 'local']).toContain(record.mode);
  expect(['popup', 'context-menu', 'shortcut', 'rule']).toContain(record.trigger);
  expect(record.sessions.every((one) => typeof one === 'string')).toBe(true);
  expect(record.found.every((name) => accountCookieNames.includes(name))).toBe(true);
  const { state } = record;
  if (state.phase === 'working') {
    const { step, asked, ended, left } = state.progress;
    expect(['revoke', 'clear']).toContain(step);
    expect(asked).toBeTypeOf('boolean');
    expect(left.every((name) => accountCookieNames.includes(name))).toBe(true);
    for (const { fingerprint, by } of ended)
      expect([typeof fingerprint, ['yes', 'dead'].includes(by)]).toEqual(['string', true]);
  } else {
    expect(state.phase).toBe('ended');
    expect(state.endedAt).toBeTypeOf('number');
    expect([...state.kept, ...state.dead].every((one) => typeof one === 'string')).toBe(true);
    if (isGood(state.outcome)) expect(Object.keys(state.outcome.cookies)).toHaveLength(4);
  }
  for (const one of [record, withoutWorker(record), withSeen(record)])
    expect([isCurrent(one, ['print']), isUnsettled(one), needsAttention(one)]).toHaveLength(3);
  expect(livingOf(record, ['print'])).toBeInstanceOf(Array);
}

it('a stored record that is broken is none, and takes neither another record nor anything else with it', async () => {
  await fc.assert(
    fc.asyncProperty(whole, broken, others, fc.boolean(), async (records, bad, beside, fails) => {
      const good = Object.fromEntries(records.map((one) => [`log-out:${one.storeId}`, one]));
      const stored = new Map<string, unknown>(Object.entries({ ...beside, ...bad, ...good }));
      memory.all.mockImplementation(async () => Object.fromEntries(stored));
      memory.remove.mockImplementation(async (key: string) => {
        if (fails) throw new Error('The storage is full.');
        stored.delete(key);
      });
      const found = await createRecords().all();
      for (const record of records) expect(found).toContainEqual(record);
      for (const record of found) expectUsable(record);
      // One for each store, and each from its own place.
      expect(new Set(found.map(({ storeId }) => storeId)).size).toBe(found.length);
      const keys = found.map(({ storeId }) => `log-out:${storeId}`);
      const left = [...Object.keys(beside), ...(fails ? Object.keys({ ...bad, ...good }) : keys)];
      expect(new Set(stored.keys())).toEqual(new Set(left));
    }),
    cases(250),
  );
});
