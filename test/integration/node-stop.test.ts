import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readStates, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let folder: string;
beforeEach(async () => {
  fleet = await startFleet();
  folder = await mkdtemp(join(tmpdir(), "steward-stop-"));
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Two scripts to ship1: one that runs until it is let go or its folder is gone, and one behind it. */
async function sendTwo(): Promise<{
  begun: () => boolean;
  letGo: () => Promise<void>;
  effects: () => Promise<string>;
}> {
  const [effects, go] = [join(folder, "effects"), join(folder, "go")];
  const first = `echo begun >> ${effects}; while test -d ${folder} && ! test -e ${go}; do sleep 0.02; done; echo ended >> ${effects}`;
  const list = [first, `echo next >> ${effects}`].map((script, n) => ({
    id: `m${n}`,
    node: "ship1",
    subject: "shell",
    data: [script],
  }));
  expect((await fleet.steward(["send", "--file", "-", "--no-wait"], JSON.stringify(list))).code).toBe(0);
  return {
    begun: () => existsSync(effects),
    letGo: () => writeFile(go, ""),
    effects: () => readFile(effects, "utf8"),
  };
}

const statesOf = (id: string): Promise<string[]> => readStates(fleet.nc, id);

it("S13: a daemon that is asked to stop lets running messages end, and leaves the rest for the next daemon", async () => {
  await using ship1 = await startNode(fleet.server.url, "ship1");
  const { begun, letGo, effects } = await sendTwo();
  await until(begun);
  const stopped = ship1.kill("SIGTERM");
  await until(() => ship1.log().includes("SIGTERM: stopping"));
  await letGo();
  await stopped;
  expect(ship1.exitCode()).toBe(0);
  expect(await statesOf("m0")).toEqual(["started 1", "succeeded 1"]);
  expect(await statesOf("m1")).toEqual([]);

  await ship1.restart();
  await untilAnswered(fleet.nc);
  expect(await effects()).toBe("begun\nended\nnext\n");
  expect(await statesOf("m1")).toEqual(["started 1", "succeeded 1"]);
});

it("S13: a second signal ends the wait, and the journal records that, so that it does not count as a crash", async () => {
  await using ship1 = await startNode(fleet.server.url, "ship1");
  const { begun, letGo, effects } = await sendTwo();
  await until(begun);
  const stopped = ship1.kill("SIGTERM");
  await until(() => ship1.log().includes("SIGTERM: stopping"));
  await ship1.kill("SIGTERM");
  await stopped;
  expect(ship1.exitCode()).toBe(0);
  expect(await statesOf("m0")).toEqual(["started 1", "retrying 1"]);

  await letGo();
  await ship1.restart();
  await untilAnswered(fleet.nc);
  expect(await statesOf("m0")).toEqual(["started 1", "retrying 1", "started 2", "succeeded 2"]);
  expect(await effects()).toBe("begun\nbegun\nended\nnext\n");
});

it("S13: a message that outlasts the drain timeout is cut off, and runs again after the restart", async () => {
  await using ship1 = await startNode(fleet.server.url, "ship1", ["--drain-timeout", "200ms"]);
  const { begun, letGo, effects } = await sendTwo();
  await until(begun);
  await ship1.kill("SIGTERM");
  expect(ship1.exitCode()).toBe(0);
  expect(await statesOf("m0")).toEqual(["started 1", "retrying 1"]);
  expect(await effects()).toBe("begun\n");

  await letGo();
  await ship1.restart();
  await untilAnswered(fleet.nc);
  expect(await statesOf("m0")).toEqual(["started 1", "retrying 1", "started 2", "succeeded 2"]);
  expect(await effects()).toBe("begun\nbegun\nended\nnext\n");
});
