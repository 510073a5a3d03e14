import { jetstreamManager } from "@nats-io/jetstream";
import { expect, test } from "vitest";
import { Broker } from "../../src/broker/connection/broker.ts";
import { stateFollows } from "../../src/broker/health/state-follows.ts";
import { startFleet } from "../support/fleet.ts";

test("the state is current when the last ACK is in it, and only then", async () => {
  await using fleet = await startFleet();
  const broker = new Broker(fleet.nc, "steward");
  expect(await stateFollows(broker)).toEqual({ kind: "nothing" });
  await fleet.nc.request("steward.a.ack.command.ping.1", "{}");
  await fleet.nc.request("steward.a.ack.command.ping.2", "{}");
  expect(await stateFollows(broker)).toEqual({ kind: "current", sequence: 2 });

  // Somebody forgot the node, and so removed its entries.
  await fleet.nc.request("$KV.STEWARD_NODES.a.command.ping", "");
  expect(await stateFollows(broker)).toEqual({ kind: "current", sequence: 2 });

  // A bucket made by hand has no source.
  const manager = await jetstreamManager(fleet.nc);
  await manager.streams.delete("KV_STEWARD_NODES");
  await manager.streams.add({ name: "KV_STEWARD_NODES", subjects: ["$KV.STEWARD_NODES.>"], allow_direct: true });
  expect(await stateFollows(broker)).toEqual({ kind: "behind", sequence: 2, reason: "it has no source" });
});
