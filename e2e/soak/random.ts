/** Choices that follow from a seed alone. */
export interface Random {
  /** True so many times in a hundred. */
  percent(chance: number): boolean;
  /** From 0 up to, but not including, `limit`. */
  below(limit: number): number;
  pick<T>(choices: readonly T[]): T;
  /** By weight: `{ often: 9, seldom: 1 }`. */
  weighed<K extends string>(weights: Readonly<Record<K, number>>): K;
}

/** The choices of one round: the same for the same two numbers, whatever rounds came before. */
export function createRandom(seed: number, round: number): Random {
  // mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(round + 1, 0xc2b2ae35)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    percent: (chance) => next() * 100 < chance,
    below,
    pick: (choices) => choices[below(choices.length)] as never,
    weighed(weights) {
      const entries = Object.entries<number>(weights);
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        left -= weight;
        if (left < 0) return name as never;
      }
      return entries[0]?.[0] as never;
    },
  };
}
