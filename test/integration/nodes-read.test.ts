import { afterEach, beforeEach, expect, test } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { readNode } from "../../src/state/node-page.ts";
import { readNodes, type NodeState } from "../../src/state/nodes.ts";
import { aMessage, putByHand, putMessage } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let broker: Broker;
beforeEach(async () => {
  fleet = await startFleet();
  broker = await openBroker({ servers: fleet.server.url, namespace: "steward" }, { name: "test", waitMs: 10_000 });
});
afterEach(async () => {
  await broker.close();
  await fleet[Symbol.asyncDispose]();
});

const times = { startedAt: "2026-01-31T12:00:00.000Z", finishedAt: "2026-01-31T12:00:00.000Z" };

interface Put {
  readonly node?: string;
  readonly subject?: string;
  readonly header?: boolean;
  readonly output?: string;
}

async function putAck(
  id: string,
  state: string,
  { node = "ship1", subject = "exec", header = true, output = "" }: Put = {},
): Promise<void> {
  const address = { id, node, messageType: "command", subject };
  const ack = { ...address, state, attempt: 1, instance: "i", ...times, output: { stdout: output, stderr: "" } };
  const headers: Readonly<Record<string, string>> = header ? { "Steward-State": state } : {};
  await putByHand(fleet.nc, `steward.${node}.ack.command.${subject}.${id}`, JSON.stringify(ack), headers);
}

async function stateOf(node: string): Promise<NodeState | undefined> {
  return (await readNodes(broker)).nodes.find((state) => state.node === node);
}

const isThere = (id: string, node = "ship1") =>
  until(async () => (await stateOf(node))?.lanes.some((lane) => lane.id === id) === true);

test("the ACKs of large outputs are read without them, and those without the header by their body", async () => {
  const large = "x".repeat(200_000);
  for (let n = 0; n < 20; n++) await putAck(`large-${n}`, "succeeded", { node: `n${n}`, output: large });
  await putAck("bare", "failed", { header: false });
  await isThere("bare");
  const started = broker.nc.stats().inBytes;
  const { nodes } = await readNodes(broker);
  expect(broker.nc.stats().inBytes - started).toBeLessThan(100_000);
  expect(nodes).toHaveLength(21);
  expect(nodes.at(-1)).toMatchObject({ node: "ship1", lanes: [{ id: "bare", state: "failed", subject: "exec" }] });
  expect(nodes[0]?.lanes).toMatchObject([{ id: "large-0", state: "succeeded" }]);
});

test("more entries than one page has are all read", async () => {
  const count = 5003;
  const info = JSON.stringify({ version: "0", host: "h" });
  for (let from = 0; from < count; from += 500) {
    const some = Array.from({ length: Math.min(500, count - from) }, (_, n) => `n${from + n}`);
    await Promise.all(some.map((node) => putByHand(fleet.nc, `$KV.STEWARD_NODES.${node}.info`, info)));
  }
  expect((await readNodes(broker)).nodes).toHaveLength(count);
  expect((await readNodes(broker, "n17")).nodes.map(({ node }) => node)).toEqual(["n17"]);
}, 30_000);

test("last seen: the heartbeat of a node that is up; else its goodbye, its last ACK, its start; never a cancel", async () => {
  const seen = async (node: string): Promise<number> => Date.parse((await stateOf(node))?.lastSeen ?? "");
  const storedAt = async (kv: string, key: string): Promise<number> => {
    const found = await fleet.nc.request(`$JS.API.DIRECT.GET.KV_${kv}.$KV.${kv}.${key}`);
    return Math.floor(Date.parse(found.headers?.get("Nats-Time-Stamp") ?? ""));
  };
  await putByHand(fleet.nc, "$KV.STEWARD_NODES.ship1.info", "{}");
  expect(await seen("ship1")).toBe(await storedAt("STEWARD_NODES", "ship1.info"));
  await putAck("a", "succeeded");
  await isThere("a");
  const acked = await storedAt("STEWARD_NODES", "ship1.command.exec");
  expect(await seen("ship1")).toBe(acked);
  await putAck("b", "cancelled", { subject: "ping" });
  await isThere("b");
  expect(await seen("ship1")).toBe(acked);
  const presence = { instance: "i", host: "h", pid: 1, startedAt: times.startedAt, lanes: [] };
  await putByHand(fleet.nc, "$KV.STEWARD_PRESENCE.ship1", JSON.stringify(presence));
  expect(await stateOf("ship1")).toMatchObject({ up: true });
  expect(await seen("ship1")).toBe(await storedAt("STEWARD_PRESENCE", "ship1"));
  await putByHand(fleet.nc, "$KV.STEWARD_PRESENCE.ship1", "", { "KV-Operation": "DEL" });
  expect(await stateOf("ship1")).toMatchObject({ up: false });
  expect(await seen("ship1")).toBe(await storedAt("STEWARD_PRESENCE", "ship1"));
});

test("an expired heartbeat does not show when the node was last seen", async () => {
  const presence = { instance: "i", host: "h", pid: 1, startedAt: times.startedAt, lanes: [] };
  await putByHand(fleet.nc, "$KV.STEWARD_NODES.ship1.info", "{}");
  await putByHand(fleet.nc, "$KV.STEWARD_PRESENCE.ship1", JSON.stringify(presence), { "Nats-TTL": "1s" });
  const started = Date.now();
  await until(async () => (await stateOf("ship1"))?.up === false);
  expect(Date.parse((await stateOf("ship1"))?.lastSeen ?? "")).toBeLessThanOrEqual(started + 500);
});

test("queued messages are counted by node, with all copies of one id; running ones have begun and not ended", async () => {
  for (const id of ["a", "a", "b"]) await putMessage(fleet.nc, aMessage({ id, subject: "exec" }));
  await putMessage(fleet.nc, aMessage({ node: "ship2" }));
  await putAck("a", "started");
  await isThere("a");
  expect(await stateOf("ship1")).toMatchObject({ queued: 3, running: 1 });
  expect(await stateOf("ship2")).toMatchObject({ queued: 1, running: 0, lastSeen: undefined });
  await putAck("a", "failed");
  await until(async () => (await stateOf("ship1"))?.lanes[0]?.state === "failed");
  expect(await stateOf("ship1")).toMatchObject({ queued: 3, running: 0 });
});

test("the page has the latest failures first, also those before a success", async () => {
  for (const [id, state] of [
    ["a", "failed"],
    ["b", "succeeded"],
    ["c", "rejected"],
    ["d", "succeeded"],
  ] as const) {
    await putAck(id, state);
  }
  await isThere("d");
  const page = await readNode(broker, "ship1");
  expect(page?.lastFailures.map(({ id, state }) => [id, state])).toEqual([
    ["c", "rejected"],
    ["a", "failed"],
  ]);
});
