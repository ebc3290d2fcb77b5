import * as v from 'valibot';
import { type LogOutRecord, recordSchema } from '../core/record.ts';
import { memory, onMemoryChanged } from './memory.ts';

const prefix = 'log-out:';

/** The records of log-outs, one for each cookie store, kept in memory by the browser. */
export interface Records {
  all(): Promise<LogOutRecord[]>;
  put(record: LogOutRecord): Promise<void>;
  remove(storeId: string): Promise<void>;
}

/** What is stored under our keys. */
async function readStored(): Promise<[key: string, stored: unknown][]> {
  return Object.entries(await memory.all()).filter(([key]) => key.startsWith(prefix));
}

/** All the records, for pages: they trust what the worker, which alone writes them, has written. */
export async function readRecords(): Promise<LogOutRecord[]> {
  return (await readStored()).map(([, stored]) => stored as LogOutRecord);
}

/** Calls back after the worker has changed a record; without one where it was forgotten. */
export function onRecordChanged(
  listener: (storeId: string, record: LogOutRecord | undefined) => void,
): void {
  onMemoryChanged((key, stored) => {
    if (key.startsWith(prefix)) {
      listener(key.slice(prefix.length), stored as LogOutRecord | undefined);
    }
  });
}

/**
 * The records of a former worker. What another version has left may not be understood, and goes: the
 * pages would draw it.
 */
async function takeOver(): Promise<LogOutRecord[]> {
  const records: LogOutRecord[] = [];
  for (const [key, stored] of await readStored()) {
    const parsed = v.safeParse(recordSchema, stored);
    // One under another store's key would take the place of that store's own.
    if (parsed.success && key === prefix + parsed.output.storeId) records.push(parsed.output);
    else await memory.remove(key).catch(() => undefined);
  }
  return records;
}

/** The worker's view of the records: the only one that writes, one write after another. */
export function createRecords(): Records {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    all: () => inTurn(takeOver),
    put: (record) => inTurn(() => memory.set(prefix + record.storeId, record)),
    remove: (storeId) => inTurn(() => memory.remove(prefix + storeId)),
  };
}
