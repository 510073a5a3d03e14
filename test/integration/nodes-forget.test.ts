import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { thisProcess } from "../../src/exec/process-identity.ts";
import { forgetNode, tracesOf } from "../../src/operate/forget.ts";
import { countQueued, putByHand, readAcks, readStates, readStream, untilConnected } from "../support/broker-state.ts";
import { ackByHand, messageByHand, storeByHand } from "../support/by-hand.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type CliResult } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet(["ship1"]);
});
afterEach(() => fleet[Symbol.asyncDispose]());

const steward = (...args: string[]): Promise<CliResult> => fleet.steward(args);
const forget = (name: string, ...args: string[]): Promise<CliResult> =>
  steward("nodes", "forget", name, "--yes", "--from", "anna", ...args);
const queue = (node: string, id: string, ...args: string[]): Promise<CliResult> =>
  steward("send", node, "ping", "--id", id, "--no-wait", ...args);
const openTestBroker = () =>
  openBroker({ servers: fleet.server.url, namespace: "steward" }, { name: "test", waitMs: 10_000 });

/** Everything that the broker has under a node's name beside the log. */
async function leftOf(node: string): Promise<string[]> {
  const stored = await Promise.all([
    readStream(fleet.nc, "STEWARD_MESSAGES", { filter: `steward.${node}.*.*.*` }).catch(() => []),
    readStream(fleet.nc, "KV_STEWARD_NODES", { filter: `$KV.STEWARD_NODES.${node}.>` }),
    readStream(fleet.nc, "KV_STEWARD_PRESENCE", { filter: `$KV.STEWARD_PRESENCE.${node}` }),
    readStream(fleet.nc, "STEWARD_SCHEDULES", { filter: `steward.${node}.>` }),
  ]);
  const info = await fleet.nc.request(`$JS.API.CONSUMER.INFO.STEWARD_MESSAGES.${node}`);
  const hasConsumer = info.json<{ error?: object }>().error === undefined;
  return [...stored.flat().map(({ subject }) => subject), ...(hasConsumer ? ["a consumer"] : [])];
}

/** A node that has run something, is in groups and has a held lane, and is down with messages waiting. */
async function startLife(): Promise<void> {
  await steward("send", "ship1", "shell", "--id", "done", "echo hi");
  await steward("lanes", "ship1", "pause", "command.ping");
  await steward("group", "add", "web", "ship1", "ship2");
  await steward("group", "add", "alone", "ship1");
  await fleet.nodes["ship1"]!.kill("SIGTERM");
  await queue("ship1", "first");
  await queue("ship1", "second");
  await steward("send", "ship1", "log", "a line", "--id", "noted", "--no-wait");
  await steward("send", "ship1", "ping", "--id", "nightly", "--cron", "30 4 1 1 *");
  await queue("ship10", "neighbour");
}

test("a node that is down: its queue is cancelled, all but its log is removed, and the next node of that name is new", async () => {
  await startLife();
  expect(await forget("ship1")).toEqual({
    code: 0,
    stdout: "ship1 is retired; 3 messages cancelled; 1 schedule removed; removed from @alone, @web\n",
    stderr: "",
  });
  expect(await leftOf("ship1")).toEqual([]);
  expect(await readStates(fleet.nc, "done")).toEqual(["started 1", "succeeded 1"]);
  expect(await readAcks(fleet.nc, "second")).toMatchObject([
    { state: "cancelled", cancelled: { by: "anna", was: "queued" }, message: { id: "second" } },
  ]);
  expect((await steward("group", "ls")).stdout).toBe("@web: ship2\n");
  expect((await steward("nodes")).stdout).not.toMatch(/^ship1 /m);
  expect(await countQueued(fleet.nc)).toBe(1);

  expect(await forget("ship1")).toEqual({
    code: 5,
    stdout: "",
    stderr: "steward: unknown node ship1; `steward nodes` lists the known ones (neverSeen)\n",
  });

  await fleet.nodes["ship1"]!.restart();
  expect(await steward("send", "ship1", "ping")).toMatchObject({ code: 0, stdout: "pong\n" });
  expect((await steward("lanes", "ship1")).stdout).toBe("");
});

test("removed entries stay removed when the broker is killed and starts again", async () => {
  await startLife();
  expect(await forget("ship1")).toMatchObject({ code: 0 });
  await fleet.server.kill();
  await fleet.server.restart();
  await untilConnected(fleet.nc);
  // An ACK that comes after that shows that the state goes on, and from where.
  await steward("cancel", "neighbour");
  await until(async () => (await leftOf("ship10")).includes("$KV.STEWARD_NODES.ship10.command.ping"), 30_000);
  expect(await leftOf("ship1")).toEqual([]);
}, 60_000);

describe("1: refused", () => {
  test("while its daemon answers", async () => {
    const { code, stdout, stderr } = await forget("ship1");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^steward: ship1 is up: .*; stop it first, with `steward lanes ship1 stop` \(nodeUp\)\n$/);
    expect(await steward("send", "ship1", "ping")).toMatchObject({ stdout: "pong\n" });
  });

  test("while its daemon is connected and suspended, also after its presence has expired", async () => {
    process.kill(fleet.nodes["ship1"]!.pid, "SIGSTOP");
    await fleet.nc.request("$JS.API.STREAM.PURGE.KV_STEWARD_PRESENCE");
    const { code, stderr } = await forget("ship1");
    process.kill(fleet.nodes["ship1"]!.pid, "SIGCONT");
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("does not answer") as unknown });
  });

  test("while its presence says that it may live on another host", async () => {
    const presence = { instance: "far", host: "elsewhere", pid: 7, startedAt: "2026-01-01T00:00:00Z", lanes: [] };
    await putByHand(fleet.nc, "$KV.STEWARD_PRESENCE.far", JSON.stringify(presence));
    const { code, stderr } = await forget("far");
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("7 on elsewhere") as unknown });
  });
});

test("a daemon that was killed on this very host: at once, although its presence is still there", async () => {
  await fleet.nodes["ship1"]!.kill("SIGKILL");
  expect(await forget("ship1", "--json")).toMatchObject({ code: 0 });
  expect(await leftOf("ship1")).toEqual([]);
});

test("a name that never had a daemon, with messages queued for it by mistake", async () => {
  await queue("shpi1", "typo");
  const { code, stdout } = await forget("shpi1", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ node: "shpi1", cancelled: 1, schedules: [], groups: [], queuedMeanwhile: 0 });
  expect(await leftOf("shpi1")).toEqual([]);
  expect((await steward("nodes")).stdout).not.toContain("shpi1");
});

test("what ended while its daemon could not remove it is not cancelled, only removed", async () => {
  await storeByHand(fleet.nc, [
    messageByHand({ node: "away", id: "failed" }),
    messageByHand({ node: "away", id: "waits" }),
    ackByHand({ node: "away", id: "failed", state: "failed" }),
  ]);
  expect((await steward("nodes", "forget", "away")).stderr).toContain("1 queued message will be cancelled");
  expect((await forget("away")).stdout).toBe("away is retired; 1 message cancelled\n");
  expect(await leftOf("away")).toEqual([]);
  expect(await readStates(fleet.nc, "failed")).toEqual(["failed 1"]);
});

test("firings that wait are cancelled under their own ids", async () => {
  await steward("send", "away", "ping", "--id", "often", "--every", "1s", "--expires", "10m");
  await until(async () => (await countQueued(fleet.nc)) >= 2, 20_000);
  expect((await forget("away")).stdout).toContain("1 schedule removed");
  expect(await leftOf("away")).toEqual([]);
  const acks = await readAcks(fleet.nc);
  expect(acks.length).toBeGreaterThanOrEqual(2);
  for (const ack of acks)
    expect(ack).toMatchObject({ id: expect.stringMatching(/^often_\d+$/) as unknown, state: "cancelled" });
});

test("off a terminal it needs --yes, and does nothing without", async () => {
  await queue("away", "kept");
  const { code, stdout, stderr } = await steward("nodes", "forget", "away");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("forget away? 1 queued message will be cancelled.");
  expect(await readStates(fleet.nc, "kept")).toEqual([]);
});

test("an interruption at any step can be completed by a repeat", async () => {
  const steps = ["cancelled", "the queue is empty", "the state is gone"];
  for (const [at, step] of steps.entries()) {
    const node = `away${at}`;
    await Promise.all([...Array(20).keys()].map((n) => queue(node, `${node}-${n}`)));
    await steward("group", "add", "web", node);
    await using broker = await openTestBroker();
    const stop = new AbortController();
    const counter = fleet.nc.subscribe(`$JS.API.>`, {
      callback: (_error, { subject }) => {
        if (at === 0 && subject === "$JS.API.STREAM.MSG.DELETE.STEWARD_MESSAGES") stop.abort(new Error(step));
        if (at === 1 && subject === "$JS.API.STREAM.PURGE.KV_STEWARD_NODES") stop.abort(new Error(step));
        if (at === 2 && subject === `$JS.API.CONSUMER.DELETE.STEWARD_MESSAGES.${node}`) stop.abort(new Error(step));
      },
    });
    await fleet.nc.flush();
    await expect(forgetNode(broker, node, { by: "anna", signal: stop.signal })).rejects.toThrow(step);
    counter.unsubscribe();
    // After the last step there may be nothing left to do.
    if ((await tracesOf(broker, node)) !== undefined) {
      await forgetNode(broker, node, { by: "anna", signal: AbortSignal.timeout(20_000) });
    }
    expect(await leftOf(node)).toEqual([]);
    for (const n of [0, 19]) expect(await readStates(fleet.nc, `${node}-${n}`)).toEqual(["cancelled 0"]);
    expect((await steward("group", "ls")).stdout).not.toContain(node);
  }
}, 60_000);

test("a daemon that starts in the middle waits, and then comes up as a new node that gets its messages", async () => {
  await fleet.nodes["ship1"]!.kill("SIGTERM");
  await Promise.all([...Array(30).keys()].map((n) => queue("ship1", `old-${n}`)));
  await using broker = await openTestBroker();
  let starting: Promise<void> | undefined;
  // As soon as the first message is taken back, the daemon is started, and something is sent to it.
  const watching = fleet.nc.subscribe("steward.ship1.acked.>", {
    max: 1,
    callback: () => {
      starting = fleet.nodes["ship1"]!.restart();
    },
  });
  const done = await forgetNode(broker, "ship1", { by: "anna", signal: AbortSignal.timeout(30_000) });
  watching.unsubscribe();
  expect(done.cancelled).toBe(30);
  await starting;
  for (const n of [0, 29]) expect(await readStates(fleet.nc, `old-${n}`)).toEqual(["cancelled 0"]);
  expect(await steward("send", "ship1", "ping", "--id", "new")).toMatchObject({ code: 0, stdout: "pong\n" });
  await until(async () => (await leftOf("ship1")).includes("$KV.STEWARD_NODES.ship1.info"));
}, 60_000);

test("a message that is sent in the middle is not lost: it waits for the next node of that name", async () => {
  await fleet.nodes["ship1"]!.kill("SIGTERM");
  await queue("ship1", "old");
  await using broker = await openTestBroker();
  let sending: Promise<CliResult> | undefined;
  const watching = fleet.nc.subscribe("$JS.API.STREAM.PURGE.KV_STEWARD_NODES", {
    max: 1,
    callback: () => {
      sending = queue("ship1", "late");
    },
  });
  await fleet.nc.flush();
  const { queuedMeanwhile } = await forgetNode(broker, "ship1", { by: "anna", signal: AbortSignal.timeout(30_000) });
  watching.unsubscribe();
  expect(await sending).toMatchObject({ code: 0 });
  expect([0, 1]).toContain(queuedMeanwhile);
  expect(await leftOf("ship1")).toEqual(["steward.ship1.command.ping.late"]);
  await using again = await startNode(fleet.server.url, "ship1");
  await until(async () => (await readStates(fleet.nc, "late")).includes("succeeded 1"));
  expect(again.log()).not.toContain('"level":50');
});

test("while a node is forgotten it is this process that holds its lease", async () => {
  await queue("away", "waits");
  await using broker = await openTestBroker();
  let holder = "";
  const watching = fleet.nc.subscribe("$KV.STEWARD_PRESENCE.away", {
    max: 1,
    callback: (_error, { data }) => {
      holder = Buffer.from(data).toString();
    },
  });
  await fleet.nc.flush();
  await forgetNode(broker, "away", { by: "anna", signal: AbortSignal.timeout(20_000) });
  watching.unsubscribe();
  expect(JSON.parse(holder)).toMatchObject({ pid: thisProcess().pid, lanes: [] });
});
