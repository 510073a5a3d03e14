import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countQueued, readStates, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode } from "../support/steward.ts";

// Only the daemon of a node needs a consumer, and a consumer of somebody else removes nothing.

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet[Symbol.asyncDispose]());

const ids = ["m0", "m1", "m2"];
const sendAll = async (): Promise<void> => {
  for (const id of ids) await fleet.steward(["send", "ship1", "ping", "--id", id, "--no-wait"]);
};

test("a send to a name without a daemon makes no consumer, and the message runs when the daemon starts", async () => {
  await sendAll();
  const manager = await jetstreamManager(fleet.nc);
  expect(await manager.consumers.list("STEWARD_MESSAGES").next()).toEqual([]);
  expect((await fleet.steward(["queue", "--summary"])).stdout).toMatch(/^ship1 +3 /m);
  expect((await fleet.steward(["queue", "--node", "sh*", "--limit", "1"])).stdout).toMatch(
    / ship1 +command\.ping +m0 /,
  );
  await using ship1 = await startNode(fleet.server.url, "ship1");
  await untilAnswered(fleet.nc);
  for (const id of ids) expect(await readStates(fleet.nc, id)).toEqual(["started 1", "succeeded 1"]);
  expect(ship1.log()).not.toContain('"level":50');
});

test("a consumer of somebody else that acknowledges everything removes nothing", async () => {
  const manager = await jetstreamManager(fleet.nc);
  await manager.consumers.add("STEWARD_MESSAGES", { durable_name: "spy", ack_policy: AckPolicy.Explicit });
  await sendAll();
  const spy = await jetstream(fleet.nc).consumers.get("STEWARD_MESSAGES", "spy");
  for await (const message of await spy.fetch({ max_messages: ids.length, expires: 5000 })) {
    expect(await message.ackAck()).toBe(true);
  }
  expect(await countQueued(fleet.nc)).toBe(ids.length);
  await using ship1 = await startNode(fleet.server.url, "ship1");
  await untilAnswered(fleet.nc);
  for (const id of ids) expect(await readStates(fleet.nc, id)).toEqual(["started 1", "succeeded 1"]);
  expect(ship1.log()).not.toContain('"level":50');
});
