import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import type { CliResult, TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let ship1: TestNode;
beforeEach(async () => {
  fleet = await startFleet(["ship1"]);
  ship1 = fleet.nodes["ship1"]!;
});
afterEach(() => fleet[Symbol.asyncDispose]());

const lanes = (...args: string[]): Promise<CliResult> => fleet.steward(["lanes", "ship1", ...args]);
const send = (id: string, ...args: string[]) => fleet.steward(["send", "--id", id, "--no-wait", "ship1", ...args]);
const statesOf = async (id: string): Promise<string[]> => (await readAcks(fleet.nc, id)).map(({ state }) => state);
const hasState = (id: string, state: string) => until(async () => (await statesOf(id)).at(-1) === state);
const queued = async (): Promise<string[]> => {
  const { messages } = JSON.parse((await fleet.steward(["queue", "--json"])).stdout) as { messages: { id: string }[] };
  return messages.map(({ id }) => id);
};
const tableOf = async (): Promise<string> =>
  (await lanes()).stdout.replaceAll(/\d+(ms|s|m) ago/g, "AGO").replaceAll(/ +/g, " ");

describe("a lane that is paused", () => {
  let paused: CliResult;
  beforeEach(async () => {
    await send("first", "shell", "sleep 1");
    await hasState("first", "started");
    paused = await lanes("pause", "command.shell", "--reason", "a look at the disk", "--from", "anna");
    await send("second", "shell", "echo second");
  });

  test("ends its running message, begins nothing more, and is shown as paused", async () => {
    expect(paused).toEqual({ code: 0, stdout: "ship1 command.shell is paused\n", stderr: "" });
    await hasState("first", "succeeded");
    expect((await fleet.steward(["send", "ship1", "ping"])).stdout).toBe("pong\n");
    await until(async () => (await tableOf()).includes(" 1 - "));
    expect(await tableOf()).toBe(
      "LANE STATE WAITING RUNNING SINCE REASON\ncommand.shell paused 1 - AGO anna: a look at the disk\n",
    );
    expect(await statesOf("second")).toEqual([]);
    const { stdout } = await fleet.steward(["nodes", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject([
      { node: "ship1", queued: 1, holds: [{ lane: "command.shell", state: "paused", by: "anna" }] },
    ]);
    expect((await fleet.steward(["nodes"])).stdout).toMatch(/HELD.*\nship1 .* paused 1 /);
  });

  test("goes on when it is resumed", async () => {
    expect(await lanes("resume", "command.shell")).toMatchObject({
      code: 0,
      stdout: "ship1 command.shell is resumed\n",
    });
    await hasState("second", "succeeded");
    const { stdout } = await fleet.steward(["nodes", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject([{ holds: [] }]);
  });

  test("stays so while the node is down, and after that", async () => {
    await hasState("first", "succeeded");
    // Acknowledged a moment later.
    await until(async () => (await queued()).join() === "second");
    await ship1.kill();
    const { code, stdout, stderr } = await lanes("--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      node: "ship1",
      daemon: "down",
      lanes: [{ name: "command.shell", state: "paused", waiting: 1, running: [], hold: { by: "anna" } }],
    });
    expect((await lanes()).stderr).toBe("ship1 is down; this is what the broker knows\n");
    await ship1.restart();
    expect(await tableOf()).toContain("command.shell paused 1 - AGO anna: a look at the disk\n");
    await lanes("resume", "command.shell");
    await hasState("second", "succeeded");
  });

  test("lets its messages be cancelled", async () => {
    expect((await fleet.steward(["cancel", "second"])).stdout).toMatch(/cancelled by \S+ at \S+, while queued/);
    await lanes("resume", "command.shell");
    await fleet.steward(["send", "ship1", "shell", "true"]);
    expect(await statesOf("second")).toEqual(["cancelled"]);
  });
});

test("a running message is shown with its id", async () => {
  await send("long", "shell", "sleep 100");
  await send("next", "shell", "true");
  await hasState("long", "started");
  await until(async () => (await tableOf()).includes("running 1 long"));
  expect(await tableOf()).toBe("LANE STATE WAITING RUNNING SINCE REASON\ncommand.shell running 1 long AGO -\n");
});

test("a restarted lane begins again with the message that it ran", async () => {
  const mark = join(ship1.dataDir, "mark");
  await send("stuck", "shell", `test -e ${mark} || { touch ${mark}; exec sleep 100; }`);
  await until(() => existsSync(mark));
  expect(await lanes("restart", "command.shell")).toMatchObject({
    code: 0,
    stdout: "ship1 command.shell is restarted\n",
  });
  await hasState("stuck", "succeeded");
  expect((await readAcks(fleet.nc, "stuck")).map(({ state, attempt }) => [state, attempt])).toEqual([
    ["started", 1],
    ["started", 2],
    ["succeeded", 2],
  ]);
});

test("a lane that is restarted runs nothing twice that may run at most once", async () => {
  await send("once", "shell", "sleep 100", "--at-most-once");
  await hasState("once", "started");
  await lanes("restart", "command.shell");
  await hasState("once", "interrupted");
  expect((await fleet.steward(["send", "ship1", "shell", "echo next"])).stdout).toBe("next\n");
});

test("a node that is drained begins nothing until it is resumed", async () => {
  expect(await lanes("drain")).toMatchObject({ code: 0, stdout: "ship1 starts no further message\n" });
  await send("late", "ping");
  await until(async () => (await tableOf()).includes("command.ping waiting 1"));
  expect((await lanes()).stderr).toBe("ship1 starts no further message until `steward lanes ship1 resume`\n");
  expect(await statesOf("late")).toEqual([]);
  expect(await lanes("resume")).toMatchObject({ code: 0, stdout: "ship1 is resumed\n" });
  await hasState("late", "succeeded");
});

test("a node that is stopped ends in order, like by a signal", async () => {
  await send("last", "shell", "sleep 1");
  await hasState("last", "started");
  expect(await lanes("stop")).toMatchObject({ code: 0, stdout: "ship1 stops\n" });
  await until(() => ship1.exitCode() !== null);
  expect(ship1.exitCode()).toBe(0);
  expect(await statesOf("last")).toEqual(["started", "succeeded"]);
  expect(await lanes("drain")).toEqual({
    code: 1,
    stdout: "",
    stderr: "steward: node down: no daemon of ship1 is connected (nodeDown)\n",
  });
});

describe("requests that cannot be carried out", () => {
  test.each([
    [2, ["jump"], '"jump" is not one of pause, resume, restart, drain, stop; see `steward lanes --help` (usage)'],
    [2, ["pause"], "name the lane, such as `steward lanes ship1 pause command.exec` (usage)"],
    [2, ["drain", "command.exec"], "drain is for the whole node, so leave out command.exec (usage)"],
    [2, ["drain", "--from", "a b"], "--from a b: may hold only A-Z a-z 0-9 _ - and at most 64 of them (usage)"],
    [
      1,
      ["pause", "exec"],
      'ship1 refused pause: "exec" is not a lane; write it as command.exec or event.log (refused)',
    ],
    [1, ["restart", "command.exec"], "ship1 refused restart: nothing runs or waits in the lane command.exec (refused)"],
  ])("%d: lanes ship1 %j", async (code, args, line) => {
    expect(await lanes(...args)).toEqual({ code, stdout: "", stderr: `steward: ${line}\n` });
  });

  test("5: with a node that was never seen, though something may wait for it", async () => {
    await fleet.steward(["send", "nowhere", "ping", "--no-wait"]);
    for (const args of [[], ["drain"]]) {
      expect(await fleet.steward(["lanes", "nowhere", ...args])).toEqual({
        code: 5,
        stdout: "",
        stderr: "steward: unknown node nowhere; `steward nodes` lists the known ones (neverSeen)\n",
      });
    }
  });

  test("1: with a daemon that is stopped", async () => {
    process.kill(ship1.pid, "SIGSTOP");
    try {
      expect(await lanes("drain")).toEqual({
        code: 1,
        stdout: "",
        stderr:
          "steward: not responding: the daemon of ship1 is connected but does not answer; it may be suspended (nodeSilent)\n",
      });
      expect(await lanes()).toMatchObject({
        code: 0,
        stderr:
          "no lanes: nothing is queued or running on ship1, and no lane is held\nship1 does not answer; this is what the broker knows\n",
      });
    } finally {
      process.kill(ship1.pid, "SIGCONT");
    }
  });
});
