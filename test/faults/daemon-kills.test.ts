import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aMessage, putMessage, readAcks, readStates, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let folder: string;
let effects: string;
let go: string;
beforeEach(async () => {
  fleet = await startFleet(["ship1", "central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-kills-"));
  effects = join(folder, "effects");
  go = join(folder, "go");
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const ran = async (): Promise<string[]> =>
  (await readFile(effects, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

/** Says that it runs, and stays until it is let go or its folder is gone; so a kill meets it in the middle. */
const untilLetGo = (): string =>
  `echo ran >> ${effects}; while test -d ${folder} && ! test -e ${go}; do sleep 0.02; done`;

it("at most once: a command during which a kill -9 comes is interrupted and never runs again", async () => {
  const message = aMessage({ id: "reboot", subject: "shell", data: [untilLetGo()], delivery: "atMostOnce" });
  await putMessage(fleet.nc, message);
  await until(async () => (await ran()).length === 1);
  await fleet.nodes["ship1"]!.kill();
  await writeFile(go, "");
  await fleet.nodes["ship1"]!.restart();
  await untilAnswered(fleet.nc);

  // Neither a copy nor another life runs it.
  await putMessage(fleet.nc, message);
  await fleet.nodes["ship1"]!.restart();
  await untilAnswered(fleet.nc);
  expect(await ran()).toEqual(["ran"]);
  const acks = await readAcks(fleet.nc, "reboot");
  expect(acks).toMatchObject([
    { state: "started", attempt: 1 },
    { state: "interrupted", attempt: 1, error: { code: "interrupted" }, message },
  ]);
  expect(acks[1]?.instance).not.toBe(acks[0]?.instance);
});

it("at least once: a command during which a kill -9 comes runs again as attempt 2, and ends once", async () => {
  await putMessage(fleet.nc, aMessage({ id: "again", subject: "shell", data: [untilLetGo()] }));
  await until(async () => (await ran()).length === 1);
  await fleet.nodes["ship1"]!.kill();
  await writeFile(go, "");
  await fleet.nodes["ship1"]!.restart();
  await untilAnswered(fleet.nc);
  expect(await ran()).toEqual(["ran", "ran"]);
  expect(await readStates(fleet.nc, "again")).toEqual(["started 1", "started 2", "succeeded 2"]);
});

it("S13: through ten kill -9 a lane keeps its order, loses nothing, and repeats at most one command a kill", async () => {
  const [total, kills] = [500, 10];
  const numbers = Array.from({ length: total }, (_, number) => String(number));
  const list = numbers.map((number) => ({
    id: `m${number}`,
    node: "ship1",
    subject: "shell",
    data: [`echo ${number} >> ${effects}`],
  }));
  expect((await fleet.steward(["send", "--file", "-", "--no-wait"], JSON.stringify(list))).code).toBe(0);
  for (let kill = 1; kill <= kills; kill++) {
    await until(async () => (await ran()).length >= (kill * total) / (kills + 2));
    await fleet.nodes["ship1"]!.restart();
  }
  await untilAnswered(fleet.nc, 60_000);

  const lines = await ran();
  const repeats = lines.filter((number, at) => number === lines[at - 1]);
  expect(repeats.length).toBeLessThanOrEqual(kills);
  expect(lines.filter((number, at) => number !== lines[at - 1])).toEqual(numbers);

  const acks = await readAcks(fleet.nc);
  const succeeded = acks.filter(({ state }) => state === "succeeded");
  expect(succeeded.map(({ id }) => id)).toEqual(list.map(({ id }) => id));
  const started = acks.filter(({ state }) => state === "started");
  expect(started.length).toBeLessThanOrEqual(total + kills);
  expect(acks).toHaveLength(succeeded.length + started.length);
  // Each run is proved by its start, and each further start by a kill.
  expect(lines.length).toBeLessThanOrEqual(started.length);
  expect(new Set(started.map(({ instance }) => instance)).size).toBe(kills + 1);
});
