import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import {
  type Due,
  firstDue,
  isAnyRuleOn,
  nextLook,
  type RulesState,
  rules,
  verdictOn,
  withActive,
  withDue,
  withNetwork,
  withOpen,
  withoutPauses,
  withSettings,
  withTry,
} from '../core/rules.ts';
import { anyJson, anyText, cases, mangled, mostly } from '../core/testing/fuzz.ts';
import { doneIn, dueIn, rulesStateOf } from '../core/testing/stored.ts';

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

/** Values as text: Chromium stores JSON. */
const disk = vi.hoisted(() => new Map<string, string>());
vi.mock('./browser.ts', () => ({
  browser: {
    extension: { inIncognitoContext: false },
    storage: {
      local: {
        get: async (key: string) => ({ [key]: read(key) }),
        set: async (items: object) => {
          for (const [key, value] of Object.entries(items)) put(key, value);
        },
        remove: async (key: string) => void disk.delete(key),
        onChanged: { addListener: () => undefined },
      },
    },
  },
}));
vi.mock('./memory.ts', () => ({ memory: {} }));
const { readRules, writeRules } = await import('./rules-store.ts');

const read = (key: string): unknown => JSON.parse(disk.get(key) ?? '{}')[0];
const put = (key: string, value: unknown) => disk.set(key, JSON.stringify({ 0: value }));

const storeId = '0';
/** Well-formed things among others, and for sure none of those. */
const among = <T>(whole: fc.Arbitrary<T>, other: fc.Arbitrary<unknown>) =>
  fc
    .array(
      fc.oneof(
        whole.map((value) => ({ isWhole: true, value: value as unknown })),
        other.map((value) => ({ isWhole: false, value })),
      ),
      { maxLength: 5 },
    )
    .map((all) => ({
      all: all.map(({ value }) => value),
      whole: all.filter(({ isWhole }) => isWhole).map(({ value }) => value as T),
    }));
/** Without one of its parts. */
const halved = <T extends object>(whole: fc.Arbitrary<T>, part: keyof T) =>
  whole.map(({ [part]: _, ...rest }) => rest);
const noObject = fc.oneof(
  fc.constantFrom<unknown>(null, 0, '', true, [], {}),
  anyText,
  anyJson.filter((value) => typeof value !== 'object'),
);
const ofLaterDays = dueIn(storeId).map((due) => ({ ...due, rule: 'moon' }));
const mixed = fc.record({
  open: among(
    anyText,
    noObject.filter((value) => typeof value !== 'string'),
  ),
  due: among(dueIn(storeId), fc.oneof(halved(dueIn(storeId), 'at'), ofLaterDays, noObject)),
  done: among(doneIn(storeId), fc.oneof(halved(doneIn(storeId), 'outcome'), noObject)),
  givenUp: among(
    anyText,
    noObject.filter((value) => typeof value !== 'string'),
  ),
});
const settings = fc.record({
  logOutAfterLastTab: fc.constantFrom(null, 0, 15),
  logOutWhenIdle: fc.constantFrom(null, 1),
  logOutWhenLocked: fc.boolean(),
  logOutAtStart: fc.boolean(),
});

it('of what the rules have stored, what is broken takes nothing else with it, and goes', async () => {
  await fc.assert(
    fc.asyncProperty(mixed, anyJson, async ({ open, due, done, givenUp }, other) => {
      disk.clear();
      put('another', other);
      put('rules', { open: open.all, due: due.all, done: done.all, givenUp: givenUp.all });
      const found = await readRules();
      const whole = {
        ...{ open: open.whole, due: due.whole, done: done.whole },
        givenUp: givenUp.whole,
      };
      expect(found).toEqual(JSON.parse(JSON.stringify(whole)));
      await writeRules(found);
      // Read by another worker, it is whole.
      expect(await readRules()).toEqual(found);
      expect<unknown>(read('rules') ?? { open: [], due: [], done: [], givenUp: [] }).toEqual(found);
      expect(read('another')).toEqual(JSON.parse(JSON.stringify(other)));
    }),
    cases(200),
  );
});

it('whatever was stored, the rules can go by what is left of it', async () => {
  const stored = mostly(mangled(rulesStateOf(storeId, '1'), anyJson), anyJson);
  await fc.assert(
    fc.asyncProperty(stored, settings, fc.nat(), async (rulesStored, chosen, now) => {
      disk.clear();
      put('rules', rulesStored);
      let state: RulesState = await readRules();
      expect(isAnyRuleOn(chosen)).toBeTypeOf('boolean');
      for (const change of [
        (one: RulesState) => withSettings(one, chosen, now),
        (one: RulesState) => withNetwork(one, true, now),
        (one: RulesState) => withoutPauses(one, now),
        withActive,
        (one: RulesState) => withOpen(one, [storeId]),
        (one: RulesState) => withDue(one, { id: 'new', storeId, rule: 'start', at: now }),
      ]) {
        state = change(state);
      }
      expect(nextLook(state, now)).toSatisfy(Number.isFinite);
      for (let count = 0; count < 10; count += 1) {
        const due = firstDue(state, now);
        if (!due) break;
        expect(rules).toContain(due.rule);
        expect(typeof due.storeId).toBe('string');
        const look = {
          ...{ isUnderWay: false, isTooEarly: false, isWatched: false },
          ...{ sessions: ['print'], presence: 'active' as const },
        };
        expect(['try', 'wait', 'drop']).toContain(verdictOn(due, look));
        const tried = withTry(state, due, ['print'], now);
        // What is tried is not due again at once.
        const isHere = (one: Due) => one.storeId === due.storeId && one.fired && one.at <= now;
        expect(tried.due.filter(isHere)).toEqual([]);
        state = tried;
      }
      expect(firstDue(state, now)).toBeUndefined();
      await writeRules(state);
      expect(await readRules()).toEqual(JSON.parse(JSON.stringify(state)));
    }),
    cases(300),
  );
});
