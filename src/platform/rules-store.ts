import * as v from 'valibot';
import {
  type Done,
  type Due,
  ofStores,
  type RulesState,
  rules,
  rulesSchema,
} from '../core/rules.ts';
import { isPrivate } from '../core/store.ts';
import { browser } from './browser.ts';
import { isFirefox } from './build.ts';
import { memory, onMemoryChanged } from './memory.ts';
import { storeOf } from './stores.ts';

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

/** What the rules remember of the stores of this context, for the worker. */
export async function readRules(): Promise<RulesState> {
  const found = await Promise.all(areas.map(readArea));
  return isFirefox ? joined(found) : (found[0] as RulesState);
}

/**
 * What of it pages show. The library that checks it would be a tenth of their scripts: they pass over
 * what they could not draw, and the worker, which alone writes it, mends the rest.
 */
export async function lookAtRules(): Promise<Pick<RulesState, 'due' | 'done'>> {
  const found = (await Promise.all(areas.map((area) => area.read()))).map(Object);
  return {
    due: found.flatMap(({ due }) => drawnIn<Due>(due)),
    done: found.flatMap(({ done }) => drawnIn<Done>(done)).filter(({ outcome }) => outcome?.kind),
  };
}

function drawnIn<T extends Pick<Due, 'rule' | 'at'>>(list: unknown): T[] {
  return (Array.isArray(list) ? list : []).filter(
    (one: T | null) =>
      rules.some((rule) => rule === one?.rule) && new Date(one?.at ?? '').getTime() > 0,
  );
}

const joined = (found: readonly RulesState[]): RulesState => ({
  open: found.flatMap(({ open }) => open),
  due: found.flatMap(({ due }) => due),
  done: found.flatMap(({ done }) => done),
  givenUp: found.flatMap(({ givenUp }) => givenUp),
});

/** Calls back after the worker has changed what the rules remember. */
export function onRulesChanged(listener: () => void): void {
  if (areas.includes(disk)) {
    browser.storage.local.onChanged.addListener((changes) => {
      if (key in changes) listener();
    });
  }
  if (areas.includes(untilEnd)) {
    onMemoryChanged((changed) => {
      if (changed === key) listener();
    });
  }
}

async function readArea(area: Area): Promise<RulesState> {
  const stored = await area.read();
  const parsed = v.safeParse(rulesSchema, stored);
  if (parsed.success) {
    known.set(area, textOf(parsed.output));
    return parsed.output;
  }
  // What another version has left may not be understood, and goes with the next writing: one log-out
  // that is due takes no other with it.
  known.set(area, stored === undefined ? '' : 'not understood');
  const lists = Object(stored) as Record<keyof RulesState, unknown>;
  const { open, due, done } = rulesSchema.entries;
  return {
    open: understoodIn(lists.open, open.item),
    due: understoodIn(lists.due, due.item),
    done: understoodIn(lists.done, done.item),
    givenUp: understoodIn(lists.givenUp, v.string()),
  };
}

function understoodIn<T>(list: unknown, schema: v.GenericSchema<unknown, T>): T[] {
  return (Array.isArray(list) ? list : []).flatMap((one) => {
    const parsed = v.safeParse(schema, one);
    return parsed.success ? [parsed.output] : [];
  });
}

/** Stores what the rules remember, where it has changed since it was read. Only the worker does. */
export async function writeRules(rules: RulesState): Promise<void> {
  await Promise.all(
    areas.map(async (area) => {
      const isHere = (storeId: string) => isPrivate(storeOf(storeId)) === area.isPrivate;
      // Chromium's contexts know but one kind of store each.
      const own = isFirefox ? ofStores(rules, isHere) : rules;
      const text = textOf(own);
      if (text === known.get(area)) return;
      await (text === '' ? area.remove() : area.set(own));
      known.set(area, text);
    }),
  );
}

const offered = 'rulesOffered';

/** Resolves with true the first time that it is asked, in all the time that the extension is there. */
export async function isFirstOffer(): Promise<boolean> {
  if ((await browser.storage.local.get(offered))[offered]) return false;
  await browser.storage.local.set({ [offered]: true });
  return true;
}
