import { hostname } from "node:os";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outputSchemas } from "../../src/cli/output-schemas.ts";
import { version } from "../../src/protocol/version.ts";
import { putByHand } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";
import { start, type Run } from "./support.ts";

let fleet: Fleet;
let labelled: TestNode;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2", "central"]);
  labelled = await startNode(fleet.server.url, "buoy1", ["--label", "site=oslo", "--label", "kind=buoy"]);
  await fleet.steward(["send", "ship1,ship2", "shell", "--id", "first", "echo hi"]);
  await fleet.steward(["send", "ship2", "exec", "--id", "second", "--", "false"]);
  await fleet.steward(["lanes", "ship2", "pause", "event.log", "--from", "anna", "--reason", "lunch"]);
  await fleet.steward(["group", "add", "fleet", "ship1", "ship2"]);
  await fleet.steward(["send", "away", "ping", "--id", "third", "--no-wait"]);
  await fleet.steward(["send", "typo", "ping", "--id", "fourth", "--no-wait"]);
  await fleet.steward(["cancel", "fourth"]);
  await until(async () => (await fleet.steward(["nodes", "central"])).stdout.includes("event.error"));
}, 60_000);
afterAll(async () => {
  await labelled[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

describe("steward nodes", () => {
  test("shows up or down, queue lengths, last outcomes and held lanes, but not a name with only a cancelled message", async () => {
    const { code, stdout } = await fleet.steward(["nodes"]);
    expect(code).toBe(0);
    expect(plain(stdout)).toMatchInlineSnapshot(`
      "NODE  STATE  SEEN  QUEUED  RUNNING  LAST  WHEN  FAILING  HELD  VERSION  HOST
      away  down  -  1  0  -  -  0  -  -  -
      buoy1  up  AGO  0  0  -  -  0  -  VERSION  HOST
      central  up  AGO  0  0  event.error succeeded  AGO  0  -  VERSION  HOST
      ship1  up  AGO  0  0  command.shell succeeded  AGO  0  -  VERSION  HOST
      ship2  up  AGO  0  0  command.exec failed  AGO  1  paused 1  VERSION  HOST
      "
    `);
  });

  test("filtered by a pattern, by labels, by up or down", async () => {
    expect(await namesOf("ship*")).toEqual(["ship1", "ship2"]);
    expect(await namesOf("*a*")).toEqual(["away", "central"]);
    expect(await namesOf("ship?")).toEqual(["ship1", "ship2"]);
    expect(await namesOf("???ip1")).toEqual([]);
    expect(await namesOf("--down")).toEqual(["away"]);
    expect(await namesOf("--up", "*1")).toEqual(["buoy1", "ship1"]);
    expect(await namesOf("--label", "site=oslo")).toEqual(["buoy1"]);
    expect(await namesOf("--label", "site=os*", "--label", "kind=buoy")).toEqual(["buoy1"]);
    expect(await namesOf("--label", "site=oslo", "--label", "kind=ship")).toEqual([]);
  });

  test("0: an empty list is an answer too", async () => {
    expect(await fleet.steward(["nodes", "x*"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "no matching node; `steward node NAME` starts one\n",
    });
    expect(await fleet.steward(["nodes", "x*", "--json"])).toEqual({ code: 0, stdout: "[]\n", stderr: "" });
  });

  test("0: a fleet without nodes", async () => {
    await fleet.steward(["init", "--namespace", "empty"]);
    expect(await fleet.steward(["nodes", "--namespace", "empty"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "no nodes yet; `steward node NAME` starts one\n",
    });
  });

  test("in JSON: one array, without the content of messages", async () => {
    const states = fits("nodes", (await fleet.steward(["nodes", "--json"])).stdout) as object[];
    expect(states).toHaveLength(5);
    expect(states.at(-1)).toMatchObject({
      node: "ship2",
      up: true,
      lastSeen: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      queued: 0,
      running: 0,
      lastOutcome: { messageType: "command", subject: "exec", id: "second", state: "failed" },
      failures: 1,
      holds: [{ lane: "event.log", state: "paused", by: "anna", reason: "lunch" }],
      info: { version, subjects: expect.arrayContaining(["command.exec", "event.log"]) as unknown },
      presence: { host: hostname() },
    });
    expect(JSON.stringify(states)).not.toContain("stdout");
  });

  test("2: --up with --down; a second name; an invalid label", async () => {
    for (const args of [
      ["--up", "--down"],
      ["ship1", "ship2"],
      ["--label", "oslo"],
    ]) {
      expect(await fleet.steward(["nodes", ...args])).toMatchObject({ code: 2, stdout: "" });
    }
  });

  async function namesOf(...args: string[]): Promise<string[]> {
    const { stdout } = await fleet.steward(["nodes", ...args, "--json"]);
    return (JSON.parse(stdout) as { node: string }[]).map(({ node }) => node);
  }
});

describe("steward nodes NAME", () => {
  test("shows the node, its lanes, and its failures", async () => {
    const { code, stdout } = await fleet.steward(["nodes", "ship2"]);
    expect(code).toBe(0);
    expect(plain(stdout)).toMatchInlineSnapshot(`
      "node  ship2
      state  up, last seen AGO, TIME
      host  HOST
      system  SYSTEM
      version  VERSION
      instance  ID
      process  PID
      started  TIME, AGO
      groups  @fleet
      serves  command.exec, command.ping, command.shell, command.shellCommand, event.error, event.log
      queued  0

      LANE  STATE  WAITING  RUNNING  LAST  WHEN  HELD
      command.exec  idle  0  -  failed second  AGO  -
      command.shell  idle  0  -  succeeded first  AGO  -
      event.log  paused  0  -  -  -  anna: lunch

      Last failures:
      TIME command.exec second failed (exitCode) exit code 1
      "
    `);
  });

  test("for a name that has only a queue", async () => {
    const { code, stdout } = await fleet.steward(["nodes", "away"]);
    expect(code).toBe(0);
    expect(plain(stdout)).toMatchInlineSnapshot(`
      "node  away
      state  down, never seen
      queued  1

      LANE  STATE  WAITING  RUNNING  LAST  WHEN  HELD
      command.ping  waiting  1  -  -  -  -
      "
    `);
  });

  test("in JSON: one object", async () => {
    const page = fits("nodes-page", (await fleet.steward(["nodes", "ship2", "--json"])).stdout);
    expect(page).toMatchObject({
      node: "ship2",
      daemon: "up",
      draining: false,
      groups: ["fleet"],
      lanes: [
        { name: "command.exec", state: "idle", last: { id: "second", state: "failed" } },
        { name: "command.shell", state: "idle" },
        { name: "event.log", state: "paused", hold: { by: "anna", reason: "lunch" } },
      ],
      lastFailures: [{ id: "second", state: "failed", attempt: 1, error: { code: "exitCode" } }],
    });
  });

  test("5: an unknown name, with a suggestion", async () => {
    expect(await fleet.steward(["nodes", "shpi1", "--json"])).toEqual({
      code: 5,
      stdout: "",
      stderr: "steward: unknown node shpi1; did you mean ship1? `steward nodes` lists the known ones (neverSeen)\n",
    });
    expect((await fleet.steward(["nodes", "elsewhere"])).stderr).toContain(
      "`steward nodes` lists the known ones (neverSeen)",
    );
  });

  test("2: with a filter, or with an invalid name", async () => {
    expect(await fleet.steward(["nodes", "ship1", "--up"])).toMatchObject({ code: 2 });
    expect(await fleet.steward(["nodes", "ship.1"])).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("steward nodes --watch", () => {
  const watch = (...args: string[]): Run => start(["nodes", "--watch", ...args], { NATS_URL: fleet.server.url });
  const linesOf = (text: Buffer): string[] => text.toString().trim().split("\n");

  test("0: in a pipe, a line for each node, then for each change, until Ctrl-C", async () => {
    const watching = watch("ship*");
    await watching.hasSaid("ship2 up");
    await fleet.steward(["send", "ship1", "ping", "--id", "seen"]);
    await watching.hasSaid("queued=0 running=0 failing=0 quarantined=0 paused=0 last=command.ping:succeeded:seen");
    watching.interrupt();
    const { code, stdout, stderr } = await watching.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = linesOf(stdout).map((line) => line.replace(/^\S+Z /, ""));
    expect(lines[0]).toBe(
      `ship1 up queued=0 running=0 failing=0 quarantined=0 paused=0 last=command.shell:succeeded:first version=${version}`,
    );
    expect(lines[1]).toMatch(/^ship2 up .* failing=1 quarantined=0 paused=1 last=command.exec:failed:second /);
    expect(lines.slice(2).filter((line) => !line.startsWith("ship1 "))).toEqual([]);
  });

  test("a node that goes down, and one that was removed", async () => {
    const brief = await startNode(fleet.server.url, "brief");
    const watching = watch("bri*");
    await watching.hasSaid("brief up");
    await brief.kill("SIGTERM");
    await watching.hasSaid("brief down");
    await fleet.steward(["nodes", "forget", "brief", "--yes"]);
    await watching.hasSaid("brief removed");
    await brief[Symbol.asyncDispose]();
    watching.interrupt();
    expect(await watching.ended).toMatchObject({ code: 0 });
  });

  test("with --json, a JSON line for each", async () => {
    const watching = watch("--json", "--down");
    await watching.hasSaid('"away"');
    await putByHand(fleet.nc, "$KV.STEWARD_NODES.away.lane.command.exec", JSON.stringify(held));
    await watching.hasSaid("quarantined");
    await fleet.nc.request("$JS.API.STREAM.PURGE.KV_STEWARD_NODES", '{"filter":"$KV.STEWARD_NODES.away.lane.>"}');
    watching.interrupt();
    const { stdout } = await watching.ended;
    const lines = linesOf(stdout).map((line) => fits("nodes-watch-line", line));
    expect(lines[1]).toMatchObject({ node: "away", holds: [{ state: "quarantined", reason: "too many failures" }] });
  });

  test("it continues after the broker was away, and reports that once", async () => {
    const watching = watch("ship*");
    await watching.hasSaid("ship2 up");
    await fleet.server.kill();
    await watching.hasSaid("steward: ");
    await fleet.server.restart();
    await until(async () => (await fleet.steward(["send", "ship1", "ping", "--id", "back"])).code === 0, 30_000);
    await watching.hasSaid("last=command.ping:succeeded:back");
    watching.interrupt();
    const { code, stderr } = await watching.ended;
    expect(code).toBe(0);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  }, 60_000);
});

const held = { state: "quarantined", since: "2026-01-31T12:00:00.000Z", by: "kernel", reason: "too many failures" };

/** The value of a JSON text, which must not have keys outside its schema. */
function fits(schema: string, text: string): unknown {
  const value: unknown = JSON.parse(text);
  expect(v.parse(outputSchemas[schema]!, value)).toEqual(value);
  return value;
}

function plain(text: string): string {
  return text
    .replaceAll(hostname(), "HOST")
    .replaceAll(version, "VERSION")
    .replaceAll(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/^(system +).*$/gm, "$1SYSTEM")
    .replaceAll(/^(process +).*$/gm, "$1PID")
    .replaceAll(/\b\d+(?:s|m) ago/g, "AGO")
    .replaceAll(/ {2,}/g, "  ");
}
