import { expect, test } from "vitest";
import { progressLine, storingLine } from "../../../../src/cli/render/progress.ts";
import type { State } from "../../../../src/protocol/ack.ts";
import { outcomeOf, type Outcome } from "../../../../src/send/outcome.ts";

test("shows how many are done, failed, running, retrying and queued, and which are missing", () => {
  const outcomes = [of("a", "succeeded"), of("b", "failed"), of("c", "started"), of("d"), of("e", "retrying")];
  expect(progressLine(outcomes, 12_400)).toBe(
    "2 of 5 done, 1 failed, 1 running, 1 retrying, 1 queued, 12s, missing: c, d, e",
  );
});

test("of many missing nodes it shows a few", () => {
  const outcomes = Array.from({ length: 300 }, (_, index) => of(`n${index}`));
  expect(progressLine(outcomes, 0)).toBe("0 of 300 done, 300 queued, 0s, missing: n0, n1, n2, n3, n4 and 295 more");
});

test("shows how many are stored, before the wait begins", () => {
  expect(storingLine(2000, 10_000, 2600)).toBe("2000 of 10000 stored, 3s");
  expect(storingLine(2000, 10_000, 2600, 12)).toBe("2000 of 10…");
});

test("never uses the full width of the terminal", () => {
  const outcomes = [of("a".repeat(60)), of("b".repeat(60))];
  for (const width of [1, 20, 60, 80]) expect(progressLine(outcomes, 0, width).length).toBeLessThan(Math.max(2, width));
});

function of(node: string, state?: State): Outcome {
  const address = { node, messageType: "command", subject: "exec", id: "x" } as const;
  return outcomeOf(address, state && { ...address, state, attempt: 1, instance: "i" });
}
