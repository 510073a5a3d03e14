import { expect, test, vi } from "vitest";
import { RunError } from "../../../../src/handlers/define.ts";
import { quiet } from "../support.ts";
import { scripted, untilAborted } from "./support.ts";

const slow = { run: ({ signal }: { readonly signal: AbortSignal }) => untilAborted(signal) };

test.each([
  ["the message's", { message: { timeout: "20ms" }, handler: { timeout: 60_000 } }, 20],
  ["the handler's", { handler: { timeout: 30 } }, 30],
  ["the node's", { env: { settings: { timeout: 40 } } }, 40],
])("a run ends at %s timeout", async (_whose, { handler, ...script }: Parameters<typeof scripted>[0] & object, ms) => {
  const { through } = scripted({ ...script, handler: { ...handler, ...slow } });
  const final = await through();
  expect(final).toMatchObject({ state: "failed", error: { code: "timedOut" } });
  expect(final.error?.message).toContain(`${ms} ms`);
});

test("what a run brought until its timeout is kept", async () => {
  const output = { stdout: "so far\n", stderr: "" };
  const run = ({ signal }: { readonly signal: AbortSignal }) =>
    untilAborted(signal).catch(() =>
      Promise.reject(new RunError("killedBySignal", "ended", { output, signal: "SIGTERM" })),
    );
  expect(await scripted({ message: { timeout: "10ms" }, handler: { run } }).through()).toMatchObject({
    state: "failed",
    error: { code: "timedOut" },
    output,
    signal: "SIGTERM",
  });
});

test("a run that ends well at the signal has timed out all the same", async () => {
  const run = ({ signal }: { readonly signal: AbortSignal }) => untilAborted(signal).catch(() => ({ exitCode: 0 }));
  expect(await scripted({ message: { timeout: "10ms" }, handler: { run } }).through()).toMatchObject({
    state: "failed",
    error: { code: "timedOut" },
    exitCode: 0,
  });
});

test("a timeout may be retried", async () => {
  const run = vi.fn<() => Promise<object>>(async () => ({})).mockImplementationOnce(() => quiet().then(() => ({})));
  const first = vi.fn(({ signal }: { readonly signal: AbortSignal }) =>
    first.mock.calls.length === 1 ? untilAborted(signal) : run(),
  );
  const { through, journal, message } = scripted({ message: { timeout: "10ms", retries: 1 }, handler: { run: first } });
  await through();
  expect(journal.states(message)).toEqual(["started 1", "retrying 1", "started 2", "succeeded 2"]);
});

test("a timeout longer than a timer can keep does not end the run at once", async () => {
  const { process } = scripted({ message: { timeout: "30d" }, handler: slow });
  const ended = vi.fn<() => void>();
  void process.run(await process.open()).finally(ended);
  await vi.waitFor(quiet);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ended).not.toHaveBeenCalled();
});

test("a run leaves no timer behind", async () => {
  const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  await scripted({ message: { timeout: "1h" } }).through();
  expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length).toBe(before);
});

test("a handler that does not heed its signal holds its message up until it ends", async () => {
  const { process, journal, message } = scripted({
    message: { timeout: "5ms" },
    handler: { run: () => new Promise<never>(() => {}) },
  });
  const ended = vi.fn<() => void>();
  void process.run(await process.open()).finally(ended);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ended).not.toHaveBeenCalled();
  expect(journal.states(message)).toEqual(["started 1"]);
});
