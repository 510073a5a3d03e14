import { expect, test } from "vitest";
import { deliveryOf, gate, messageWith, quiet } from "../support.ts";
import { afterRestart, fakeTimers, scriptedDispatcher } from "./support.ts";

test("messages of many subjects without a handler share one lane, and are each rejected in order", async () => {
  const { dispatcher, journal, tell, removed } = scriptedDispatcher();
  const notifying = gate();
  tell.mockImplementationOnce(() => notifying.promise);
  const messages = Array.from({ length: 50 }, (_, n) => messageWith({ id: `m${n}`, subject: `no${n % 25}` }));
  for (const each of messages) dispatcher.deliver(deliveryOf(each));
  await quiet();
  expect(dispatcher.lanes()).toMatchObject([{ name: "unserved", waiting: 49 }]);
  notifying.open();
  await quiet();
  expect(messages.map((each) => journal.states(each))).toEqual(messages.map(() => ["rejected 0"]));
  expect(removed).toEqual(messages.map(({ id }) => id));
  expect(dispatcher.lanes()).toEqual([]);
});

test("trouble in it affects no lane with a handler", async () => {
  fakeTimers();
  const { dispatcher, runs, tell, removed } = scriptedDispatcher();
  for (let time = 0; time < 6; time++) tell.mockRejectedValueOnce(new Error("broken"));
  dispatcher.deliver(deliveryOf(messageWith({ id: "a", subject: "no1" })));
  await quiet();
  for (let time = 0; time < 6; time++) await afterRestart();
  expect(removed).toEqual(["a"]);
  dispatcher.deliver(deliveryOf(messageWith({ id: "b" })));
  await quiet();
  expect(runs).toEqual(["b"]);
});

test("a lane on hold keeps its messages, also without a handler", async () => {
  const { dispatcher, holds, journal } = scriptedDispatcher();
  const since = "2026-01-31T12:00:00.000Z";
  await holds.hold("command.no1", { state: "quarantined", since, by: "kernel", reason: "" });
  const message = messageWith({ id: "a", subject: "no1" });
  dispatcher.deliver(deliveryOf(message));
  await quiet();
  expect(journal.states(message)).toEqual([]);
  expect(dispatcher.lanes()).toMatchObject([{ name: "command.no1", waiting: 1 }]);
  await holds.resume("command.no1", "anna");
  dispatcher.wake("command.no1");
  await quiet();
  expect(journal.states(message)).toEqual(["rejected 0"]);
});
