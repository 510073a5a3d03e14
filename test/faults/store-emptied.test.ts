import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { isFinal } from "../../src/protocol/ack.ts";
import type { Message } from "../../src/protocol/message.ts";
import { aMessage, putMessage, readAcks, readStream, untilAnswered, untilConnected } from "../support/broker-state.ts";
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
  folder = await mkdtemp(join(tmpdir(), "steward-emptied-"));
  effects = join(folder, "effects");
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await fleet[Symbol.asyncDispose]();
});

const ran = async (): Promise<string[]> => (await readFile(effects, "utf8")).trim().split("\n");
const finals = async (id: string): Promise<string[]> =>
  (await readAcks(fleet.nc, id)).filter(isFinal).map(({ state }) => state);

/** Puts a command that tells that it began, and runs until it is let go. */
async function runHeld(id: string, parts: Partial<Message> = {}): Promise<{ letGo: () => Promise<void> }> {
  const [begun, go] = [join(folder, `${id}.begun`), join(folder, `${id}.go`)];
  const script = `echo ${id} >> ${effects}; touch ${begun}; while test -d ${folder} && ! test -e ${go}; do sleep 0.02; done`;
  await putMessage(fleet.nc, aMessage({ id, subject: "shell", data: [script], ...parts }));
  await until(() => existsSync(begun));
  return { letGo: () => writeFile(go, "") };
}

async function makeJournalAnew(): Promise<void> {
  await (await jetstreamManager(fleet.nc, { checkAPI: false })).streams.delete("STEWARD_ACKS");
  await applyTopology(fleet.nc, { namespace: "steward" });
}

it("S4: when the journal is deleted and created again during a run, each message runs once and ends once", async () => {
  const { letGo } = await runHeld("most", { delivery: "atMostOnce" });
  await putMessage(fleet.nc, aMessage({ id: "next", subject: "shell", data: [`echo next >> ${effects}`] }));
  await makeJournalAnew();
  await letGo();
  await untilAnswered(fleet.nc);
  expect(await ran()).toEqual(["most", "next"]);
  expect([await finals("most"), await finals("next")]).toEqual([["succeeded"], ["succeeded"]]);
});

it("S4: when the journal is created again and the daemon killed, no at-most-once message runs that may have run", async () => {
  await runHeld("most", { delivery: "atMostOnce" });
  const second = aMessage({
    id: "second",
    subject: "shell",
    data: [`echo second >> ${effects}`],
    delivery: "atMostOnce",
  });
  await putMessage(fleet.nc, second);
  await ship1.kill();
  await makeJournalAnew();
  await ship1.restart();
  await until(async () => (await finals("second")).length > 0);
  // Of the second nobody can tell that it did not run.
  expect([await finals("most"), await finals("second")]).toEqual([["interrupted"], ["interrupted"]]);
  expect((await readAcks(fleet.nc)).map(({ error }) => error?.code)).toEqual(["tooOldToProve", "tooOldToProve"]);
  expect(await ran()).toEqual(["most"]);
  await putMessage(fleet.nc, { ...second, id: "third", data: [`echo third >> ${effects}`] });
  await until(async () => (await finals("third")).length > 0);
  expect(await ran()).toEqual(["most", "third"]);
});

it("a broker that comes back with nothing in its store is waited for, and the node works once it is set up again", async () => {
  const { letGo } = await runHeld("runs", { delivery: "atMostOnce" });
  const { pid } = ship1;
  await fleet.server.kill();
  await rm(fleet.server.storeDir, { recursive: true, force: true });
  await fleet.server.restart();
  await untilConnected(fleet.nc);
  const reported = (): number => ship1.log().split("there is no stream STEWARD_MESSAGES").length - 1;
  await until(() => reported() > 0);
  await letGo();
  const send = await fleet.steward(["send", "ship1", "ping"]);
  expect(send).toMatchObject({ code: 4, stdout: "" });
  expect(send.stderr).toMatch(/steward init.*\(streamsMissing\)\n$/);
  const waiting = Date.now();
  await until(() => Date.now() > waiting + 5000);
  expect(reported()).toBe(1);

  expect((await fleet.steward(["init"])).code).toBe(0);
  expect(await fleet.steward(["send", "ship1", "ping"])).toMatchObject({ code: 0, stdout: "pong\n" });
  expect([ship1.pid, ship1.exitCode()]).toEqual([pid, null]);
  await until(async () => (await finals("runs")).length === 1);
  expect(await ran()).toEqual(["runs"]);
  const keys = async (bucket: string) => (await readStream(fleet.nc, bucket)).map(({ subject }) => subject);
  await until(async () => (await keys("KV_STEWARD_NODES")).includes("$KV.STEWARD_NODES.ship1.info"));
  await until(async () => (await keys("KV_STEWARD_PRESENCE")).includes("$KV.STEWARD_PRESENCE.ship1"), 30_000);
});
