import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RunError, TerminalError, type RunContext, type RunResult } from "../../../src/handlers/define.ts";
import { Attempt, type Interruption, type RunOutcome } from "../../../src/node/attempt.ts";
import { handlerWith } from "./test-parts.ts";
import { gate, messageWith } from "./support.ts";

const killGrace = 5000;
const cancelled = { by: "me", at: "2026-01-31T12:00:00.000Z", was: "running" } as const;
const interruptions: Interruption[] = [{ kind: "cancelled", cancelled }, { kind: "cutOff" }, { kind: "abandoned" }];
const result = { exitCode: 0, output: { stdout: "so far\n", stderr: "" } };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  const left = vi.getTimerCount();
  vi.useRealTimers();
  if (left > 0) throw new Error(`${left} timers left behind`);
});

function begin(
  run: (context: RunContext) => Promise<RunResult>,
  timeoutMs: number = 60_000,
): { attempt: Attempt; outcome: Promise<RunOutcome> } {
  const attempt = new Attempt(killGrace);
  const context = { message: messageWith(), data: [], env: {}, dataDir: "" };
  // Not as `defineHandler` makes it, which lets nothing throw before there is a promise.
  const withSignal: RunContext = {
    ...context,
    get signal() {
      return attempt.openSignal();
    },
  };
  return { attempt, outcome: attempt.run({ ...handlerWith(), run }, withSignal, timeoutMs) };
}

const forEver = (): Promise<never> => new Promise(() => {});
const untilTold = async ({ signal }: RunContext): Promise<RunResult> => {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return result;
};

test("a run that ends by itself returns its result", async () => {
  expect(await begin(async () => result).outcome).toEqual({ kind: "succeeded", ack: result });
});

test("a run that fails returns the error, with its result", async () => {
  const failed = begin(() => Promise.reject(new RunError("exitCode", "exit code 1", result))).outcome;
  const error = { code: "exitCode", message: "exit code 1", isTerminal: false, isNotNow: false };
  expect(await failed).toEqual({ kind: "failed", ack: result, error });
  const ended = begin(() => Promise.reject(new TerminalError("badData", "never"))).outcome;
  expect(await ended).toMatchObject({ kind: "failed", error: { code: "badData", isTerminal: true } });
});

test("a handler that throws before there is a promise has failed", async () => {
  const { outcome } = begin(() => {
    throw new Error("at once");
  });
  expect(await outcome).toMatchObject({ kind: "failed", error: { code: "handlerFailed", message: "at once" } });
});

test("at its timeout a run is asked to end, and has failed even if it then ends well", async () => {
  let reason: unknown;
  const { outcome } = begin(async (context) => {
    const ended = await untilTold(context);
    reason = context.signal.reason;
    return ended;
  }, 1000);
  await vi.advanceTimersByTimeAsync(999);
  expect(reason).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome).toMatchObject({ kind: "failed", ack: result, error: { code: "timedOut", isTerminal: false } });
  expect(reason).toMatchObject({ code: "timedOut" });
});

test.each(interruptions)("a run that is $kind ends at its signal, with its result so far", async (why) => {
  for (const ends of [
    untilTold,
    (context: RunContext) => untilTold(context).then(() => Promise.reject(new RunError("exitCode", "", result))),
  ]) {
    const { attempt, outcome } = begin(ends);
    attempt.interrupt(why);
    expect(await outcome).toEqual({ kind: "interrupted", ack: result, why });
  }
});

test("the first reason counts", async () => {
  const { attempt, outcome } = begin(untilTold, 10);
  attempt.interrupt({ kind: "cutOff" });
  attempt.interrupt({ kind: "abandoned" });
  await vi.advanceTimersByTimeAsync(10);
  expect(await outcome).toMatchObject({ why: { kind: "cutOff" } });
});

test.each(interruptions)(
  "a handler that never settles is given up once it has had its time, when it is $kind",
  async (why) => {
    const { attempt, outcome } = begin(forEver);
    const settled = vi.fn<(outcome: RunOutcome) => void>();
    void outcome.then(settled);
    await vi.advanceTimersByTimeAsync(30_000);
    attempt.interrupt(why);
    await vi.advanceTimersByTimeAsync(killGrace + 2999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalledExactlyOnceWith({ kind: "interrupted", ack: {}, why });
  },
);

test("a handler that never settles has timed out, and its later actions change nothing", async () => {
  const late = gate();
  const { outcome } = begin(() => late.promise.then(() => result), 1000);
  await vi.advanceTimersByTimeAsync(1000 + killGrace + 3000);
  expect(await outcome).toMatchObject({ kind: "failed", ack: {}, error: { code: "timedOut" } });
  late.fail(new Error("too late"));
  await vi.advanceTimersByTimeAsync(0);
});

test("a run that succeeds in the very moment in which it is interrupted was interrupted", async () => {
  const ending = gate();
  const { attempt, outcome } = begin(() => ending.promise.then(() => result));
  ending.open();
  attempt.interrupt({ kind: "cancelled", cancelled });
  expect(await outcome).toMatchObject({ kind: "interrupted", ack: result });
});

test("a run that ended is not interrupted any more, and no timer is set for it", async () => {
  const { attempt, outcome } = begin(async () => result);
  expect(await outcome).toMatchObject({ kind: "succeeded" });
  attempt.interrupt({ kind: "cutOff" });
  expect(vi.getTimerCount()).toBe(0);
});
