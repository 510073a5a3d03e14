import { afterEach, beforeEach, expect, it } from "vitest";
import { isFinal } from "../../src/protocol/ack.ts";
import { aMessage, putByHand, putMessage, readAcks, readStates, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

/** The broker gives a silent client up within about a second; a presence holds for three. */
const pings = 'ping_interval: "500ms"\nping_max: 1';
const args = ["--presence-ttl", "3s"];

let fleet: Fleet;
let first: TestNode;
beforeEach(async () => {
  fleet = await startFleet(["central"], { extraConfig: pings });
  first = await startNode(fleet.server.url, "ship1", args);
});
afterEach(async () => {
  await first[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

const states = (id: string): Promise<string[]> => readStates(fleet.nc, id);
const isConnected = async (): Promise<boolean> =>
  fleet.nc.request("steward.ship1.control.status", "", { timeout: 200 }).then(
    () => true,
    (error: unknown) => error instanceof Error && error.name === "TimeoutError",
  );
/** Stops the first daemon until the broker has given it up. */
const stopFirst = async (): Promise<void> => {
  process.kill(first.pid, "SIGSTOP");
  await until(async () => !(await isConnected()));
};

it.each([
  ["atLeastOnce", ["started 1", "started 2", "succeeded 2"]],
  ["atMostOnce", ["started 1", "interrupted 1"]],
] as const)("a stopped daemon that was replaced stores no end of its own, %s, and says why", async (delivery, acks) => {
  await putMessage(fleet.nc, aMessage({ id: "it", subject: "shell", data: ["sleep 0.5"], delivery }));
  await until(async () => (await states("it")).length === 1);
  await stopFirst();
  await using second = await startNode(fleet.server.url, "ship1", args);
  await untilAnswered(fleet.nc);
  process.kill(first.pid, "SIGCONT");
  await until(() => first.exitCode() !== null);
  expect(first.exitCode()).toBe(1);
  expect(first.log()).toMatch(/\((replaced|leaseLost)\)\n$/);
  expect(await states("it")).toEqual(acks);
  expect((await fleet.steward(["send", "ship1", "ping"])).code).toBe(0);
  expect(second.exitCode()).toBeNull();
});

it("a stopped daemon that ran nothing and was replaced ends when it goes on", async () => {
  await stopFirst();
  await using second = await startNode(fleet.server.url, "ship1", args);
  process.kill(first.pid, "SIGCONT");
  await until(() => first.exitCode() !== null);
  expect(first.exitCode()).toBe(1);
  expect(first.log()).toContain("has taken over this node (leaseLost)");
  expect(second.exitCode()).toBeNull();
});

it("a suspended daemon that was not replaced goes on, and its outcome is recorded", async () => {
  await putMessage(fleet.nc, aMessage({ id: "it", subject: "shell", data: ["sleep 0.5"], delivery: "atMostOnce" }));
  await until(async () => (await states("it")).length === 1);
  await stopFirst();
  process.kill(first.pid, "SIGCONT");
  await untilAnswered(fleet.nc);
  expect(await states("it")).toEqual(["started 1", "succeeded 1"]);
  expect((await readAcks(fleet.nc, "it")).filter(isFinal)).toHaveLength(1);
});

it("a daemon on another host waits until the presence of the killed one is stale", async () => {
  await first.kill();
  const elsewhere = { instance: "other", host: "elsewhere", pid: 1, startedAt: new Date().toISOString(), lanes: [] };
  await putByHand(fleet.nc, "$KV.STEWARD_PRESENCE.ship1", JSON.stringify(elsewhere), { "Nats-TTL": "3s" });
  const begun = Date.now();
  await first.restart();
  expect(Date.now() - begun).toBeGreaterThan(2000);
  expect(first.log()).toContain("waiting for the lease of ship1");
});
