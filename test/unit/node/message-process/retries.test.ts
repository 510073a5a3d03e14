import { expect, test, vi } from "vitest";
import { TerminalError } from "../../../../src/handlers/define.ts";
import { quiet } from "../support.ts";
import { ackOf, scripted } from "./support.ts";

const failing = (times: number) => {
  const run = vi.fn(async () => ({ exitCode: 0 }));
  for (let time = 0; time < times; time++) run.mockRejectedValueOnce(new Error("not yet"));
  return run;
};

test("each further run of a command has its place in the journal", async () => {
  const { journal, message, through } = scripted({ message: { retries: 2 }, handler: { run: failing(2) } });
  await through();
  expect(journal.states(message)).toEqual([
    "started 1",
    "retrying 1",
    "started 2",
    "retrying 2",
    "started 3",
    "succeeded 3",
  ]);
  expect(journal.acks(message)[1]).toMatchObject({ error: { code: "handlerFailed", message: "not yet" } });
});

test("an event's further runs are recorded without starts", async () => {
  const { journal, message, through } = scripted({
    message: { messageType: "event", retries: 2 },
    handler: { run: failing(1) },
  });
  await through();
  expect(journal.states(message)).toEqual(["retrying 1", "succeeded 2"]);
});

test("the last allowed run decides", async () => {
  const run = failing(5);
  const { message, journal, through } = scripted({ message: { retries: 1 }, handler: { run } });
  expect(await through()).toMatchObject({ state: "failed", attempt: 2 });
  expect(run).toHaveBeenCalledTimes(2);
  expect(journal.states(message).at(-1)).toBe("failed 2");
});

test("a terminal error ends a message at its first run", async () => {
  const run = vi.fn(() => Promise.reject(new TerminalError("badData", "never")));
  const { through } = scripted({ message: { retries: 5 }, handler: { run } });
  expect(await through()).toMatchObject({ state: "failed", attempt: 1, error: { code: "badData" } });
});

test.each(["retrying", "started"])(
  "a daemon that finds itself replaced before `%s` writes nothing more",
  async (state) => {
    const { process, journal, message } = scripted({ message: { retries: 1 }, handler: { run: failing(1) } });
    const opened = await process.open();
    const original = journal.write;
    journal.write = async (address, ack, after) => {
      if (ack.state === state) journal.add(message, ackOf(message, "started", 7));
      return original(address, ack, after);
    };
    await expect(process.run(opened)).rejects.toMatchObject({ code: "replaced" });
    expect(journal.states(message).at(-1)).toBe("started 7");
  },
);

test("an event whose earlier runs a lagging replica did not show goes on behind them", async () => {
  const { process, journal, message } = scripted({
    message: { messageType: "event", retries: 3 },
    handler: { run: failing(1) },
  });
  const opened = await process.open();
  journal.add(message, ackOf(message, "retrying", 1));
  await process.close(await process.run(opened));
  expect(journal.states(message)).toEqual(["retrying 1", "retrying 1", "succeeded 2"]);
});

test("a command that was cancelled while it waited for its next run is not run again", async () => {
  const run = failing(1);
  const { process, journal, message } = scripted({ message: { retries: 1, retryWait: "20ms" }, handler: { run } });
  const running = process.run(await process.open());
  await quiet();
  journal.add(message, ackOf(message, "cancelled", 1));
  const final = await process.close(await running);
  expect(final.ack.state).toBe("cancelled");
  expect(run).toHaveBeenCalledOnce();
  expect(journal.states(message)).toEqual(["started 1", "retrying 1", "cancelled 1"]);
});

test("an event that was cancelled while it ran is not run again", async () => {
  const run = failing(1);
  const { process, journal, message } = scripted({ message: { messageType: "event", retries: 3 }, handler: { run } });
  const opened = await process.open();
  journal.add(message, ackOf(message, "cancelled", 0));
  const final = await process.close(await process.run(opened));
  expect(final.ack.state).toBe("cancelled");
  expect(run).toHaveBeenCalledOnce();
  expect(journal.states(message)).toEqual(["cancelled 0"]);
});
