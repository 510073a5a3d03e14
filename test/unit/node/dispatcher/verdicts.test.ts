import { expect, test, vi } from "vitest";
import type { PolicyRule } from "../../../../src/config/node-config.ts";
import { deliveryOf, gate, messageWith, quiet } from "../support.ts";
import { ackOf } from "../message-process/support.ts";
import { scriptedDispatcher, type ScriptedDispatcher } from "./support.ts";

const policy = (verdict: PolicyRule["verdict"]) => ({ policy: [{ verdict }] });

const deliver = ({ dispatcher }: ScriptedDispatcher, ...ids: string[]): void => {
  for (const id of ids) dispatcher.deliver(deliveryOf(messageWith({ id })));
};

test("a quarantine is stored before the failed message is removed, and the next is not begun", async () => {
  const all = scriptedDispatcher({}, policy("quarantine"));
  const storing = gate();
  all.storing.before = storing.promise;
  deliver(all, "bad", "behind");
  await quiet();
  expect(all.runs).toEqual(["bad"]);
  expect(all.removed).toEqual([]);
  storing.open();
  await quiet();
  expect(all.entries).toMatchObject([{ state: "quarantined", by: "kernel", behind: 2 }]);
  expect(all.entries[0]?.["reason"]).toBe("bad failed: exit code 1");
  expect(all.removed).toEqual(["bad"]);
  expect(all.runs).toEqual(["bad"]);
  expect(all.dispatcher.lanes()).toMatchObject([{ name: "command.ping", waiting: 1, running: [], hold: {} }]);
});

test("the failure and the quarantine are reported to the central node", async () => {
  const all = scriptedDispatcher({}, policy("quarantine"));
  deliver(all, "bad");
  await quiet();
  const [failure, quarantine, ...others] = all.tell.mock.calls[0]![0];
  expect(failure?.data[0]).toContain("command.ping bad failed");
  expect(quarantine?.data[0]).toMatch(/command\.ping quarantined: bad failed.*resume command\.ping/);
  expect(others).toEqual([]);
});

test("a resumed lane continues with its waiting messages", async () => {
  const all = scriptedDispatcher({}, policy("quarantine"));
  deliver(all, "bad", "behind");
  await quiet();
  await all.holds.resume("command.ping", "anna");
  all.dispatcher.wake("command.ping");
  await quiet();
  expect(all.runs).toEqual(["bad", "behind"]);
  expect(all.dispatcher.lanes()).toEqual([]);
});

test("a failure that was judged is not judged again when it is delivered again, also after the lane was resumed", async () => {
  const all = scriptedDispatcher({}, policy("quarantine"));
  const delivery = deliveryOf(messageWith({ id: "bad" }));
  all.dispatcher.deliver(delivery);
  await quiet();
  await all.holds.resume("command.ping", "anna");
  all.dispatcher.deliver(delivery);
  await quiet();
  expect(all.removed).toHaveLength(2);
  expect(all.entries.map(({ state }) => state)).toEqual(["quarantined", "resumed"]);
  expect(all.holds.all()).toEqual([]);
});

test("a pause after a judged failure is not reported as a quarantine", async () => {
  const all = scriptedDispatcher({}, policy("quarantine"));
  const delivery = deliveryOf(messageWith({ id: "bad" }));
  const reported = () => all.tell.mock.lastCall![0].map(({ id }) => id);
  all.dispatcher.deliver(delivery);
  await quiet();
  const first = reported();
  await all.holds.resume("command.ping", "anna");
  all.journal.slow = true;
  all.dispatcher.deliver(delivery);
  await all.holds.hold("command.ping", { state: "paused", since: new Date().toISOString(), by: "anna", reason: "" });
  for (let turn = 0; turn < 9; turn++) await quiet();
  expect(all.tell).toHaveBeenCalledTimes(2);
  expect(reported()).toEqual(first.slice(0, 1));
});

test("a failure whose quarantine the broker does not store is left to the next daemon to judge", async () => {
  const all = scriptedDispatcher({}, policy("quarantine"));
  vi.spyOn(all.holds, "hold").mockResolvedValue(false);
  deliver(all, "bad");
  await quiet();
  expect(all.tell).toHaveBeenCalledTimes(1);
  expect(all.removed).toEqual([]);
});

test("a failure that an earlier daemon left unjudged quarantines the lane", async () => {
  const all = scriptedDispatcher({}, policy("quarantine"));
  const message = messageWith({ id: "old" });
  all.journal.add(message, ackOf(message, "failed", 1));
  all.dispatcher.deliver(deliveryOf(message));
  await quiet();
  expect(all.entries).toMatchObject([{ state: "quarantined", behind: 1 }]);
  expect(all.runs).toEqual([]);
});

test.each(["restart", "shutdown"] as const)(
  "an earlier daemon's reaction to a failure (%s) is not repeated",
  async (verdict) => {
    const all = scriptedDispatcher({}, policy(verdict));
    const message = messageWith({ id: "old" });
    all.journal.add(message, ackOf(message, "failed", 1));
    all.dispatcher.deliver(deliveryOf(message));
    await quiet();
    expect(all.removed).toHaveLength(1);
    expect(all.shutDown).not.toHaveBeenCalled();
  },
);

test("after the verdict restart the next message is begun by the fresh lane, and only by it", async () => {
  const all = scriptedDispatcher({}, policy("restart"));
  const next = messageWith({ id: "next", delivery: "atMostOnce" });
  const running = all.hold("bad");
  deliver(all, "bad");
  all.dispatcher.deliver(deliveryOf(next));
  await quiet();
  all.journal.slow = true;
  running.open();
  for (let turn = 0; turn < 20; turn++) await quiet();
  expect(all.runs).toEqual(["bad", "next"]);
  expect(all.journal.states(next)).toEqual(["started 1", "succeeded 1"]);
  expect(all.dispatcher.lanes()).toEqual([]);
});

test("the verdict shutdown asks for the daemon's end once the message is removed, and says why", async () => {
  const all = scriptedDispatcher({}, policy("shutdown"));
  all.shutDown.mockImplementation(() => expect(all.removed).toEqual(["bad"]));
  deliver(all, "bad");
  await quiet();
  expect(all.shutDown).toHaveBeenCalledOnce();
  expect(all.shutDown.mock.lastCall?.[0]).toMatchObject({ code: "shutDown" });
  expect(all.shutDown.mock.lastCall?.[0]?.message).toContain("bad failed: exit code 1");
});

test("a message of a stream that was created again still quarantines its lane, and is not removed", async () => {
  const all = scriptedDispatcher({}, policy("quarantine"));
  const running = all.hold("bad");
  deliver(all, "bad");
  await quiet();
  all.dispatcher.forget();
  running.open();
  await quiet();
  expect(all.entries).toMatchObject([{ state: "quarantined" }]);
  expect(all.removed).toEqual([]);
});
