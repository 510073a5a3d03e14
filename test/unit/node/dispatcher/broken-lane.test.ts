import { beforeEach, expect, test } from "vitest";
import { StewardError } from "../../../../src/protocol/errors.ts";
import { deliveryOf, gate, messageWith, quiet } from "../support.ts";
import { afterRestart, fakeTimers, scriptedDispatcher } from "./support.ts";

const fault = new Error("the connection is closed");

beforeEach(fakeTimers);

test("a broken lane begins again with its running messages, and keeps the order of all that came meanwhile", async () => {
  const { dispatcher, runs, tell, removed } = scriptedDispatcher();
  tell.mockRejectedValueOnce(fault);
  for (const id of ["a", "b"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  await quiet();
  dispatcher.deliver(deliveryOf(messageWith({ id: "c" })));
  await quiet();
  expect(runs).toEqual(["a"]);
  await afterRestart();
  expect(runs).toEqual(["a", "b", "c"]);
  expect(removed).toEqual(["a", "b", "c"]);
  expect(dispatcher.lanes()).toEqual([]);
});

test("a lane that breaks again and again is started again each time", async () => {
  const { dispatcher, tell, removed } = scriptedDispatcher();
  tell.mockRejectedValueOnce(fault).mockRejectedValueOnce(fault);
  dispatcher.deliver(deliveryOf(messageWith()));
  await afterRestart();
  expect(removed).toEqual([]);
  await afterRestart();
  expect(removed).toHaveLength(1);
});

test("a lane that breaks a fourth time in a row is quarantined, and reported to the central node", async () => {
  const { dispatcher, taken, runs, tell, entries, holds } = scriptedDispatcher();
  tell.mockRejectedValueOnce(fault).mockRejectedValueOnce(fault).mockRejectedValueOnce(fault);
  tell.mockRejectedValueOnce(fault);
  for (const id of ["a", "b"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  for (let time = 0; time < 3; time++) await afterRestart();
  expect(entries).toMatchObject([{ state: "quarantined", reason: expect.stringContaining(fault.message) as string }]);
  expect(tell.mock.lastCall?.[0]).toMatchObject([{ node: "central", subject: "error" }]);
  await afterRestart();
  expect(dispatcher.lanes()).toMatchObject([{ name: "command.ping", waiting: 2, running: [] }]);
  await holds.resume("command.ping", "anna");
  dispatcher.wake("command.ping");
  await quiet();
  expect(runs).toEqual(["a", "b"]);
  expect(taken.count).toBe(0);
});

test("the end of the daemon while a quarantine is being stored leaves nothing unhandled", async () => {
  const { dispatcher, tell, shutdown, storing, runs } = scriptedDispatcher();
  for (let time = 0; time < 4; time++) tell.mockRejectedValueOnce(fault);
  const broken = gate();
  storing.before = broken.promise;
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  for (let time = 0; time < 3; time++) await afterRestart();
  shutdown.now(new Error("the daemon ends"));
  broken.fail(fault);
  await afterRestart();
  expect(runs).toEqual(["a"]);
});

test("other lanes do not notice", async () => {
  const { dispatcher, runs, tell } = scriptedDispatcher();
  tell.mockRejectedValueOnce(fault);
  dispatcher.deliver(deliveryOf(messageWith({ id: "a" })));
  await quiet();
  dispatcher.deliver(deliveryOf(messageWith({ id: "b", subject: "other" })));
  await quiet();
  expect(runs).toEqual(["a", "b"]);
});

test("a message that still runs when another one breaks its lane does not run twice at the same time", async () => {
  const { dispatcher, runs, hold, tell, removed } = scriptedDispatcher({ concurrency: 2 });
  const running = hold("slow");
  tell.mockRejectedValueOnce(fault);
  for (const id of ["slow", "breaks"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  await afterRestart();
  expect(runs).toEqual(["slow", "breaks"]);
  running.open();
  await quiet();
  expect(runs).toEqual(["slow", "breaks"]);
  expect(removed.toSorted()).toEqual(["breaks", "slow"]);
});

test("a lane of several in which more than one breaks begins again once", async () => {
  const { dispatcher, runs, hold, tell } = scriptedDispatcher({ concurrency: 2 });
  const gates = ["a", "b"].map((id) => hold(id));
  tell.mockRejectedValueOnce(fault).mockRejectedValueOnce(fault);
  for (const id of ["a", "b", "c"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  hold("c");
  await quiet();
  for (const held of gates) held.open();
  await afterRestart();
  await afterRestart();
  expect(runs).toEqual(["a", "b", "c"]);
  expect(dispatcher.lanes()).toMatchObject([{ name: "command.ping", running: [{ id: "c" }], waiting: 0 }]);
});

test("a lane that broke before the daemon stopped begins nothing again", async () => {
  const { dispatcher, runs, tell } = scriptedDispatcher();
  tell.mockRejectedValueOnce(fault);
  for (const id of ["a", "b"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  await quiet();
  await dispatcher.stop();
  await afterRestart();
  expect(runs).toEqual(["a"]);
});

test("a lane that the daemon's end breaks does not begin again", async () => {
  const { dispatcher, journal, shutdown, hold, runs } = scriptedDispatcher();
  const message = messageWith({ id: "a" });
  const running = hold("a");
  for (const each of [message, messageWith({ id: "b" })]) dispatcher.deliver(deliveryOf(each));
  await quiet();
  shutdown.now();
  running.open();
  await afterRestart();
  expect(journal.states(message)).toEqual(["started 1"]);
  expect(runs).toEqual(["a"]);
});

test("the news that another daemon has replaced this one ends the daemon, and nothing is begun again", async () => {
  const { dispatcher, runs, tell, shutDown, shutdown } = scriptedDispatcher();
  const replaced = new StewardError("replaced", "another daemon has taken over");
  tell.mockRejectedValueOnce(replaced);
  for (const id of ["a", "b"]) dispatcher.deliver(deliveryOf(messageWith({ id })));
  await afterRestart();
  expect(shutDown).toHaveBeenCalledExactlyOnceWith(replaced);
  expect(shutdown.isReplaced).toBe(true);
  expect(runs).toEqual(["a"]);
});

test("a lane that finds an unexpected ACK of this daemon is replaced", async () => {
  const { dispatcher, journal, hold, removed } = scriptedDispatcher();
  const message = messageWith({ id: "a" });
  const running = hold("a");
  dispatcher.deliver(deliveryOf(message));
  await quiet();
  const [started] = journal.acks(message);
  journal.add(message, { ...started!, attempt: 2 });
  running.open();
  await afterRestart();
  expect(journal.states(message)).toEqual(["started 1", "started 2", "started 3", "succeeded 3"]);
  expect(removed).toEqual(["a"]);
});
