import fc from 'fast-check';
import { expect, it } from 'vitest';
import schema from '../../public/managed-schema.json' with { type: 'json' };
import { anyText, anyValue, cases } from '../core/testing/fuzz.ts';
import { defaultSettings, parseSettings, settingNames } from './settings.ts';

const value = fc.oneof(
  anyValue,
  fc.constantFrom<unknown>('ask', 'countdown', 'at-once', 'ASK', ['ask'], true, false),
  fc.constantFrom<unknown>(null, 0, -0, 1, 15, 240, 241, -1, 0.5, '15', [15]),
);
const own = fc.record(Object.fromEntries(settingNames.map((name) => [name, value])), {
  requiredKeys: [],
});
/** Settings with any values, beside anything else; or something else altogether. */
const areas = fc.oneof(
  { arbitrary: own, weight: 4 },
  {
    arbitrary: fc.tuple(fc.dictionary(anyText, value), own).map(([a, b]) => ({ ...a, ...b })),
    weight: 2,
  },
  { arbitrary: anyValue, weight: 1 },
);

function ownOf(area: unknown, name: string): unknown {
  const isObject = typeof area === 'object' && area !== null;
  return isObject && Object.hasOwn(area, name) ? Reflect.get(area, name) : undefined;
}

/** Whether the schema of policies, a file that Chromium reads, allows a value. */
function isAllowed(name: (typeof settingNames)[number], given: unknown): boolean {
  const one: Record<string, unknown> = schema.properties[name];
  if (one['type'] === 'boolean') return typeof given === 'boolean';
  if (one['type'] === 'string') return (one['enum'] as unknown[]).includes(given);
  const [least, most] = [one['minimum'] as number, one['maximum'] as number];
  return typeof given === 'number' && given % 1 === 0 && given >= least && given <= most;
}

it('each well-formed setting is in force, a policy’s first; a broken one is reported, and takes no other with it', () => {
  fc.assert(
    fc.property(areas, areas, (sync, managed) => {
      const { settings, locked, notUnderstood } = parseSettings({ sync, managed });
      expect(Object.keys(settings)).toEqual(settingNames);
      for (const name of settingNames) {
        const [chosen, set] = [ownOf(sync, name), ownOf(managed, name)];
        const isOff = defaultSettings[name] === null && chosen === null;
        const isChosen = isOff || isAllowed(name, chosen);
        const isSet = isAllowed(name, set);
        expect(settings[name]).toBe(isSet ? set : isChosen ? chosen : defaultSettings[name]);
        expect(locked.includes(name)).toBe(isSet);
        expect(notUnderstood.managed.includes(name)).toBe(!isSet && set !== undefined);
        const isPassedOver = !isSet && !isChosen && chosen !== undefined;
        expect(notUnderstood.sync.includes(name)).toBe(isPassedOver);
      }
    }),
    cases(500),
  );
});
