import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aMessage, putMessage, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet[Symbol.asyncDispose]());

it("an at-most-once message from before the journal's reach does not run, not even as the first after a start", async () => {
  const hour = 3600e9;
  await (await jetstreamManager(fleet.nc)).streams.update("STEWARD_ACKS", { max_age: hour });
  await fleet.steward(["send", "ship1", "ping", "--id", "prepares", "--no-wait"]);
  await putMessage(fleet.nc, aMessage({ id: "old", subject: "ping", delivery: "atMostOnce" }));
  await using ship1 = await startNode(fleet.server.url, "ship1");
  await until(async () => (await readAcks(fleet.nc, "old")).length > 0);
  expect(await readAcks(fleet.nc, "old")).toMatchObject([{ state: "interrupted", error: { code: "tooOldToProve" } }]);
  expect(ship1.log()).toContain(`"state":"interrupted"`);
});
