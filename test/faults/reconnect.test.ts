import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aMessage, putMessage, readStates, untilAnswered, untilConnected } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import type { TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let ship1: TestNode;
let folder: string;
beforeEach(async () => {
  fleet = await startFleet(["ship1"]);
  ship1 = fleet.nodes["ship1"]!;
  folder = await mkdtemp(join(tmpdir(), "steward-reconnect-"));
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it("S2: an outcome that came while the broker was away is stored as soon as the connection is back", async () => {
  const [begun, go, ended] = [join(folder, "begun"), join(folder, "go"), join(folder, "ended")];
  const script = `touch ${begun}; while test -d ${folder} && ! test -e ${go}; do sleep 0.02; done; touch ${ended}`;
  await putMessage(fleet.nc, aMessage({ id: "away", subject: "shell", data: [script] }));
  await until(() => existsSync(begun));
  await fleet.server.kill();
  await until(() => ship1.log().includes("connection to the broker is lost"));
  await writeFile(go, "");
  await until(() => existsSync(ended));
  // Long enough for several tries to connect: what is written meanwhile must not be forgotten with them.
  const away = Date.now();
  await until(() => Date.now() > away + 1000);
  await fleet.server.restart();
  await untilConnected(fleet.nc);
  await untilAnswered(fleet.nc);

  const back = /"time":(\d+)[^\n]*reconnected/.exec(ship1.log())?.[1];
  expect(Date.now() - Number(back)).toBeLessThan(1500);
  expect(await readStates(fleet.nc, "away")).toEqual(["started 1", "succeeded 1"]);
});
