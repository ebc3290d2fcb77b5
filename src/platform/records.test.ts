import { beforeEach, expect, it, vi } from 'vitest';
import { begun } from '../core/record.ts';

const stored = vi.hoisted(() => new Map<string, unknown>());
const memory = vi.hoisted(() => ({
  all: vi.fn(),
  set: vi.fn(),
  remove: vi.fn(),
  onChanged: vi.fn(),
}));
vi.mock('./memory.ts', () => ({ memory }));

const { createRecords, readRecords } = await import('./records.ts');

const recordOf = (storeId: string, id = 'i') =>
  begun({
    ...{ id, storeId, trigger: 'popup', mode: 'server', startedAt: 0 },
    ...{ sessions: [], found: [] },
  });

beforeEach(() => {
  stored.clear();
  memory.all.mockImplementation(async () => Object.fromEntries(stored));
  memory.set.mockImplementation(async (key: string, value: unknown) => {
    stored.set(key, structuredClone(value));
  });
  memory.remove.mockImplementation(async (key: string) => void stored.delete(key));
});

it('there is one record for each store, the newest', async () => {
  const records = createRecords();
  for (const record of [recordOf('0'), recordOf('1'), recordOf('0', 'j')])
    await records.put(record);
  expect(await readRecords()).toEqual([recordOf('0', 'j'), recordOf('1')]);
  await records.remove('0');
  expect(await records.all()).toEqual([recordOf('1')]);
});

it('what cannot be understood is none, and takes no other with it', async () => {
  await createRecords().put(recordOf('0'));
  stored.set('log-out:1', { ...recordOf('1'), state: { phase: 'confirm' } });
  // Well-formed, but under another store's key.
  stored.set('log-out:2', recordOf('0', 'j'));
  stored.set('another', recordOf('2'));
  expect(await createRecords().all()).toEqual([recordOf('0')]);
  // The pages would draw it.
  expect([...stored.keys()].sort()).toEqual(['another', 'log-out:0']);
});

it('one write follows another, also after one that failed: the last one asked for counts', async () => {
  const records = createRecords();
  memory.set.mockImplementationOnce(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    throw new Error('quota');
  });
  const writes = [records.put(recordOf('0')), records.remove('0'), records.put(recordOf('0', 'j'))];
  expect((await Promise.allSettled(writes)).map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect(await records.all()).toEqual([recordOf('0', 'j')]);
});
