import fc from 'fast-check';
import { anyText, anyValue, mangled } from '../core/testing/fuzz.ts';
import type { Request } from './messages.ts';

// For tests: what may come as a message.

const storeIds = fc.oneof(
  fc.constantFrom('0', '1', 'firefox-default', 'x'.repeat(64)),
  fc.string({ minLength: 1, maxLength: 64 }),
);
const storeId = storeIds;
const typed = <T extends string>(...types: T[]) => fc.constantFrom(...types);

/** What our pages ask for. */
export const requests: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ type: typed('log-out'), storeId, mode: typed('server', 'local') }),
  fc.record({
    type: typed('log-out-everywhere'),
    storeIds: fc.array(storeIds, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ type: typed('get-profile'), storeId, session: anyText }),
  fc.record({ type: typed('mark-seen', 'call-off', 'mark-told'), storeId }),
);

/** What anybody may send. */
export const messages: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: requests, weight: 2 },
  { arbitrary: mangled(requests), weight: 5 },
  {
    // The keys of several requests, and the types of none.
    arbitrary: fc.record(
      {
        type: fc.oneof(typed('log-out', 'log-out-everywhere', 'mark-seen', 'toString'), anyValue),
        ...{ storeId: fc.oneof(storeIds, anyValue), mode: fc.oneof(typed('local'), anyValue) },
        ...{ storeIds: fc.oneof(fc.array(anyValue), anyValue), session: anyValue },
      },
      { requiredKeys: ['type'] },
    ),
    weight: 2,
  },
  { arbitrary: anyValue, weight: 1 },
);

const keysOf: Record<Request['type'], readonly string[]> = {
  'log-out': ['mode', 'storeId', 'type'],
  'log-out-everywhere': ['storeIds', 'type'],
  'get-profile': ['session', 'storeId', 'type'],
  'mark-seen': ['storeId', 'type'],
  'call-off': ['storeId', 'type'],
  'mark-told': ['storeId', 'type'],
};

const isStoreId = (value: unknown) =>
  typeof value === 'string' && value.length > 0 && value.length <= 64;

/** Whether a message is one of ours, read apart from the protocol's schema. */
export function isRequest(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const { type, storeId: id, storeIds: ids, mode, session } = message as Record<string, unknown>;
  if (typeof type !== 'string' || !Object.hasOwn(keysOf, type)) return false;
  const keys = keysOf[type as Request['type']];
  if (Object.keys(message).sort().join() !== keys.join()) return false;
  return keys.every((key) => {
    if (key === 'storeId') return isStoreId(id);
    if (key === 'storeIds')
      return Array.isArray(ids) && ids.length > 0 && ids.length <= 1000 && ids.every(isStoreId);
    if (key === 'mode') return mode === 'server' || mode === 'local';
    return key === 'type' || typeof session === 'string';
  });
}
