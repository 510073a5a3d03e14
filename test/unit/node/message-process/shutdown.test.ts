import { expect, test } from "vitest";
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
