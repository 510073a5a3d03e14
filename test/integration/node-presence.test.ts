import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeDefaults } from "../../src/node/settings.ts";
import { untilConnected } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet(["ship1"]);
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
});

const isUp = async (): Promise<boolean> => {
  const { stdout } = await fleet.steward(["nodes", "--json"]);
  return (JSON.parse(stdout) as { up: boolean }[])[0]?.up === true;
};

it("a heartbeat is valid for 60 s, so a node that is gone is shown as down within a minute", async () => {
  const manager = await jetstreamManager(fleet.nc, { checkAPI: false });
  const beat = await manager.streams.getMessage("KV_STEWARD_PRESENCE", { last_by_subj: "$KV.STEWARD_PRESENCE.ship1" });
  expect(beat?.header.get("Nats-TTL")).toBe("60s");
});

it("a node whose heartbeat the broker has lost is shown as up soon after it is connected again", async () => {
  expect(await isUp()).toBe(true);
  const manager = await jetstreamManager(fleet.nc, { checkAPI: false });
  await manager.streams.purge("KV_STEWARD_PRESENCE");
  expect(await isUp()).toBe(false);
  const begun = performance.now();
  await fleet.server.kill();
  await fleet.server.restart();
  await untilConnected(fleet.nc);
  await until(isUp);
  expect(performance.now() - begun).toBeLessThan(0.75 * nodeDefaults.presenceBeat);
});
