import fc from 'fast-check';

/**
 * How many cases a property is shown, and from which seed. `npm run fuzz` sets both; else the seed
 * is another one each time, and is printed with a failure.
 */
export function cases(usual: number): { readonly numRuns: number; readonly seed?: number } {
  const { FUZZ_TIMES = '1', FUZZ_SEED } = process.env;
  return {
    numRuns: usual * Number(FUZZ_TIMES),
    ...(FUZZ_SEED !== undefined && { seed: Number(FUZZ_SEED) }),
  };
}

/** Mostly one thing, sometimes another. */
export const mostly = <A, B>(usual: fc.Arbitrary<A>, rare: fc.Arbitrary<B>) =>
  fc.oneof({ arbitrary: usual, weight: 4 }, { arbitrary: rare, weight: 1 });

/** Texts, those with lone halves of characters among them. Not fast-check's `binary`: 0.7 s to set up. */
export const anyText = fc.oneof(
  fc.string(),
  fc.array(fc.nat(0xffff), { maxLength: 10 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.nat(0x10ffff), { maxLength: 10 }).map((points) => String.fromCodePoint(...points)),
);

const nested = (depth: number): unknown =>
  Array.from({ length: depth }).reduce<unknown>((inner) => ({ state: [inner] }), null);

/** Values as JSON knows them, with those that programs trip over. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -0, 1, -1, 0.5, 1e21, 2 ** 53, 5e-324, -101),
  fc.constantFrom<unknown>('', '0', '-101', 'true', 'null', 'constructor', '__proto__', '\ud800'),
  fc.constantFrom<unknown>([], {}, [[]], [null], { length: 1 }, { toString: 1 }, { valueOf: null }),
  fc.constant(JSON.parse('{"__proto__":{"code":0}}')),
  fc.constantFrom('x', '安', '\ud83d').map((unit) => unit.repeat(1_000)),
  fc.nat(100).map(nested),
  anyText,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Values that a browser may store, or hand over with a message. */
export const anyValue: fc.Arbitrary<unknown> = mostly(
  anyJson,
  fc.constantFrom<unknown>(
    ...[undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, new Date(Number.NaN), new Map()],
  ),
);

/** Something that was whole, with one thing in it changed, gone or added. */
export const mangled = (whole: fc.Arbitrary<unknown>, others = anyValue): fc.Arbitrary<unknown> =>
  fc
    .record({
      value: whole,
      where: fc.nat(),
      how: fc.constantFrom('change', 'change', 'remove', 'add', 'wrap'),
      other: others,
      key: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'length'), anyText),
    })
    .map(({ value, where, how, other, key }) => {
      const places = placesIn(value);
      const result = changed(value, places[where % places.length] ?? [], (one) => {
        if (how === 'remove') return gone;
        if (how === 'wrap') return [one];
        if (how === 'change' || typeof one !== 'object') return other;
        return Array.isArray(one) ? [...one, other] : { ...one, [key]: other };
      });
      return result === gone ? undefined : result;
    });

const gone = Symbol('gone');

/** The way to each thing in a value, itself included. */
function placesIn(value: unknown, way: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [way];
  return [way, ...Object.entries(value).flatMap(([key, one]) => placesIn(one, [...way, key]))];
}

function changed(
  value: unknown,
  [key, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value);
  const entries = Object.entries(value as object)
    .map(([name, one]): [string, unknown] => [
      name,
      name === key ? changed(one, rest, change) : one,
    ])
    .filter(([, one]) => one !== gone);
  return Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}
