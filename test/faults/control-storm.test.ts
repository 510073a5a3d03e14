import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { Broker } from "../../src/broker/connection/broker.ts";
import type { Cancellation } from "../../src/operate/cancel-on-node.ts";
import { cancel } from "../../src/operate/cancel.ts";
import type { Ack } from "../../src/protocol/ack.ts";
import { controlNode } from "../../src/state/control-node.ts";
import { aMessage, finalsById, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet } from "../support/fleet.ts";
import { pick, seeded } from "../support/random.ts";

// Attacks: whatever operators do to a lane, each message ends once, in order, at-most-once ones run once.

const lane = { lane: "command.shell", by: "test" };
const strikes = [
  ["restart", lane],
  ["pause", lane],
  ["resume", lane],
  ["drain", {}],
  ["resume", {}],
] as const;

it("a lane is restarted, paused, drained and resumed all the time, and its messages are cancelled", async () => {
  await using fleet = await startFleet(["ship1", "central"]);
  const broker = new Broker(fleet.nc, "steward");
  const effects = join(fleet.nodes["ship1"]!.dataDir, "effects");
  const random = seeded(3);
  const ids = Array.from({ length: 80 }, (_, number) => `m${100 + number}`);
  const once = new Set(ids.filter((_id, number) => number % 3 === 0));
  for (const id of ids) {
    const data = [`echo begin ${id} >> ${effects}; sleep 0.05; echo end ${id} >> ${effects}`];
    const delivery = once.has(id) ? "atMostOnce" : "atLeastOnce";
    await putMessage(fleet.nc, aMessage({ id, subject: "shell", data, delivery }));
  }
  const decided: Cancellation[] = [];
  const cancelling: Promise<void>[] = [];
  const options = { by: "test", waitMs: 20_000 };
  for (let count = 0; count < 100; count++) {
    await delay(random(60));
    if (random(2) === 0) cancelling.push(cancel(broker, pick(random, ids), options, (one) => decided.push(one)));
    const [verb, request] = pick(random, strikes);
    await controlNode(broker, "ship1", verb, request).catch(ignoreNothingThere);
  }
  await Promise.all(cancelling);
  for (const request of [lane, {}]) await controlNode(broker, "ship1", "resume", request);
  await untilAnswered(fleet.nc);

  const acks = await readAcks(fleet.nc);
  const finals = finalsById(acks);
  const lines = (await readFile(effects, "utf8")).trimEnd().split("\n");
  const runsOf = (id: string): number => lines.filter((line) => line === `begin ${id}`).length;
  const finalOf = (id: string): Ack | undefined => finals.get(id)?.[0];
  expect(ids.filter((id) => finals.get(id)?.length !== 1)).toEqual([]);
  expect(ids.filter((id) => once.has(id) && runsOf(id) > 1)).toEqual([]);
  expect(ids.filter((id) => finalOf(id)?.cancelled?.was === "queued" && runsOf(id) > 0)).toEqual([]);
  expect(ids.filter((id) => finalOf(id)?.state === "succeeded" && !lines.includes(`end ${id}`))).toEqual([]);
  for (const one of decided) {
    expect(one).toMatchObject({ kind: "ended", ack: { state: finalOf(one.address.id)?.state } });
  }
  const begun = [...new Set(lines.map((line) => line.split(" ")[1]))];
  expect(begun).toEqual(ids.filter((id) => begun.includes(id)));
  const states = ids.map((id) => finalOf(id)?.state);
  expect(states).toContain("succeeded");
  expect(states).toContain("cancelled");
});

/** When the last message has ended before the storm, there is no lane to restart. */
function ignoreNothingThere(error: unknown): void {
  if (!String(error).includes("nothing runs or waits")) throw error;
}
