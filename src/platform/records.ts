import * as v from 'valibot';
import { type LogOutRecord, recordSchema } from '../core/record.ts';
import { memory } from './memory.ts';

const prefix = 'log-out:';

/** The records of log-outs, one for each cookie store, kept in memory by the browser. */
export interface Records {
  all(): Promise<LogOutRecord[]>;
  put(record: LogOutRecord): Promise<void>;
  remove(storeId: string): Promise<void>;
}

/** The records as they are stored; one that cannot be understood is none. */
export async function readRecords(): Promise<LogOutRecord[]> {
  return Object.entries(await memory.all())
    .filter(([key]) => key.startsWith(prefix))
    .map(([, stored]) => v.safeParse(recordSchema, stored))
    .flatMap((parsed) => (parsed.success ? [parsed.output] : []));
}

/** Calls back after the worker has changed the records. */
export function onRecordsChanged(listener: () => void): void {
  memory.onChanged(listener);
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
    all: () => inTurn(readRecords),
    put: (record) => inTurn(() => memory.set(prefix + record.storeId, record)),
    remove: (storeId) => inTurn(() => memory.remove(prefix + storeId)),
  };
}
