import fc from "fast-check";
import { expect, test } from "vitest";
import { maxRetryWait, type NodeSettings } from "../../../../src/node/settings.ts";
import { longestTimer } from "../../../../src/util/duration.ts";
import { failed, kernelWith, rule } from "./support.ts";

const waits = (message: object, attempt: number, settings: Partial<NodeSettings> = {}): number => {
  const verdict = kernelWith(settings).judgeRun(failed({ retries: 1000, ...message }, attempt));
  return verdict.kind === "retry" ? verdict.afterMs : Number.NaN;
};

test.each([
  ["without retries", {}, 1, "record"],
  ["with retries left", { retries: 2 }, 2, "retry"],
  ["with its retries used up", { retries: 2 }, 3, "record"],
  ["with the retries of a former life used up as well", { retries: 2 }, 9, "record"],
  ["that may run at most once", { delivery: "atMostOnce" }, 1, "record"],
] as const)("a failed run of a message %s", (_which, message, attempt, kind) => {
  expect(kernelWith().judgeRun(failed(message, attempt)).kind).toBe(kind);
});

test("the node's retries count where the message says nothing, and not for at most once", () => {
  const judged = (message: object) => kernelWith({ retries: 3 }).judgeRun(failed(message)).kind;
  expect(judged({})).toBe("retry");
  expect(judged({ retries: 0 })).toBe("record");
  expect(judged({ delivery: "atMostOnce" })).toBe("record");
});

test("a terminal error uses no retries", () => {
  const error = { code: "badData", isTerminal: true };
  expect(kernelWith().judgeRun({ ...failed({ retries: 9 }), error }).kind).toBe("record");
});

test("the wait doubles with each attempt up to five minutes, is at most a quarter off, and fits a timer", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: longestTimer }), (attempt, first) => {
      const wait = Math.min(first * 2 ** (attempt - 1), Math.max(first, maxRetryWait));
      const afterMs = waits({ retryWait: `${first}ms` }, attempt);
      expect(afterMs).toBeGreaterThanOrEqual(Math.floor(wait * 0.75));
      expect(afterMs).toBeLessThanOrEqual(Math.min(longestTimer, Math.ceil(wait * 1.25)));
    }),
    { examples: [[1, longestTimer]] },
  );
});

test("the waits of a fleet spread", () => {
  const seen = Array.from({ length: 200 }, () => waits({ retryWait: "100s" }, 1));
  expect(Math.min(...seen)).toBeLessThan(85_000);
  expect(Math.max(...seen)).toBeGreaterThan(115_000);
});

test("the first wait is the node's unless the message says", () => {
  expect(waits({}, 1, { retryWait: 60_000 })).toBeGreaterThanOrEqual(45_000);
  expect(waits({ retryWait: "0s" }, 1, { retryWait: 60_000 })).toBe(0);
});

test("a rule's retries and wait come between the message's and the node's", () => {
  const kernel = kernelWith(
    { retries: 0, retryWait: 0 },
    { policy: [rule("continue", { retries: 2, retryWait: 1000 })] },
  );
  expect(kernel.judgeRun(failed({}, 2))).toMatchObject({ kind: "retry" });
  expect(kernel.judgeRun(failed({}, 3))).toEqual({ kind: "record" });
  expect(kernel.judgeRun(failed({ retries: 0 }, 1))).toEqual({ kind: "record" });
  const verdict = kernel.judgeRun(failed({}, 1));
  expect(verdict.kind === "retry" && verdict.afterMs).toBeGreaterThanOrEqual(750);
  expect(kernel.judgeRun(failed({ retryWait: "0s" }, 1))).toEqual({ kind: "retry", afterMs: 0 });
});

test("a rule for an error or a lane leaves other failures alone; the first that fits decides", () => {
  const policy = [
    rule("continue", { error: ["timedOut"], retries: 1 }),
    rule("continue", { lane: "command.pi*", retries: 3 }),
    rule("continue", { retries: 5 }),
  ];
  const kernel = kernelWith({}, { policy });
  const lastRetry = (code: string, subject: string): number =>
    [...Array(9).keys()].findIndex((retry) => kernel.judgeRun(failed({ subject }, retry + 1, code)).kind === "record");
  expect(lastRetry("timedOut", "ping")).toBe(1);
  expect(lastRetry("exitCode", "ping")).toBe(3);
  expect(lastRetry("exitCode", "other")).toBe(5);
});

test("under the verdict `retry` a message is tried without limit, but not an at-most-once one, nor after a terminal error", () => {
  const kernel = kernelWith({}, { policy: [rule("retry")] });
  expect(kernel.judgeRun(failed({ retries: 0 }, 100_000)).kind).toBe("retry");
  expect(kernel.judgeRun(failed({ delivery: "atMostOnce" })).kind).toBe("record");
  expect(kernel.judgeRun({ ...failed(), error: { code: "badData", isTerminal: true } }).kind).toBe("record");
});
