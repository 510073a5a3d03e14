import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { countQueued, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode } from "../support/steward.ts";

let fleet: Fleet;
let folder: string;
beforeEach(async () => {
  fleet = await startFleet();
  folder = await mkdtemp(join(tmpdir(), "steward-order-"));
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it("S13, C5: 500 commands queued for a node that is down run in the order sent, once each", async () => {
  const effects = join(folder, "effects");
  const numbers = Array.from({ length: 500 }, (_, number) => String(number));
  const list = numbers.map((number) => ({ node: "ship1", subject: "shell", data: [`echo ${number} >> ${effects}`] }));
  const sent = await fleet.steward(["send", "--file", "-", "--no-wait"], JSON.stringify(list));
  const ids = sent.stdout.trim().split("\n");
  expect(sent.code).toBe(0);
  expect(new Set(ids).size).toBe(numbers.length);
  expect(await countQueued(fleet.nc)).toBe(numbers.length);

  await using ship1 = await startNode(fleet.server.url, "ship1");
  await untilAnswered(fleet.nc);

  expect((await readFile(effects, "utf8")).trim().split("\n")).toEqual(numbers);
  const acks = await readAcks(fleet.nc);
  const inState = (state: string): string[] => acks.filter((ack) => ack.state === state).map(({ id }) => id);
  expect(inState("started")).toEqual(ids);
  expect(inState("succeeded")).toEqual(ids);
  expect(acks).toHaveLength(2 * numbers.length);
  expect(ship1.log().split(`"message ended"`)).toHaveLength(1 + numbers.length);
});
