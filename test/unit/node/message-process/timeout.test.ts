import { expect, test, vi } from "vitest";
import { setTimeout as delay } from "node:timers/promises";
import { RunError, type RunContext, type RunResult } from "../../../../src/handlers/define.ts";
import { scripted, untilAborted, type Script } from "./support.ts";

const slow = async ({ signal }: RunContext): Promise<RunResult> => untilAborted(signal);

test.each<[string, Script, number]>([
  ["the message's", { message: { timeout: "20ms" }, handler: { timeout: 60_000 } }, 20],
  ["the handler's", { handler: { timeout: 30 } }, 30],
  ["the node's", { env: { settings: { timeout: 40 } } }, 40],
])("a run ends at %s timeout", async (_whose, { handler, ...script }, ms) => {
  const final = await scripted({ ...script, handler: { ...handler, run: slow } }).through();
  expect(final).toMatchObject({ state: "failed", error: { code: "timedOut" } });
  expect(final.error?.message).toContain(`${ms} ms`);
});

test("the result of a run up to its timeout is kept", async () => {
  const result = { output: { stdout: "so far\n", stderr: "" }, signal: "SIGTERM" };
  const run = vi.fn(slow).mockImplementation(async ({ signal }) => {
    await untilAborted(signal).catch(() => {});
    throw new RunError("killedBySignal", "ended", result);
  });
  const final = await scripted({ message: { timeout: "10ms" }, handler: { run } }).through();
  expect(final).toMatchObject({ state: "failed", error: { code: "timedOut" }, ...result });
});

test("a run that ends well at the signal has still timed out", async () => {
  const run = async (context: RunContext): Promise<RunResult> => slow(context).catch(() => ({ exitCode: 0 }));
  const final = await scripted({ message: { timeout: "10ms" }, handler: { run } }).through();
  expect(final).toMatchObject({ state: "failed", error: { code: "timedOut" }, exitCode: 0 });
});

test("a timeout may be retried, and each run has the whole time", async () => {
  const run = vi.fn(async () => delay(30, {})).mockImplementationOnce(slow as never);
  const { through, journal, message } = scripted({ message: { timeout: "300ms", retries: 1 }, handler: { run } });
  await through();
  expect(journal.states(message)).toEqual(["started 1", "retrying 1", "started 2", "succeeded 2"]);
});

test("a run leaves no timer behind", async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = timers();
  await scripted({ message: { timeout: "1h" } }).through();
  expect(timers()).toBe(before);
});
