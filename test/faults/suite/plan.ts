import { seeded, type Random } from "../../support/random.ts";
import type { Nemesis } from "./world.ts";

export interface PlannedStrike {
  readonly nemesis: Nemesis;
  /** What the strike draws its targets from: its own, so that no strike moves another's. */
  readonly random: Random;
  /** How long all is well before it, in milliseconds. */
  readonly pauseMs: number;
}

/** Strikes without end, each kind once in a round, in an order that follows from the seed. */
export function* planStrikes(seed: number, nemeses: readonly Nemesis[]): Generator<PlannedStrike, never> {
  const random = seeded(seed);
  for (;;) {
    for (const nemesis of shuffled(random, nemeses)) {
      yield { nemesis, random: seeded(random(2 ** 32)), pauseMs: 500 + random(2500) };
    }
  }
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const left = [...list];
  return list.map(() => left.splice(random(left.length), 1)[0]!);
}
