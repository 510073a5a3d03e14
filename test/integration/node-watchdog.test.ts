import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { jetstreamManager, type ConsumerUpdateConfig, type JetStreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import {
  aMessage,
  latestAcks,
  putMessage,
  readAcks,
  readStream,
  stateEntries,
  untilAnswered,
  untilConnected,
} from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink } from "../support/link.ts";
import { asksAtRest, restSoon } from "../support/rest.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

const interval = 200;
const queue = "STEWARD_MESSAGES";

let fleet: Fleet;
let ship1: TestNode;
let folder: string;
let manager: JetStreamManager;
beforeEach(async () => {
  fleet = await startFleet();
  ship1 = await startNode(fleet.server.url, "ship1", ["--watchdog-interval", `${interval}ms`, "--presence-ttl", "3s"]);
  folder = await mkdtemp(join(tmpdir(), "steward-watchdog-"));
  manager = await jetstreamManager(fleet.nc, { checkAPI: false });
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await ship1[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

/** Puts a command that runs until it is let go, and waits until it does. */
async function runHeld(id: string): Promise<{ letGo: () => Promise<void> }> {
  const [begun, go] = [join(folder, `${id}.begun`), join(folder, `${id}.go`)];
  const script = `touch ${begun}; while test -d ${folder} && ! test -e ${go}; do sleep 0.02; done`;
  await putMessage(fleet.nc, aMessage({ id, subject: "shell", data: [script] }));
  await until(() => existsSync(begun));
  return { letGo: () => writeFile(go, "") };
}

async function resyncs(): Promise<Record<string, number>> {
  const reply = await fleet.nc.request("steward.ship1.control.status", "", { timeout: 5000 });
  return reply.json<{ resyncs: Record<string, number> }>().resyncs;
}

/** Lets so much time pass that the watchdog has looked at least five times. */
async function fiveLooks(): Promise<void> {
  const enough = Date.now() + 10 * interval;
  await until(() => Date.now() > enough);
}

/** Of messages that wait or run: as the consumer counts them, and as they are in the stream. */
async function counts(): Promise<{ consumer: number; stream: number }> {
  const { num_pending, num_ack_pending } = await manager.consumers.info(queue, "ship1");
  return { consumer: num_pending + num_ack_pending, stream: (await manager.streams.info(queue)).state.messages };
}

const reported = (text: string): number => ship1.log().split(text).length - 1;
const put = (id: string) => putMessage(fleet.nc, aMessage({ id }));
const putShell = (id: string) => putMessage(fleet.nc, aMessage({ id, subject: "shell", data: ["true"] }));

it("a queue that was purged, of which the daemon holds more than the consumer counts, brings no resync", async () => {
  const { letGo } = await runHeld("runs");
  for (const id of ["m1", "m2"]) await putShell(id);
  await until(async () => (await counts()).consumer === 3);
  await manager.streams.purge(queue);
  expect(await counts()).toEqual({ consumer: 0, stream: 0 });
  await fiveLooks();
  await letGo();
  await put("m3");
  await until(async () => (await readAcks(fleet.nc, "m3")).length === 2);
  await fiveLooks();
  expect(await resyncs()).toEqual({ start: 1 });
});

it("a broker that was killed brings one resync, whatever its consumer counts then", async () => {
  for (let count = 0; count < 20; count++) await put(`m${count}`);
  const { letGo } = await runHeld("runs");
  await fleet.server.kill();
  await fleet.server.restart();
  await untilConnected(fleet.nc);
  await fiveLooks();
  expect(await resyncs()).toEqual({ start: 1, reconnect: 1 });
  await letGo();
  await untilAnswered(fleet.nc);
  expect(reported('"msg":"resynced"')).toBe(2);
});

it("a removal that was lost on its way is asked for again, and the message runs once", async () => {
  let lost = 0;
  await using link = await startLink([fleet.server.url], ({ subject }, forward) => {
    if (subject.startsWith("$JS.API.STREAM.MSG.DELETE.") && lost === 0) lost += 1;
    else forward();
  });
  await using ship2 = await startNode(link.url, "ship2", ["--watchdog-interval", `${interval}ms`]);
  await putMessage(fleet.nc, aMessage({ id: "m1", node: "ship2" }));
  await untilAnswered(fleet.nc);
  expect(lost).toBe(1);
  expect((await readAcks(fleet.nc, "m1")).map(({ state }) => state)).toEqual(["started", "succeeded"]);
  expect(ship2.log()).not.toContain("were not delivered; resync");
});

it("an idle node's request for messages that a link between servers lost is made again, without a resync", async () => {
  let lost = 0;
  await using link = await startLink([fleet.server.url], (operation, forward) => {
    if (asksAtRest(operation) && lost++ === 0) return;
    restSoon(operation);
    forward();
  });
  await using ship2 = await startNode(link.url, "ship2", ["--watchdog-interval", `${interval}ms`]);
  await until(() => lost > 0);
  await until(async () => (await manager.consumers.info(queue, "ship2")).num_waiting > 0);
  await putMessage(fleet.nc, aMessage({ id: "m1", node: "ship2" }));
  await untilAnswered(fleet.nc);
  expect(ship2.log().split('"msg":"resynced"')).toHaveLength(2);
});

it("a lost delivery that none follows is noticed by the heartbeats, without the watchdog", async () => {
  await using ship2 = await startNode(fleet.server.url, "ship2");
  let taken = 0;
  fleet.nc.subscribe("thief", { callback: (_error, msg) => void (taken += Number(msg.reply !== undefined)) });
  const next = `$JS.API.CONSUMER.MSG.NEXT.${queue}.ship2`;
  const begun = Date.now();
  // The server takes turns between those who ask.
  fleet.nc.publish(next, JSON.stringify({ batch: 1, expires: 20e9 }), { reply: "thief" });
  for (const id of Array.from({ length: 10 }, (_, number) => `m${number}`)) {
    if (taken > 0) break;
    await putMessage(fleet.nc, aMessage({ id, node: "ship2" }));
    await until(async () => taken > 0 || (await readAcks(fleet.nc, id)).length === 2);
  }
  expect(taken).toBe(1);
  await untilAnswered(fleet.nc);
  expect(Date.now() - begun).toBeLessThan(10_000);
  expect(ship2.log()).toContain('"why":"gap"');
});

it.each<[string, Partial<ConsumerUpdateConfig> & { headers_only?: boolean }]>([
  ["filter_subject", { filter_subject: "steward.ship1.event.*.*" }],
  ["filter_subjects, filter_subject", { filter_subject: "", filter_subjects: ["steward.ship1.event.*.*", "x"] }],
  ["max_ack_pending", { max_ack_pending: 1 }],
  ["headers_only, max_batch", { headers_only: true, max_batch: 5 }],
])("a change of the consumer (%s) is reported, restored by one resync, and stalls nothing", async (fields, change) => {
  const { letGo } = await runHeld("runs");
  await putShell("waits");
  await manager.consumers.update(queue, "ship1", change);
  await until(() => reported(`the consumer's ${fields} was changed; restored`) === 1);
  await put("m1");
  await until(async () => (await readAcks(fleet.nc, "m1")).length === 2);
  await letGo();
  await untilAnswered(fleet.nc);
  expect(await resyncs()).toEqual({ start: 1, consumerChanged: 1 });
});

it("a consumer that was changed to push is reported; when that one is removed, the node works again", async () => {
  await manager.consumers.delete(queue, "ship1");
  // Whichever of the two comes first; the daemon makes its own within milliseconds.
  const push = { durable_name: "ship1", ack_policy: "explicit", deliver_subject: "elsewhere", filter_subject: "x" };
  await until(async () => {
    await manager.consumers.delete(queue, "ship1").catch(() => false);
    const request = { stream_name: queue, config: { ...push, filter_subject: "steward.ship1.command.*.*" } };
    const reply = await fleet.nc.request(`$JS.API.CONSUMER.DURABLE.CREATE.${queue}.ship1`, JSON.stringify(request));
    return reply.json<{ error?: object }>().error === undefined;
  });
  await until(() => reported("cannot be restored") > 0);
  await put("m1");
  await fiveLooks();
  expect(reported("cannot be restored")).toBeLessThan(5);
  await manager.consumers.delete(queue, "ship1");
  await untilAnswered(fleet.nc);
  expect(await readAcks(fleet.nc, "m1")).toHaveLength(2);
});

it("a pause is reported once, causes no resync, and waiting messages run when it ends", async () => {
  await manager.consumers.pause(queue, "ship1", new Date(Date.now() + 3_600_000));
  await put("m1");
  await fiveLooks();
  expect(reported("the consumer is paused until")).toBe(1);
  expect(await readAcks(fleet.nc)).toEqual([]);
  await manager.consumers.resume(queue, "ship1");
  await untilAnswered(fleet.nc);
  expect(await resyncs()).toEqual({ start: 1 });
});

it("removed buckets are reported; created again, they get the state, the node's info, holds and presence", async () => {
  await put("m1");
  await putShell("m2");
  await untilAnswered(fleet.nc);
  expect((await fleet.steward(["lanes", "ship1", "pause", "command.shell"])).code).toBe(0);
  for (const bucket of ["KV_STEWARD_NODES", "KV_STEWARD_PRESENCE"]) await manager.streams.delete(bucket);
  await until(() => reported("there is no stream KV_STEWARD_") > 0);
  const beats = Date.now();
  await until(() => Date.now() > beats + 2000);
  await applyTopology(fleet.nc, { namespace: "steward" });
  const subjects = async (bucket: string) => (await readStream(fleet.nc, bucket)).map(({ subject }) => subject);
  await until(async () => (await subjects("KV_STEWARD_PRESENCE")).includes("$KV.STEWARD_PRESENCE.ship1"));
  await until(async () => (await subjects("KV_STEWARD_NODES")).includes("$KV.STEWARD_NODES.ship1.info"));
  const hold = "$KV.STEWARD_NODES.ship1.lane.command.shell";
  await until(async () => (await subjects("KV_STEWARD_NODES")).includes(hold));
  await until(async () => isDeepStrictEqual(await stateEntries(fleet.nc), await latestAcks(fleet.nc)));
  expect((await fleet.steward(["send", "ship1", "ping"])).code).toBe(0);
  expect(ship1.exitCode()).toBeNull();
  expect(reported("there is no stream KV_STEWARD_")).toBeLessThanOrEqual(2);
});
