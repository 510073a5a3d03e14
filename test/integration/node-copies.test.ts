import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aMessage, countQueued, putByHand, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode } from "../support/steward.ts";

let fleet: Fleet;
let folder: string;
let effects: string;
beforeEach(async () => {
  fleet = await startFleet();
  folder = await mkdtemp(join(tmpdir(), "steward-copies-"));
  effects = join(folder, "effects");
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const count = async (file: string): Promise<number> => (await readFile(file, "utf8")).trim().split("\n").length;

// Put by hand, a copy has no id that the broker could know it by: as if its window of two minutes were over.
it("C5: copies of one command, queued together, run once", async () => {
  const message = aMessage({ id: "twin", subject: "shell", data: [`echo ran >> ${effects}`] });
  for (let copy = 0; copy < 5; copy++) await putMessage(fleet.nc, message);
  expect(await countQueued(fleet.nc)).toBe(5);
  await using ship1 = await startNode(fleet.server.url, "ship1");
  await untilAnswered(fleet.nc);
  expect(await count(effects)).toBe(1);
  expect(await readAcks(fleet.nc, "twin")).toMatchObject([{ state: "started" }, { state: "succeeded" }]);

  // A later copy, and one after a restart, find what became of the first.
  await putMessage(fleet.nc, message);
  await untilAnswered(fleet.nc);
  await ship1.restart();
  await putMessage(fleet.nc, message);
  await untilAnswered(fleet.nc);
  expect(await count(effects)).toBe(1);
  expect(await readAcks(fleet.nc, "twin")).toHaveLength(2);
});

it("C5: copies of one event are delivered once", async () => {
  const message = aMessage({ id: "twin", messageType: "event", subject: "log", data: ["once"], from: "test" });
  for (let copy = 0; copy < 5; copy++) await putMessage(fleet.nc, message);
  await using ship1 = await startNode(fleet.server.url, "ship1");
  await untilAnswered(fleet.nc);
  await ship1.restart();
  await putMessage(fleet.nc, message);
  await untilAnswered(fleet.nc);
  expect(await readFile(join(ship1.dataDir, "log", "test.log"), "utf8")).toBe("once\n");
  expect(await readAcks(fleet.nc, "twin")).toMatchObject([{ state: "succeeded" }]);
});

it("C5: the same id sent again with `send --id` runs once, and returns the first outcome", async () => {
  await using ship1 = await startNode(fleet.server.url, "ship1");
  const send = ["send", "ship1", "shell", "--id", "again", "--", `echo ran | tee -a ${effects}`];
  for (let time = 0; time < 3; time++) {
    expect(await fleet.steward(send)).toMatchObject({ code: 0, stdout: "ran\n" });
    await ship1.restart();
  }
  expect(await count(effects)).toBe(1);
  expect(await readAcks(fleet.nc, "again")).toHaveLength(2);
});

it("C5: one id in two lanes is two messages, since the lane is part of a message's identity", async () => {
  await using ship1 = await startNode(fleet.server.url, "ship1");
  for (const subject of ["ping", "exec"]) {
    await putMessage(fleet.nc, aMessage({ id: "both", subject, data: ["echo", "pong"] }));
  }
  await untilAnswered(fleet.nc);
  const acks = await readAcks(fleet.nc, "both");
  expect(acks.map(({ subject, state }) => `${subject} ${state}`).toSorted((a, b) => a.localeCompare(b))).toEqual([
    "exec started",
    "exec succeeded",
    "ping started",
    "ping succeeded",
  ]);
  expect(ship1.log()).not.toContain("lane broke");
});

it("S7: garbage under the id of a message that ran changes no record", async () => {
  await using ship1 = await startNode(fleet.server.url, "ship1");
  const message = aMessage({ id: "honest", subject: "shell", data: [`echo ran >> ${effects}`] });
  await putMessage(fleet.nc, message);
  await putByHand(fleet.nc, "steward.ship1.command.shell.honest", "garbage");
  await untilAnswered(fleet.nc);
  expect(await readAcks(fleet.nc, "honest")).toMatchObject([{ state: "started" }, { state: "succeeded" }]);
  expect(await count(effects)).toBe(1);
  expect(ship1.log()).not.toContain(`"state":"rejected"`);
});
