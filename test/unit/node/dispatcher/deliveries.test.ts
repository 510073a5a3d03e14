import { expect, test } from "vitest";
import { deliveryOf, messageWith, quiet } from "../support.ts";
import { scriptedDispatcher } from "./support.ts";

test("a message runs, its end is recorded, and then it is removed from the queue", async () => {
  const { dispatcher, taken, journal, removed, tell } = scriptedDispatcher();
  const message = messageWith();
  tell.mockImplementation(async () => expect(removed).toEqual([]));
  dispatcher.deliver(deliveryOf(message));
  await quiet();
  expect(journal.states(message)).toEqual(["started 1", "succeeded 1"]);
  expect(tell).toHaveBeenCalledOnce();
  expect(removed).toEqual([message.id]);
  expect(taken.count).toBe(0);
  expect(dispatcher.lanes()).toEqual([]);
});

test("a delivery of a known message changes nothing", async () => {
  const { dispatcher, runs, hold, removed } = scriptedDispatcher();
  const delivery = deliveryOf(messageWith({ id: "a" }));
  const running = hold("a");
  dispatcher.deliver(delivery);
  await quiet();
  dispatcher.deliver({ ...delivery, data: Buffer.from("other bytes") });
  expect(dispatcher.lanes()).toMatchObject([{ name: "command.ping", running: [{ id: "a", attempt: 1 }], waiting: 0 }]);
  running.open();
  await quiet();
  expect(runs).toEqual(["a"]);
  expect(removed).toEqual(["a"]);
});

test("a message that comes again after its removal is removed again, and does not run", async () => {
  const { dispatcher, runs, removed } = scriptedDispatcher();
  const delivery = deliveryOf(messageWith({ id: "a" }));
  for (let times = 0; times < 2; times++) {
    dispatcher.deliver(delivery);
    await quiet();
  }
  expect(runs).toEqual(["a"]);
  expect(removed).toEqual(["a", "a"]);
});

test("lanes do not wait for each other", async () => {
  const { dispatcher, taken, runs, hold } = scriptedDispatcher();
  hold("stuck");
  dispatcher.deliver(deliveryOf(messageWith({ id: "stuck" })));
  dispatcher.deliver(deliveryOf(messageWith({ id: "behind" })));
  dispatcher.deliver(deliveryOf(messageWith({ id: "beside", subject: "other" })));
  await quiet();
  expect(runs).toEqual(["stuck", "beside"]);
  expect([...taken].map(({ address }) => address.id)).toEqual(["stuck", "behind"]);
});

test("log and the original's textLogging share a lane, and their ACKs keep the subject that each came on", async () => {
  const { dispatcher, journal, runs, hold } = scriptedDispatcher();
  const first = messageWith({ id: "a", messageType: "event", subject: "textLogging" });
  const second = messageWith({ id: "b", messageType: "event", subject: "log" });
  const running = hold("a");
  dispatcher.deliver(deliveryOf(first));
  dispatcher.deliver(deliveryOf(second));
  await quiet();
  expect(runs).toEqual(["a"]);
  expect(dispatcher.lanes()).toMatchObject([{ name: "event.log", running: [{ id: "a", attempt: 1 }], waiting: 1 }]);
  running.open();
  await quiet();
  expect([...journal.acks(first), ...journal.acks(second)]).toMatchObject([
    { subject: "textLogging", state: "succeeded" },
    { subject: "log", state: "succeeded" },
  ]);
});

test("a handler's concurrency is its lane's", async () => {
  const { dispatcher, runs, hold } = scriptedDispatcher({ concurrency: 2 });
  for (const id of ["a", "b", "c"]) {
    hold(id);
    dispatcher.deliver(deliveryOf(messageWith({ id })));
  }
  await quiet();
  expect(runs).toEqual(["a", "b"]);
});

test("a subject that no consumer of the node can have let through is not taken in", () => {
  const { dispatcher, taken } = scriptedDispatcher();
  dispatcher.deliver(deliveryOf(messageWith(), { subject: "steward.ship1.reply.x" }));
  expect(taken.count).toBe(0);
});

test("a payload that was dropped is read again when the message's turn comes", async () => {
  const { dispatcher, taken, runs, hold, payloadOf, removed } = scriptedDispatcher();
  const [first, second] = [messageWith({ id: "a" }), messageWith({ id: "b" })];
  const running = hold("a");
  dispatcher.deliver(deliveryOf(first));
  dispatcher.deliver(deliveryOf(second));
  for (const each of taken) each.payload = undefined;
  payloadOf.mockResolvedValue(Buffer.from(JSON.stringify(second)));
  running.open();
  await quiet();
  expect(runs).toEqual(["a", "b"]);
  expect(removed).toContain("b");
});

test("a message that has left the stream meanwhile is not kept, and its removal is not asked for", async () => {
  const { dispatcher, taken, runs, hold, removed } = scriptedDispatcher();
  const running = hold("a");
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  dispatcher.deliver(deliveryOf(messageWith({ id: "b" })));
  for (const each of taken) each.payload = undefined;
  running.open();
  await quiet();
  expect(runs).toEqual(["a"]);
  expect(removed).toEqual(["a"]);
  expect(taken.count).toBe(0);
});

test("once stopped it takes nothing in, and resolves when the running messages have ended", async () => {
  const { dispatcher, taken, hold, removed, runs } = scriptedDispatcher();
  const running = hold("a");
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  await quiet();
  const stopped = dispatcher.stop();
  dispatcher.deliver(deliveryOf(messageWith({ id: "b" })));
  expect(taken.count).toBe(1);
  running.open();
  await stopped;
  expect(removed).toHaveLength(1);
  expect(runs).toEqual(["a"]);
});
