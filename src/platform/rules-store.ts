import * as v from 'valibot';
import { ofStores, type RulesState, rulesSchema } from '../core/rules.ts';
import { browser } from './browser.ts';
import { memory } from './memory.ts';
import { isFirefox, isPrivate } from './stores.ts';

const key = 'rules';

/** Where the rules of some stores are stored. */
interface Area {
  readonly isPrivate: boolean;
  read(): Promise<unknown>;
  set(value: RulesState): Promise<void>;
  remove(): Promise<void>;
}

/** It outlives the browser's end: what is due then is made good at the next start. */
const disk: Area = {
  isPrivate: false,
  read: async () => (await browser.storage.local.get(key))[key],
  set: (value) => browser.storage.local.set({ [key]: value }),
  remove: () => browser.storage.local.remove(key),
};
/** Of private and incognito windows nothing is written to disk. */
const untilEnd: Area = {
  isPrivate: true,
  read: async () => (await memory.all())[key],
  set: (value) => memory.set(key, value),
  remove: () => memory.remove(key),
};
/** Those of this context. Chromium's two share the disk, and only one of them is at home there. */
const areas = isFirefox
  ? [disk, untilEnd]
  : [browser.extension.inIncognitoContext ? untilEnd : disk];

/** What stands in each area, as far as is known: '' for nothing. */
const known = new Map<Area, string>();

const textOf = (rules: RulesState) =>
  Object.values(rules).every(({ length }) => length === 0) ? '' : JSON.stringify(rules);

/** What the rules remember of the stores of this context. */
export async function readRules(): Promise<RulesState> {
  const found = await Promise.all(areas.map(readArea));
  return {
    open: found.flatMap(({ open }) => open),
    due: found.flatMap(({ due }) => due),
    done: found.flatMap(({ done }) => done),
  };
}

async function readArea(area: Area): Promise<RulesState> {
  const stored = await area.read();
  const parsed = v.safeParse(rulesSchema, stored);
  if (parsed.success) {
    known.set(area, textOf(parsed.output));
    return parsed.output;
  }
  // What another version has left may not be understood, and goes with the next writing.
  known.set(area, stored === undefined ? '' : 'not understood');
  return { open: [], due: [], done: [] };
}

/** Stores what the rules remember, where it has changed since it was read. Only the worker does. */
export async function writeRules(rules: RulesState): Promise<void> {
  await Promise.all(
    areas.map(async (area) => {
      const own = ofStores(rules, (storeId) => isPrivate(storeId) === area.isPrivate);
      const text = textOf(own);
      if (text === known.get(area)) return;
      await (text === '' ? area.remove() : area.set(own));
      known.set(area, text);
    }),
  );
}
