/** Gives a whole number from 0 up to, and without, `below`; the same numbers for the same seed. */
export type Random = (below: number) => number;

/** A generator (mulberry32) whose whole sequence follows from its seed, so that a test can be run again as it was. */
export function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** One of the list's entries. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)]!;
}
