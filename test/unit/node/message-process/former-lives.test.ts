import { expect, test, vi } from "vitest";
import type { BrokerClock } from "../../../../src/node/clock.ts";
import { isFinal } from "../../../../src/protocol/ack.ts";
import { ackOf, scripted } from "./support.ts";

const setUp = (script: Parameters<typeof scripted>[0] = {}) => {
  const run = vi.fn(async () => ({}));
  return { run, ...scripted({ ...script, handler: { run } }) };
};
const day = 24 * 3_600_000;

test.each(["command", "event"] as const)(
  "a %s that has ended before does not run, and its first end counts",
  async (messageType) => {
    const { run, journal, message, through } = setUp({ message: { messageType } });
    const first = ackOf(message, "failed", 1);
    journal.add(message, first);
    expect(await through()).toBe(first);
    expect(run).not.toHaveBeenCalled();
    expect(journal.acks(message)).toEqual([first]);
  },
);

test.each([
  ["started", "command", ["started 3", "started 4", "succeeded 4"]],
  ["retrying", "command", ["retrying 3", "started 4", "succeeded 4"]],
  ["retrying", "event", ["retrying 3", "succeeded 4"]],
] as const)("after a crash while it was %s, a %s runs again as the next attempt", async (state, messageType, chain) => {
  const { journal, message, through } = setUp({ message: { messageType } });
  journal.add(message, ackOf(message, state, 3));
  await through();
  expect(journal.states(message)).toEqual(chain);
});

test.each(["command", "event"] as const)(
  "a %s that may run at most once is interrupted by a crash",
  async (messageType) => {
    const { run, journal, message, through } = setUp({ message: { messageType, delivery: "atMostOnce" } });
    journal.add(message, ackOf(message, "started", 1));
    expect(await through()).toMatchObject({ state: "interrupted", error: { code: "interrupted" }, message });
    expect(run).not.toHaveBeenCalled();
    expect(journal.states(message)).toEqual(["started 1", "interrupted 1"]);
  },
);

test("a message whose start was stored too late has expired, and never ran", async () => {
  const stored = Date.now();
  const times = [stored + 58_000, stored + 61_000];
  const now = (): number => times.shift() ?? Infinity;
  const { run, journal, message, through } = setUp({
    message: { expires: "1m" },
    env: { clock: { now } as BrokerClock },
  });
  expect(await through()).toMatchObject({ state: "expired", attempt: 1, error: { code: "expired" }, message });
  expect(run).not.toHaveBeenCalled();
  expect(journal.states(message)).toEqual(["started 1", "expired 1"]);
});

test.each([
  ["whose time is over", "1m", 61_000],
  // The clocks of two brokers may differ, so the copy of an expired message may seem to come from the future.
  ["that had no time left when it was copied", "1ms", -5000],
])("a message %s has expired, and never ran", async (_what, expires, age) => {
  const { run, journal, message, through } = setUp({ message: { expires }, age });
  expect(await through()).toMatchObject({ state: "expired", error: { code: "expired" }, message });
  expect(run).not.toHaveBeenCalled();
  expect(journal.states(message)).toEqual(["expired 0"]);
});

test("a message whose time is not over runs", async () => {
  const { through } = setUp({ message: { expires: "1m" }, age: 58_000 });
  expect(await through()).toMatchObject({ state: "succeeded" });
});

test.each([7 * day - 3_600_000 + 60_000, 30 * day])(
  "an at-most-once message that is %i ms old may have run before the journal begins",
  async (age) => {
    const { run, through } = setUp({ message: { delivery: "atMostOnce" }, age });
    expect(await through()).toMatchObject({ state: "interrupted", attempt: 0, error: { code: "tooOldToProve" } });
    expect(run).not.toHaveBeenCalled();
  },
);

test.each([
  [
    "at most once and an hour younger than the journal's reach",
    { delivery: "atMostOnce" },
    7 * day - 3_600_000 - 60_000,
  ],
  ["at least once, however old", {}, 300 * day],
] as const)("a message that runs %s is run", async (_what, message, age) => {
  const { through } = setUp({ message, age });
  expect(await through()).toMatchObject({ state: "succeeded" });
});

test.each([
  ["expired", "succeeded"],
  ["rejected", "failed"],
] as const)("a message that would be %s now keeps the end that it has", async (now, before) => {
  const { journal, message, through } = setUp({
    message: now === "expired" ? { expires: "1m" } : { timeout: "soon" },
    age: 3_600_000,
  });
  journal.add(message, ackOf(message, "started", 1));
  journal.add(message, ackOf(message, before, 1));
  expect(await through()).toMatchObject({ state: before, instance: "another" });
  expect(journal.acks(message).filter(isFinal)).toHaveLength(1);
});

test.each([
  ["expired", "interrupted 2", "interrupted"],
  ["rejected", "rejected 2", "badMessage"],
])("a message that an earlier daemon started and that would be %s now ends as %s", async (now, last, code) => {
  const { run, journal, message, through } = setUp({
    message: now === "expired" ? { expires: "1m" } : { timeout: "soon" },
    age: 3_600_000,
  });
  journal.add(message, ackOf(message, "started", 2));
  expect(await through()).toMatchObject({ error: { code } });
  expect(run).not.toHaveBeenCalled();
  expect(journal.states(message)).toEqual(["started 2", last]);
});
