import { beforeEach, expect, test, vi } from "vitest";
import { deliveryOf, gate, messageWith, quiet } from "../support.ts";
import { untilAborted } from "../message-process/support.ts";
import { afterRestart, fakeTimers, scriptedDispatcher } from "./support.ts";

beforeEach(fakeTimers);

/** A dispatcher whose `command.ping` runs until it is told to end, the first time; then it succeeds. */
function stuck() {
  const runs: string[] = [];
  const all = scriptedDispatcher({
    run: async ({ message, signal }) => {
      runs.push(message.id);
      return runs.length === 1 ? untilAborted(signal) : {};
    },
  });
  return { ...all, runs };
}

test("a restarted lane runs its running messages again from the beginning, and then the rest", async () => {
  const { dispatcher, journal, runs, removed } = stuck();
  const [a, b] = [messageWith({ id: "a" }), messageWith({ id: "b" })];
  for (const message of [a, b]) dispatcher.deliver(deliveryOf(message));
  await quiet();
  expect(await dispatcher.restart("command.ping")).toBe(true);
  await quiet();
  expect(runs).toEqual(["a", "a", "b"]);
  expect(journal.states(a)).toEqual(["started 1", "started 2", "succeeded 2"]);
  expect(removed).toEqual(["a", "b"]);
});

test("messages that come while a lane is restarted run after the rest", async () => {
  const { dispatcher, runs, hold } = scriptedDispatcher();
  const running = hold("a");
  for (const id of ["a", "b"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  await quiet();
  const restarted = dispatcher.restart("command.ping");
  dispatcher.deliver(deliveryOf(messageWith({ id: "c" })));
  running.open();
  await restarted;
  await quiet();
  expect(runs).toEqual(["a", "a", "b", "c"]);
});

test("a handler that never ends is left behind", async () => {
  const { dispatcher, runs, hold } = scriptedDispatcher();
  hold("a");
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  await quiet();
  const restarted = vi.fn<(was: boolean) => void>();
  void dispatcher.restart("command.ping").then(restarted);
  await vi.advanceTimersByTimeAsync(8000);
  await quiet();
  expect(restarted).toHaveBeenCalledWith(true);
  expect(runs).toEqual(["a", "a"]);
});

test("an at-most-once message is interrupted by a restart, but not if its lane had not opened it", async () => {
  const { dispatcher, journal, runs } = stuck();
  const [a, b] = [messageWith({ id: "a", delivery: "atMostOnce" }), messageWith({ id: "b", delivery: "atMostOnce" })];
  for (const message of [a, b]) dispatcher.deliver(deliveryOf(message));
  await quiet();
  await dispatcher.restart("command.ping");
  await quiet();
  expect(runs).toEqual(["a", "b"]);
  expect([...journal.states(a), ...journal.states(b)]).toEqual([
    "started 1",
    "interrupted 1",
    "started 1",
    "succeeded 1",
  ]);
});

test("a payload that is being read when the lane is restarted belongs to the fresh lane", async () => {
  const { dispatcher, taken, journal, runs, hold, payloadOf } = scriptedDispatcher();
  const running = hold("a");
  const message = messageWith({ id: "b", delivery: "atMostOnce" });
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  dispatcher.deliver(deliveryOf(message));
  for (const each of taken) each.payload = undefined;
  const reading = gate();
  payloadOf.mockImplementation(() => reading.promise.then(() => Buffer.from(JSON.stringify(message))));
  running.open();
  await quiet();
  const restarted = dispatcher.restart("command.ping");
  reading.open();
  await restarted;
  await quiet();
  expect(runs).toEqual(["a", "b"]);
  expect(journal.states(message)).toEqual(["started 1", "succeeded 1"]);
});

test("restarted twice at once, a lane begins again once", async () => {
  const { dispatcher, runs, endLeftovers } = stuck();
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  await quiet();
  const ending = gate();
  endLeftovers.mockImplementation(() => ending.promise);
  const both = Promise.all([dispatcher.restart("command.ping"), dispatcher.restart("command.ping")]);
  await quiet();
  expect(runs).toEqual(["a"]);
  ending.open();
  expect(await both).toEqual([true, true]);
  await quiet();
  expect(runs).toEqual(["a", "a"]);
  expect(endLeftovers).toHaveBeenCalledOnce();
});

test("processes that an ended message left running on purpose are left alone", async () => {
  const { dispatcher, tell, endLeftovers, removed } = scriptedDispatcher();
  const notifying = gate();
  tell.mockImplementationOnce(() => notifying.promise);
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  await quiet();
  const restarted = dispatcher.restart("command.ping");
  notifying.open();
  expect(await restarted).toBe(true);
  await quiet();
  expect(endLeftovers).not.toHaveBeenCalled();
  expect(removed).toHaveLength(1);
});

test("a lane that breaks while it is restarted begins again once", async () => {
  const { dispatcher, taken, runs, tell, hold } = scriptedDispatcher({ concurrency: 2 });
  const slow = hold("slow");
  tell.mockRejectedValueOnce(new Error("broken"));
  for (const id of ["slow", "breaks"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  await quiet();
  const restarted = dispatcher.restart("command.ping");
  slow.open();
  await restarted;
  await afterRestart();
  expect(runs).toEqual(["slow", "breaks", "slow"]);
  expect(taken.count).toBe(0);
});

test("a lane on hold stays held when it is restarted", async () => {
  const { dispatcher, holds, runs } = scriptedDispatcher();
  await holds.hold("command.ping", { state: "paused", since: "", by: "anna", reason: "lunch" });
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  expect(await dispatcher.restart("command.ping")).toBe(true);
  await quiet();
  expect(runs).toEqual([]);
  await holds.resume("command.ping", "anna");
  dispatcher.wake("command.ping");
  await quiet();
  expect(runs).toEqual(["a"]);
});

test("a lane without messages cannot be restarted", async () => {
  const { dispatcher, holds } = scriptedDispatcher();
  await holds.hold("command.ping", { state: "paused", since: "", by: "anna", reason: "lunch" });
  expect(await dispatcher.restart("command.ping")).toBe(false);
});

test("a stream that is created again while a lane is restarted drops the waiting messages, and not later ones", async () => {
  const { dispatcher, runs } = stuck();
  for (const id of ["a", "b"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  await quiet();
  const restarted = dispatcher.restart("command.ping");
  dispatcher.forget();
  dispatcher.deliver(deliveryOf(messageWith({ id: "fresh" })));
  await restarted;
  await quiet();
  expect(runs).toEqual(["a", "fresh"]);
});

test.each(["stop", "shutdown"])(
  "a lane that is restarted when the daemon ends (%s) does not begin again",
  async (end) => {
    const { dispatcher, runs, shutdown, journal } = stuck();
    const message = messageWith({ id: "a" });
    dispatcher.deliver(deliveryOf(message));
    await quiet();
    const storing = gate();
    const write = journal.write;
    journal.write = async (address, ack, after) => storing.promise.then(() => write(address, ack, after));
    const restarted = dispatcher.restart("command.ping");
    if (end === "stop") void dispatcher.stop();
    else shutdown.now(new Error("the daemon ends"));
    storing.open();
    await restarted;
    await afterRestart();
    expect(runs).toEqual(["a"]);
  },
);
