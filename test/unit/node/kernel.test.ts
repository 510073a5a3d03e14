import fc from "fast-check";
import { expect, test } from "vitest";
import { RunError, TerminalError } from "../../../src/handlers/define.ts";
import { judge } from "../../../src/node/kernel.ts";
import { maxRetryWait, nodeDefaults } from "../../../src/node/settings.ts";
import { messageWith } from "./support.ts";

const error = new RunError("exitCode", "exit code 1");
const waits = (message: object, attempt: number, defaults = nodeDefaults): number => {
  const verdict = judge({ message: messageWith({ retries: 1000, ...message }), attempt, error }, defaults);
  return verdict.kind === "retry" ? verdict.afterMs : Number.NaN;
};

test.each([
  ["without retries", {}, 1, "continue"],
  ["with retries left", { retries: 2 }, 2, "retry"],
  ["with its retries used up", { retries: 2 }, 3, "continue"],
  ["with the retries of a former life used up as well", { retries: 2 }, 9, "continue"],
  ["that may run at most once", { delivery: "atMostOnce" }, 1, "continue"],
] as const)("a failed run of a message %s", (_which, message, attempt, kind) => {
  expect(judge({ message: messageWith(message), attempt, error }, nodeDefaults).kind).toBe(kind);
});

test("the node's retries count where the message says nothing, and not for at most once", () => {
  const judged = (message: object) =>
    judge({ message: messageWith(message), attempt: 1, error }, { ...nodeDefaults, retries: 3 });
  expect(judged({}).kind).toBe("retry");
  expect(judged({ retries: 0 }).kind).toBe("continue");
  expect(judged({ delivery: "atMostOnce" }).kind).toBe("continue");
});

test("a terminal error uses no retries", () => {
  const terminal = new TerminalError("badData", "never");
  expect(judge({ message: messageWith({ retries: 9 }), attempt: 1, error: terminal }, nodeDefaults).kind).toBe(
    "continue",
  );
});

test("the wait doubles with each attempt up to five minutes, and is at most a quarter off", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 86_400_000 }), (attempt, first) => {
      const wait = Math.min(first * 2 ** (attempt - 1), maxRetryWait);
      const afterMs = waits({ retryWait: `${first}ms` }, attempt);
      expect(afterMs).toBeGreaterThanOrEqual(Math.floor(wait * 0.75));
      expect(afterMs).toBeLessThanOrEqual(Math.ceil(wait * 1.25));
    }),
  );
});

test("the waits of a fleet spread", () => {
  const seen = Array.from({ length: 200 }, () => waits({ retryWait: "100s" }, 1));
  expect(Math.min(...seen)).toBeLessThan(85_000);
  expect(Math.max(...seen)).toBeGreaterThan(115_000);
});

test("the first wait is the node's unless the message says", () => {
  expect(waits({}, 1, { ...nodeDefaults, retryWait: 60_000 })).toBeGreaterThanOrEqual(45_000);
  expect(waits({ retryWait: "0s" }, 1, { ...nodeDefaults, retryWait: 60_000 })).toBe(0);
});
