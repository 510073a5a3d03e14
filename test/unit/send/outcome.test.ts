import { expect, test } from "vitest";
import { exitCodeFor } from "../../../src/cli/render/outcomes.ts";
import { outcomeOf, summarise } from "../../../src/send/outcome.ts";
import { ackByHand, messageByHand } from "../../support/by-hand.ts";

const summaryOf = (...states: readonly [state: string, final?: boolean][]): ReturnType<typeof summarise> =>
  summarise(states.map(([state, final]) => outcomeOf(messageByHand(), { ...ackByHand({ state }), final })));

test("an unknown final state counts under its own name, and as a failure", () => {
  const summary = summaryOf(["succeeded"], ["skipped", true], ["skipped", true]);
  expect(summary).toEqual({ succeeded: 1, failed: 0, pending: 0, skipped: 2 });
  expect(exitCodeFor(summary)).toBe(1);
});

test("an unknown state that is not final is pending", () => {
  const summary = summaryOf(["parked", false], ["started", false]);
  expect(summary).toEqual({ succeeded: 0, failed: 0, pending: 2 });
  expect(exitCodeFor(summary)).toBe(3);
});

test.each(["pending", "constructor", "__proto__", "toString"])(
  "an end that is called %s, which means something else in a summary, counts as failed",
  (state) => {
    const summary = summaryOf([state, true]);
    expect(summary).toEqual({ succeeded: 0, failed: 1, pending: 0 });
    expect(exitCodeFor(summary)).toBe(1);
  },
);
