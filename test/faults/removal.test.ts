import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { aMessage, countQueued, putMessage, readStates, untilAnswered } from "../support/broker-state.ts";
import type { ClientOperation } from "../support/client-operations.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink } from "../support/link.ts";
import { startNode } from "../support/steward.ts";

const once = ["started 1", "succeeded 1"];
const isRemoval = ({ subject }: ClientOperation): boolean => subject.startsWith("$JS.API.STREAM.MSG.DELETE.");

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet[Symbol.asyncDispose]());

it("S13: a message whose removal was done but not answered runs once, and so do the messages behind it", async () => {
  let removals = 0;
  await using link = await startLink([fleet.server.url], (operation, forward) => {
    if (!isRemoval(operation) || removals++ > 0) return forward();
    link.cut("down");
    forward();
    setTimeout(() => {
      link.drop();
      link.heal();
    }, 500);
  });
  await using ship1 = await startNode(link.url, "ship1");
  for (const id of ["m1", "m2", "m3"]) await putMessage(fleet.nc, aMessage({ id }));
  await untilAnswered(fleet.nc);
  for (const id of ["m1", "m2", "m3"]) expect(await readStates(fleet.nc, id)).toEqual(once);
  // The removed message does not come again, so nothing is left to remove.
  expect(removals).toBeGreaterThanOrEqual(3);
  expect(ship1.exitCode()).toBeNull();
});

it("S2: a queue that is created again between a final ACK and its removal loses none of its messages", async () => {
  const manager = await jetstreamManager(fleet.nc, { checkAPI: false });
  const strangers = ["s1", "s2", "s3"];
  let removals = 0;
  await using link = await startLink([fleet.server.url], async (operation, forward) => {
    if (isRemoval(operation) && removals++ === 0) {
      await manager.streams.delete("STEWARD_MESSAGES");
      await applyTopology(fleet.nc, { namespace: "steward" });
      for (const id of strangers) await putMessage(fleet.nc, aMessage({ id, node: "ship2" }));
    }
    forward();
  });
  await using ship1 = await startNode(link.url, "ship1");
  await putMessage(fleet.nc, aMessage({ id: "m1" }));
  await expect.poll(() => readStates(fleet.nc, "m1"), { timeout: 10_000 }).toEqual(once);
  await expect.poll(() => ship1.log(), { timeout: 10_000 }).toContain('"reason":"consumerGone"');
  await expect.poll(() => countQueued(fleet.nc), { timeout: 10_000 }).toBe(strangers.length);
  await using ship2 = await startNode(fleet.server.url, "ship2");
  await untilAnswered(fleet.nc);
  for (const id of strangers) expect(await readStates(fleet.nc, id)).toEqual(once);
  expect(ship2.exitCode()).toBeNull();
});
