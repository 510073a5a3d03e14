import { expect, test, vi } from "vitest";
import { RunError } from "../../../../src/handlers/define.ts";
import { StewardError } from "../../../../src/protocol/errors.ts";
import { scripted } from "./support.ts";
import { childrenWith } from "../test-parts.ts";

const output = { stdout: "out\n", stderr: "" };

test("a command that succeeds has its start and its end in the journal, with its result and the original", async () => {
  const { journal, message, through } = scripted({ handler: { run: async () => ({ output, exitCode: 0 }) } });
  const final = await through();
  const [started, succeeded] = journal.acks(message);
  expect(journal.states(message)).toEqual(["started 1", "succeeded 1"]);
  expect(started).not.toHaveProperty("message");
  expect(succeeded).toEqual(final);
  expect(final).toMatchObject({ id: message.id, node: "ship1", instance: "me", output, exitCode: 0, message });
  expect(final.durationMs).toBeGreaterThanOrEqual(0);
  expect(Date.parse(final.finishedAt!)).toBeGreaterThanOrEqual(Date.parse(final.startedAt!));
});

test("an event has its end alone", async () => {
  const { journal, message, through } = scripted({ message: { messageType: "event" } });
  await through();
  expect(journal.states(message)).toEqual(["succeeded 1"]);
});

test("an event that may run at most once has its start too", async () => {
  const { journal, message, through } = scripted({ message: { messageType: "event", delivery: "atMostOnce" } });
  await through();
  expect(journal.states(message)).toEqual(["started 1", "succeeded 1"]);
});

test("the start is stored before the handler runs", async () => {
  const run = vi.fn(async () => ({}));
  const { process } = scripted({ handler: { run } });
  const opened = await process.open();
  expect(opened).toMatchObject({ kind: "run", at: { attempt: 1 } });
  expect(run).not.toHaveBeenCalled();
});

test("a message that fits no schema is rejected without a start, with its bytes", async () => {
  const { journal, message, through } = scripted({ message: { timeout: "soon" } });
  const final = await through();
  expect(journal.states(message)).toEqual(["rejected 0"]);
  expect(final).toMatchObject({ error: { code: "badMessage" }, raw: { data: JSON.stringify(message) } });
  expect(final).toHaveProperty("finishedAt");
});

test.each([
  [new RunError("exitCode", "exit code 3", { output, exitCode: 3 }), { code: "exitCode", message: "exit code 3" }],
  [new StewardError("spawnFailed", "no such program"), { code: "spawnFailed", message: "no such program" }],
  [new Error("two\n lines"), { code: "handlerFailed", message: "two; lines" }],
])("a run that throws %s fails with it", async (thrown, error) => {
  const { through, message } = scripted({ handler: { run: () => Promise.reject(thrown) } });
  expect(await through()).toMatchObject({
    state: "failed",
    error,
    message,
    ...(thrown instanceof RunError ? thrown.result : {}),
  });
});

test("a handler gets the message, the data as its schema returned it, and the run's environment", async () => {
  const run = vi.fn(async () => ({}));
  const data = { "~standard": { validate: () => ({ value: ["as", "checked"] }) } };
  const { through, message } = scripted({
    handler: { run, data },
    env: {
      children: childrenWith({ environmentFor: ({ address }) => ({ RUN: address.id }) }),
      settings: { dataDir: "/data" },
    },
  });
  await through();
  expect(run).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ message, data: ["as", "checked"], env: { RUN: message.id }, dataDir: "/data" }),
  );
});
