import { expect, test } from "vitest";
import { deliveryOf, gate, messageWith, quiet } from "../support.ts";
import { afterRestart, fakeTimers, scriptedDispatcher } from "./support.ts";

test("messages that ran when the stream was created again end without a removal", async () => {
  const { dispatcher, journal, hold, removed } = scriptedDispatcher();
  const message = messageWith({ id: "a" });
  const running = hold("a");
  dispatcher.deliver(deliveryOf(message));
  await quiet();
  dispatcher.forget();
  running.open();
  await quiet();
  expect(journal.states(message)).toEqual(["started 1", "succeeded 1"]);
  expect(removed).toEqual([]);
});

test("waiting messages do not run", async () => {
  const { dispatcher, runs, hold } = scriptedDispatcher();
  const running = hold("a");
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  dispatcher.deliver(deliveryOf(messageWith({ id: "b" })));
  await quiet();
  dispatcher.forget();
  running.open();
  await quiet();
  expect(runs).toEqual(["a"]);
});

test("a new stream's message of the same sequence stays held until it has ended itself", async () => {
  const { dispatcher, taken, hold, removed } = scriptedDispatcher();
  const [old, fresh] = [hold("old"), hold("fresh")];
  dispatcher.deliver(deliveryOf(messageWith({ id: "old" }), { sequence: 1 }));
  await quiet();
  dispatcher.forget();
  dispatcher.deliver(deliveryOf(messageWith({ id: "fresh" }), { sequence: 1 }));
  old.open();
  await quiet();
  expect(removed).toEqual([]);
  expect(taken.count).toBe(1);
  fresh.open();
  await quiet();
  expect(removed).toEqual(["fresh"]);
});

test("a payload that could not be read again from the old stream does not void the new one's message", async () => {
  const { dispatcher, taken, hold, payloadOf } = scriptedDispatcher();
  const [running, reading] = [hold("a"), gate()];
  hold("fresh");
  payloadOf.mockImplementation(() => reading.promise.then(() => undefined));
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  dispatcher.deliver(deliveryOf(messageWith({ id: "old" }), { sequence: 1 }));
  for (const each of taken) each.payload = undefined;
  running.open();
  await quiet();
  dispatcher.forget();
  dispatcher.deliver(deliveryOf(messageWith({ id: "fresh" }), { sequence: 1 }));
  reading.open();
  await quiet();
  expect(taken.count).toBe(1);
});

test("a broken lane does not run forgotten messages", async () => {
  fakeTimers();
  const { dispatcher, runs, tell } = scriptedDispatcher();
  tell.mockRejectedValueOnce(new Error("broken"));
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  await quiet();
  dispatcher.forget();
  await afterRestart();
  expect(runs).toEqual(["a"]);
  expect(tell).toHaveBeenCalledOnce();
});

test("a lane on hold that is emptied ends, and later messages run in order", async () => {
  const { dispatcher, holds, runs } = scriptedDispatcher();
  const since = "2026-01-31T12:00:00.000Z";
  await holds.hold("command.ping", { state: "paused", since, by: "anna", reason: "" });
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  dispatcher.forget();
  await holds.resume("command.ping", "anna");
  expect(dispatcher.lanes()).toEqual([]);
  for (const id of ["b", "c"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  await quiet();
  expect(runs).toEqual(["b", "c"]);
});
