import { expect, it } from "vitest";
import { planStrikes } from "../../faults/suite/plan.ts";
import type { Nemesis } from "../../faults/suite/world.ts";

const nemeses = ["a", "b", "c", "d", "e"].map((name): Nemesis => ({
  name,
  fits: "both",
  strike: () => Promise.resolve(),
}));

/** What the first strikes are, when and at what; where `drawn` says how many numbers each strike draws. */
function strikes(seed: number, drawn: number = 1): string[] {
  const plan = planStrikes(seed, nemeses);
  return Array.from({ length: 20 }, () => {
    const { nemesis, random, pauseMs } = plan.next().value;
    const numbers = Array.from({ length: drawn }, () => random(1000));
    return `${nemesis.name} ${pauseMs} ${numbers[0]}`;
  });
}

it("plans the same strikes for the same seed, however much each draws", () => {
  expect(strikes(1, 7)).toEqual(strikes(1));
  expect(strikes(2)).not.toEqual(strikes(1));
});

it("lets each kind strike once in a round, and not always in the same order", () => {
  const names = strikes(1).map((strike) => strike[0]!);
  const rounds = [0, 5, 10, 15].map((from) => names.slice(from, from + 5).join(""));
  expect(rounds.map((round) => round.split("").toSorted().join(""))).toEqual(rounds.map(() => "abcde"));
  expect(new Set(rounds).size).toBeGreaterThan(1);
});
