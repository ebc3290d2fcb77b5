import * as v from 'valibot';
import browser from 'webextension-polyfill';
import { type LogOutRecord, recordSchema } from '../core/record.ts';

const prefix = 'log-out:';

/** The records of log-outs, one for each cookie store, kept in memory by the browser. */
export interface Records {
  all(): Promise<LogOutRecord[]>;
  put(record: LogOutRecord): Promise<void>;
  /**
   * Changes the record with this id; nothing happens when a later log-out has taken its place.
   * @returns the changed record, if it was there.
   */
  change(
    storeId: string,
    id: string,
    change: (record: LogOutRecord) => LogOutRecord,
  ): Promise<LogOutRecord | undefined>;
}

/** The record of one store's current or last log-out; one that cannot be understood is none. */
export async function readRecord(storeId: string): Promise<LogOutRecord | undefined> {
  const key = prefix + storeId;
  return parse((await browser.storage.session.get(key))[key]);
}

/** Calls back after any change of the records. */
export function onRecordsChanged(listener: () => void): void {
  browser.storage.session.onChanged.addListener(() => listener());
}

function parse(stored: unknown): LogOutRecord | undefined {
  const parsed = v.safeParse(recordSchema, stored);
  return parsed.success ? parsed.output : undefined;
}

/** The worker's view of the records: the only one that writes, one write after another. */
export function createRecords(): Records {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
  const write = (record: LogOutRecord) =>
    browser.storage.session.set({ [prefix + record.storeId]: record });

  return {
    all: () =>
      inTurn(async () => {
        const stored = await browser.storage.session.get(null);
        return Object.entries(stored)
          .filter(([key]) => key.startsWith(prefix))
          .map(([, value]) => parse(value))
          .filter((record) => record !== undefined);
      }),
    put: (record) => inTurn(() => write(record)),
    change: (storeId, id, change) =>
      inTurn(async () => {
        const record = await readRecord(storeId);
        if (record?.id !== id) return undefined;
        const changed = change(record);
        await write(changed);
        return changed;
      }),
  };
}
