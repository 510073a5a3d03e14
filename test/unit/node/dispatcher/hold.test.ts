import { expect, test } from "vitest";
import { gate, deliveryOf, messageWith, quiet } from "../support.ts";
import { scriptedDispatcher, type ScriptedDispatcher } from "./support.ts";

const pause = { state: "paused", since: "2026-01-31T12:00:00.000Z", by: "anna", reason: "lunch" } as const;

const deliver = ({ dispatcher }: ScriptedDispatcher, ...ids: string[]): void => {
  for (const id of ids) dispatcher.deliver(deliveryOf(messageWith({ id })));
};

test("a lane on hold takes messages in and begins none, while others go on", async () => {
  const all = scriptedDispatcher();
  await all.holds.hold("command.ping", pause);
  deliver(all, "a");
  all.dispatcher.deliver(deliveryOf(messageWith({ id: "b", subject: "other" })));
  await quiet();
  expect(all.runs).toEqual(["b"]);
  expect(all.dispatcher.lanes()).toEqual([{ name: "command.ping", waiting: 1, running: [], hold: pause }]);
});

test("a hold counts from the moment in which it is asked for, also while the broker is silent", async () => {
  const all = scriptedDispatcher();
  all.storing.before = gate().promise;
  void all.holds.hold("command.ping", pause);
  deliver(all, "a");
  await quiet();
  expect(all.runs).toEqual([]);
});

test("a message that was opened before its lane was put on hold still runs; the next does not", async () => {
  const all = scriptedDispatcher();
  const notifying = gate();
  all.tell.mockImplementationOnce(() => notifying.promise);
  deliver(all, "a", "b", "c");
  await quiet();
  await all.holds.hold("command.ping", pause);
  notifying.open();
  await quiet();
  expect(all.runs).toEqual(["a", "b"]);
});

test("lanes on hold are shown without messages too, in alphabetical order", async () => {
  const all = scriptedDispatcher();
  all.hold("a");
  deliver(all, "a");
  for (const lane of ["event.log", "command.exec"]) await all.holds.hold(lane, pause);
  await quiet();
  expect(all.dispatcher.lanes().map(({ name, hold }) => [name, hold?.state])).toEqual([
    ["command.exec", "paused"],
    ["command.ping", undefined],
    ["event.log", "paused"],
  ]);
});

test("a draining daemon takes messages in and begins none, until the drain ends", async () => {
  const all = scriptedDispatcher();
  const running = all.hold("a");
  deliver(all, "a", "b");
  await quiet();
  all.dispatcher.drain();
  expect(all.dispatcher.draining).toBe(true);
  running.open();
  deliver(all, "c");
  await quiet();
  expect(all.runs).toEqual(["a"]);
  expect(all.removed).toEqual(["a"]);
  all.dispatcher.endDrain();
  expect(all.dispatcher.draining).toBe(false);
  await quiet();
  expect(all.runs).toEqual(["a", "b", "c"]);
});

test("the end of a drain does not let a lane on hold go on", async () => {
  const all = scriptedDispatcher();
  await all.holds.hold("command.ping", pause);
  all.dispatcher.drain();
  deliver(all, "a");
  all.dispatcher.endDrain();
  await quiet();
  expect(all.runs).toEqual([]);
});

test("a daemon that stops counts as draining, also when the drain is ended", async () => {
  const all = scriptedDispatcher();
  await all.dispatcher.stop();
  all.dispatcher.endDrain();
  expect(all.dispatcher.draining).toBe(true);
});
