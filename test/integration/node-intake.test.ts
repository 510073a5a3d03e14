import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { Queue } from "../../src/broker/write/queue.ts";
import { isFinal } from "../../src/protocol/ack.ts";
import { aMessage, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import type { TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let ship1: TestNode;
let folder: string;
let effects: string;
beforeEach(async () => {
  fleet = await startFleet(["ship1"]);
  ship1 = fleet.nodes["ship1"]!;
  folder = await mkdtemp(join(tmpdir(), "steward-intake-"));
  effects = join(folder, "effects");
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const manager = () => jetstreamManager(fleet.nc, { checkAPI: false });
const put = (id: string) =>
  putMessage(fleet.nc, aMessage({ id, subject: "shell", data: [`echo ${id} >> ${effects}`] }));
const ran = async (): Promise<string[]> => (await readFile(effects, "utf8")).trim().split("\n");

/** Puts a command that runs until it is let go, and waits until it does. */
async function runHeld(id: string): Promise<{ letGo: () => Promise<void> }> {
  const [begun, go] = [join(folder, `${id}.begun`), join(folder, `${id}.go`)];
  const script = `touch ${begun}; while test -d ${folder} && ! test -e ${go}; do sleep 0.02; done; echo ${id} >> ${effects}`;
  await putMessage(fleet.nc, aMessage({ id, subject: "shell", data: [script] }));
  await until(() => existsSync(begun));
  return { letGo: () => writeFile(go, "") };
}

it("C5: deliveries that another client took from the node's consumer come again, in order", async () => {
  let taken = 0;
  fleet.nc.subscribe("thief", { callback: (_error, msg) => void (taken += Number(msg.reply !== undefined)) });
  const next = "$JS.API.CONSUMER.MSG.NEXT.STEWARD_MESSAGES.ship1";
  fleet.nc.publish(next, JSON.stringify({ batch: 5, expires: 20e9 }), { reply: "thief" });
  const ids = Array.from({ length: 20 }, (_, number) => `m${number}`);
  for (const id of ids) await put(id);
  await untilAnswered(fleet.nc);
  expect(taken).toBeGreaterThan(0);
  expect(await ran()).toEqual(ids);
  expect(await readAcks(fleet.nc)).toHaveLength(2 * ids.length);
});

it("C5: a consumer that was deleted by hand is created again, and waiting messages run once, in order", async () => {
  const { letGo } = await runHeld("m0");
  await put("m1");
  await (await manager()).consumers.delete("STEWARD_MESSAGES", "ship1");
  await put("m2");
  await until(() => ship1.log().includes("consumerGone"));
  await letGo();
  await untilAnswered(fleet.nc);
  expect(await ran()).toEqual(["m0", "m1", "m2"]);
  expect(await readAcks(fleet.nc)).toHaveLength(6);
});

it("C1: when the queue is deleted and created again, running messages end, waiting ones are lost, and no new one is removed by mistake", async () => {
  const { letGo } = await runHeld("old0");
  await put("old1");
  const { streams } = await manager();
  const { config } = await streams.info("STEWARD_MESSAGES");
  await streams.delete("STEWARD_MESSAGES");
  // With the same first sequence, these get the sequences of the former ones. `steward init` would use other sequences.
  await streams.add(config);
  await putMessage(fleet.nc, aMessage({ id: "new0" }));
  await putMessage(fleet.nc, aMessage({ id: "new1" }));
  await until(async () => (await readAcks(fleet.nc, "new1")).length === 2);
  await put("new2");
  await letGo();
  await untilAnswered(fleet.nc);
  expect(await ran()).toEqual(["old0", "new2"]);
  const states = (await readAcks(fleet.nc)).map(({ id, state }) => `${id} ${state}`);
  expect(states.toSorted((a, b) => a.localeCompare(b))).toEqual(
    ["new0", "new1", "new2", "old0"].flatMap((id) => [`${id} started`, `${id} succeeded`]),
  );
});

it("fail-stop: while the journal takes nothing more, nothing starts and the daemon says so; then it goes on", async () => {
  const streams = (await manager()).streams;
  await put("before");
  await untilAnswered(fleet.nc);
  const { state } = await streams.info("STEWARD_ACKS");
  await streams.update("STEWARD_ACKS", { max_msgs: state.messages, discard: "new" });
  await put("m1");
  await until(() => ship1.log().includes("refuses to store an ACK"));
  expect(await ran()).toEqual(["before"]);

  await streams.update("STEWARD_ACKS", { max_msgs: -1 });
  await untilAnswered(fleet.nc);
  expect(await ran()).toEqual(["before", "m1"]);
  expect((await readAcks(fleet.nc, "m1")).map((ack) => ack.state)).toEqual(["started", "succeeded"]);
});

it("C5: messages larger than one request come in among small ones, in order", async () => {
  await using big = await startFleet(["ship1"], { extraConfig: "max_payload: 8388608" });
  const large = { data: ["x".repeat(5 * 1024 * 1024)] };
  const ids = Array.from({ length: 9 }, (_, number) => `m${number}`);
  for (const [at, id] of ids.entries()) await putMessage(big.nc, aMessage({ id, ...(at % 3 === 1 ? large : {}) }));
  await until(async () => (await readAcks(big.nc, "m8")).some(isFinal));
  const ended = (await readAcks(big.nc)).filter((ack) => isFinal(ack) && ids.includes(ack.id));
  expect(ended.map(({ id, state }) => `${id} ${state}`)).toEqual(
    ids.map((id, at) => `${id} ${at % 3 === 1 ? "rejected" : "succeeded"}`),
  );
  expect(big.nodes["ship1"]!.log().split('"msg":"resynced"')).toHaveLength(2);
});

it("C5: a daemon that is suspended while 40 MB arrive is not cut off, and handles each message once, in order", async () => {
  const [total, text] = [2000, "x".repeat(20_000)];
  await using broker = await openBroker(
    { servers: fleet.server.url, namespace: "steward" },
    { name: "test", waitMs: 10_000 },
  );
  process.kill(ship1.pid, "SIGSTOP");
  const messages = Array.from({ length: total }, (_, number) => {
    return aMessage({ id: `m${number}`, messageType: "event", subject: "log", data: [`${number} ${text}`] });
  });
  await new Queue(broker).put(messages);
  process.kill(ship1.pid, "SIGCONT");
  await untilAnswered(fleet.nc);
  const lines = (await readFile(join(ship1.dataDir, "log", "test.log"), "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => Number(line.split(" ")[0]))).toEqual(Array.from(messages.keys()));
  expect(ship1.log()).not.toContain("connection to the broker is lost");
  expect(ship1.log().split('"msg":"resynced"')).toHaveLength(2);
});
