import { getEventListeners } from "node:events";
import { expect, test, vi } from "vitest";
import { scripted, untilAborted } from "./support.ts";

const reason = new Error("the daemon ends");

test.each([0, 3])("a run that the daemon's end cuts short has no outcome, with %i retries", async (retries) => {
  const shutdown = new AbortController();
  const { process, journal, message } = scripted({
    message: { retries },
    handler: { run: ({ signal }) => untilAborted(signal) },
    env: { shutdown: shutdown.signal },
  });
  const running = process.run(await process.open());
  shutdown.abort(reason);
  await expect(running).rejects.toBe(reason);
  expect(journal.states(message)).toEqual(["started 1"]);
});

test("no run begins once the daemon ends", async () => {
  const shutdown = new AbortController();
  const run = vi.fn(async () => ({}));
  const { process } = scripted({ handler: { run }, env: { shutdown: shutdown.signal } });
  const opened = await process.open();
  shutdown.abort(reason);
  await expect(process.run(opened)).rejects.toBe(reason);
  expect(run).not.toHaveBeenCalled();
});

test("a run leaves nothing behind with the signal of the daemon's end", async () => {
  const { signal } = new AbortController();
  await scripted({ env: { shutdown: signal } }).through();
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("the daemon's end reaches the handler with its reason", async () => {
  const shutdown = new AbortController();
  let seen: AbortSignal | undefined;
  const { process } = scripted({
    handler: {
      run: async ({ signal }) => {
        seen = signal;
        shutdown.abort(reason);
        return {};
      },
    },
    env: { shutdown: shutdown.signal },
  });
  await process.run(await process.open());
  expect(seen?.reason).toBe(reason);
});
