import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aMessage, finalsById, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

/** As many events as this may run ahead of what is recorded of them. */
const mostAhead = 256;
const count = 3000;
const kills = 3;

let fleet: Fleet;
let ship1: TestNode;
let folder: string;
let effects: string;
beforeAll(async () => {
  fleet = await startFleet(["central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-repeatable-"));
  effects = join(folder, "effects");
  await writeFile(
    join(folder, "note.mjs"),
    `import { appendFileSync } from "node:fs";
import { defineHandler } from "steward-nats";
export default defineHandler({
  messageType: "event", subject: "note", describe: "notes the id", repeatable: true,
  run: ({ data, message }) => {
    if (data[0] === "fail") throw new Error("told to");
    appendFileSync(${JSON.stringify(effects)}, message.id + "\\n");
  },
});`,
  );
  ship1 = await startNode(fleet.server.url, "ship1", ["--handlers", folder]);
});
afterAll(async () => {
  await ship1?.[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const ran = async (): Promise<string[]> =>
  (await readFile(effects, "utf8").catch(() => "")).split("\n").filter(Boolean);

it("events that may be repeated: through kills none is lost, each ends once, in order, and few are repeated", async () => {
  const ids = Array.from({ length: count }, (_, at) => `e${at}`);
  for (const id of ids) await putMessage(fleet.nc, aMessage({ id, messageType: "event", subject: "note", data: [] }));
  for (let kill = 1; kill <= kills; kill++) {
    const soFar = (await ran()).length;
    await until(async () => (await ran()).length > soFar + 200 || (await ran()).at(-1) === ids.at(-1), 20_000);
    await ship1.kill();
    await ship1.restart();
  }
  await untilAnswered(fleet.nc);
  const finals = finalsById((await readAcks(fleet.nc)).filter(({ subject }) => subject === "note"));
  expect([...finals.values()].map((each) => each.map(({ state }) => state))).toEqual(ids.map(() => ["succeeded"]));
  const all = await ran();
  // The first run of each comes in stored order; what a life repeats is behind what it had recorded.
  expect([...new Set(all)]).toEqual(ids);
  expect(all.length - count).toBeLessThanOrEqual(kills * (mostAhead + 1));
}, 90_000);

it("one that fails ends as failed, and those behind it go on", async () => {
  for (const [id, data] of [
    ["good1", []],
    ["bad", ["fail"]],
    ["good2", []],
  ] as const) {
    await putMessage(fleet.nc, aMessage({ id, messageType: "event", subject: "note", data }));
  }
  await untilAnswered(fleet.nc);
  const acks = await readAcks(fleet.nc);
  const ends = ["good1", "bad", "good2"].map((id) => acks.filter((ack) => ack.id === id).map(({ state }) => state));
  expect(ends).toEqual([["succeeded"], ["failed"], ["succeeded"]]);
});
