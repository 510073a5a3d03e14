import { setTimeout as delay } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { Interruption } from "../../../../src/node/attempt.ts";
import { isLeft } from "../../../../src/node/left-error.ts";
import { Suspects } from "../../../../src/node/suspects.ts";
import { gate, quiet } from "../support.ts";
import { childrenWith } from "../test-parts.ts";
import { ackOf, scripted, untilAborted, type Script } from "./support.ts";

const running = { run: ({ signal }: { signal: AbortSignal }) => untilAborted(signal) };
const failing = { run: () => Promise.reject(new Error("not yet")) };
const waiting: Script = { message: { retries: 3, retryWait: "1h" }, handler: failing };
const cutOff: Interruption = { kind: "cutOff" };
const abandoned: Interruption = { kind: "abandoned" };

/** A process that has begun to run, or waits for its next run. */
async function begun(script: Script) {
  const endLeftovers = vi.fn<() => Promise<void>>(async () => {});
  const all = scripted({ ...script, env: { children: childrenWith({ endLeftovers }) } });
  const ending = all.process.run(await all.process.open());
  await quiet();
  return { ...all, ending, endLeftovers };
}

test("a message that is cancelled while it runs ends as cancelled, with the canceller's name, and no process of it stays", async () => {
  const { process, ending, journal, message, endLeftovers } = await begun({ handler: running });
  expect(process.cancel("anna")).toBe(true);
  const { ack } = await process.close(await ending);
  expect(ack).toMatchObject({
    state: "cancelled",
    attempt: 1,
    error: { code: "cancelled", message: "cancelled by anna while running" },
    cancelled: { by: "anna", was: "running" },
    message,
  });
  expect(ack).toHaveProperty("startedAt");
  expect(journal.states(message)).toEqual(["started 1", "cancelled 1"]);
  expect(endLeftovers).toHaveBeenCalledOnce();
});

test.each(["before it is opened", "while it is opened", "before it runs"])(
  "a message that is cancelled %s does not run",
  async (when) => {
    const run = vi.fn(async () => ({}));
    const { process, journal, message } = scripted({ handler: { run } });
    if (when === "before it is opened") process.cancel("anna");
    const opening = process.open();
    if (when === "while it is opened") process.cancel("anna");
    const opened = await opening;
    expect(process.cancel("anna")).toBe(true);
    const { ack } = await process.close(await process.run(opened));
    expect(ack).toMatchObject({ state: "cancelled", cancelled: { was: "queued" } });
    expect(run).not.toHaveBeenCalled();
    expect(journal.states(message)).toEqual(["started 1", "cancelled 1"]);
  },
);

test("a message that is cancelled while it waits for its next run has no next run", async () => {
  const { process, ending, journal, message } = await begun(waiting);
  expect(process.cancel("anna")).toBe(true);
  await process.close(await ending);
  expect(journal.states(message)).toEqual(["started 1", "retrying 1", "cancelled 1"]);
});

test("a message whose end is decided cannot be cancelled", async () => {
  const { process, journal, message } = scripted();
  const ending = await process.run(await process.open());
  expect(process.cancel("anna")).toBe(false);
  await process.close(ending);
  expect(process.cancel("anna")).toBe(false);
  expect(journal.states(message)).toEqual(["started 1", "succeeded 1"]);
});

test("the first interruption counts", async () => {
  const { process, ending } = await begun({ handler: running });
  process.cancel("anna");
  expect(process.interrupt(cutOff)).toBe(false);
  expect(process.interrupt(abandoned)).toBe(false);
  expect(process.cancel("ben")).toBe(true);
  expect(await ending).toMatchObject({ final: { state: "cancelled", cancelled: { by: "anna" } } });
});

test("a run that is cut off is recorded, and left to the next daemon", async () => {
  const { process, ending, journal, message } = await begun({ handler: running });
  process.interrupt(cutOff);
  await expect(ending).rejects.toSatisfy(isLeft);
  expect(journal.states(message)).toEqual(["started 1", "retrying 1"]);
  expect(journal.acks(message).at(-1)).toMatchObject({ error: { code: "cutOff" } });
});

test("a run that is cut off again, in the next daemon, is not repeated once more", async () => {
  const { process, ending, journal, message, another } = await begun({ handler: running });
  process.interrupt(cutOff);
  await expect(ending).rejects.toSatisfy(isLeft);
  const next = another();
  const again = next.run(await next.open());
  next.interrupt(cutOff);
  const { ack } = await next.close(await again);
  expect(ack).toMatchObject({ state: "interrupted", attempt: 2, error: { code: "cutOff" }, message });
  expect(journal.states(message)).toEqual(["started 1", "retrying 1", "started 2", "interrupted 2"]);
});

const hurried: Interruption = { kind: "hurried" };

test("a run that a hurried stop ends is recorded, runs again, and however often that happens it is not given up", async () => {
  const { process, ending, journal, message, another } = await begun({ handler: running });
  process.interrupt(hurried);
  await expect(ending).rejects.toSatisfy(isLeft);
  for (let time = 0; time < 3; time++) {
    const next = another();
    const again = next.run(await next.open());
    next.interrupt(hurried);
    await expect(again).rejects.toSatisfy(isLeft);
  }
  expect(journal.states(message).slice(-2)).toEqual(["started 4", "retrying 4"]);
  expect(journal.acks(message).at(-1)).toMatchObject({ error: { code: "interrupted" } });
  expect(journal.acks(message).some(({ ends }) => ends !== undefined)).toBe(false);
});

test("a hurried stop does not hide that the run before was cut off", async () => {
  const { process, ending, journal, message, another } = await begun({ handler: running });
  process.interrupt(cutOff);
  await expect(ending).rejects.toSatisfy(isLeft);
  for (const why of [hurried, cutOff]) {
    const next = another();
    const again = next.run(await next.open());
    next.interrupt(why);
    if (why === hurried) await expect(again).rejects.toSatisfy(isLeft);
    else await next.close(await again);
  }
  expect(journal.states(message).slice(-2)).toEqual(["started 3", "interrupted 3"]);
});

test("a message that may run at most once is interrupted by a hurried stop", async () => {
  const { process, ending } = await begun({ message: { delivery: "atMostOnce" }, handler: running });
  process.interrupt(hurried);
  expect((await process.close(await ending)).ack).toMatchObject({ state: "interrupted", error: { code: "cutOff" } });
});

test("a message that waits for its next run keeps no suspect from being alone, and runs again only after it", async () => {
  const suspects = new Suspects({ running: 2 }); // This message and the suspect.
  const run = vi.fn<() => Promise<never>>(failing.run);
  const { process, message } = scripted({
    message: { retries: 1, retryWait: "1s" },
    handler: { run },
    env: { suspects },
  });
  const ending = process.run(await process.open());
  await quiet();
  const turn = await Promise.race([suspects.turn(2, false, () => {}), delay(500, undefined)]);
  expect(turn?.isAlone).toBe(true);
  await delay(1500);
  expect(run).toHaveBeenCalledTimes(1);
  turn?.end();
  expect(await ending).toMatchObject({ final: { state: "failed", attempt: 2, message } });
  expect(run).toHaveBeenCalledTimes(2);
});

test("a run that failed by itself in between shows that the message does not stop the daemon", async () => {
  const run = vi.fn(running.run).mockRejectedValueOnce(new Error("not yet"));
  const { process, journal, message } = scripted({ message: { retries: 9 }, handler: { run } });
  journal.add(message, { ...ackOf(message, "retrying", 1), error: { code: "cutOff", message: "" } });
  const opened = await process.open();
  expect(opened).toMatchObject({ at: { wasCutOff: true } });
  const ending = process.run(opened);
  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(2));
  process.interrupt(cutOff);
  await expect(ending).rejects.toSatisfy(isLeft);
  expect(journal.states(message).slice(1)).toEqual(["started 2", "retrying 2", "started 3", "retrying 3"]);
});

test("a message that waits for its next run is left to the next daemon unchanged, however often", async () => {
  const { process, ending, journal, message, another } = await begun(waiting);
  const was = ["started 1", "retrying 1"];
  process.interrupt(cutOff);
  await expect(ending).rejects.toSatisfy(isLeft);
  expect(journal.states(message)).toEqual(was);
  const next = another();
  const again = next.run(await next.open());
  await quiet();
  next.interrupt(cutOff);
  await expect(again).rejects.toSatisfy(isLeft);
  expect(journal.states(message)).toEqual([...was, "started 2", "retrying 2"]);
  expect(journal.acks(message).at(-1)).toMatchObject({ error: { code: "handlerFailed" } });
});

test("a message that may run at most once is interrupted by the cut", async () => {
  const { process, ending, journal, message } = await begun({ message: { delivery: "atMostOnce" }, handler: running });
  process.interrupt(cutOff);
  expect((await process.close(await ending)).ack).toMatchObject({ state: "interrupted", error: { code: "cutOff" } });
  expect(journal.states(message)).toEqual(["started 1", "interrupted 1"]);
});

test("an event whose run is cut off is left to the next daemon unchanged", async () => {
  const { process, ending, journal, message } = await begun({ message: { messageType: "event" }, handler: running });
  process.interrupt(cutOff);
  await expect(ending).rejects.toSatisfy(isLeft);
  expect(journal.states(message)).toEqual([]);
});

test.each([cutOff, abandoned])("a message that is $kind before it is opened claims nothing", async (why) => {
  const { process, journal, message, another, through } = scripted({ message: { delivery: "atMostOnce" } });
  process.interrupt(why);
  await expect(process.open()).rejects.toSatisfy(isLeft);
  expect(journal.states(message)).toEqual([]);
  expect(await through(another())).toMatchObject({ state: "succeeded" });
});

test.each([cutOff, abandoned])("a message that is $kind while it waits to begin claims nothing", async (why) => {
  const suspects = new Suspects({ running: 0 });
  suspects.begin();
  const message = { delivery: "atMostOnce" } as const;
  const { process, journal, message: sent, another, through } = scripted({ message, env: { suspects } });
  const opening = process.open();
  await quiet();
  process.interrupt(why);
  await expect(opening).rejects.toSatisfy(isLeft);
  expect(journal.states(sent)).toEqual([]);
  suspects.settle();
  expect(await through(another())).toMatchObject({ state: "succeeded" });
});

test.each<[string, Script, string[]]>([
  ["while it runs", { handler: running }, ["started 1"]],
  ["while it waits for its next run", waiting, ["started 1", "retrying 1"]],
])("a message that is abandoned %s writes nothing more, and its processes are ended", async (_when, script, chain) => {
  const { process, ending, journal, message, endLeftovers } = await begun(script);
  process.interrupt(abandoned);
  await expect(ending).rejects.toSatisfy(isLeft);
  expect(journal.states(message)).toEqual(chain);
  expect(endLeftovers).toHaveBeenCalledOnce();
});

test("nothing is ended for a message that is abandoned before it runs", async () => {
  const endLeftovers = vi.fn<() => Promise<void>>(async () => {});
  const { process } = scripted({ env: { children: childrenWith({ endLeftovers }) } });
  const opened = await process.open();
  process.interrupt(abandoned);
  await expect(process.run(opened)).rejects.toSatisfy(isLeft);
  expect(endLeftovers).not.toHaveBeenCalled();
});

test("a second process in the same daemon continues with the next attempt", async () => {
  const run = vi.fn(async () => ({})).mockImplementationOnce(running.run as never);
  const { process, ending, journal, message, another, through } = await begun({ handler: { run } });
  process.interrupt(abandoned);
  await expect(ending).rejects.toSatisfy(isLeft);
  expect(await through(another())).toMatchObject({ state: "succeeded", attempt: 2 });
  expect(journal.states(message)).toEqual(["started 1", "started 2", "succeeded 2"]);
});

test("a second process in the same daemon ends an at-most-once message, with the reason", async () => {
  const { process, ending, journal, message, another, through } = await begun({
    message: { delivery: "atMostOnce" },
    handler: running,
  });
  process.interrupt(abandoned);
  await expect(ending).rejects.toSatisfy(isLeft);
  const { state, error } = await through(another());
  expect({ state, error }).toMatchObject({ state: "interrupted", error: { code: "interrupted" } });
  expect(error?.message).toContain("its lane was started again");
  expect(journal.states(message)).toEqual(["started 1", "interrupted 1"]);
});

test.each(["retrying", "started"])(
  "a message that is abandoned while its `%s` is being stored begins no run behind it",
  async (state) => {
    const storing = gate();
    const run = vi.fn(failing.run);
    const { process, journal } = scripted({ message: { retries: 1, retryWait: "0s" }, handler: { run } });
    const opened = await process.open();
    const write = journal.write;
    journal.write = async (address, ack, after) => {
      if (ack.state === state) await storing.promise;
      return write(address, ack, after);
    };
    const ending = process.run(opened);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.interrupt(abandoned);
    storing.open();
    await expect(ending).rejects.toSatisfy(isLeft);
    expect(run).toHaveBeenCalledOnce();
  },
);

test("a process that a later one in the same daemon has overtaken writes nothing and breaks nothing", async () => {
  const { process, journal, message } = scripted();
  const ending = await process.run(await process.open());
  journal.add(message, { ...ackOf(message, "started", 2), instance: "me" });
  await expect(process.close(ending)).rejects.toSatisfy(isLeft);
  expect(journal.states(message)).toEqual(["started 1", "started 2"]);
});
