import { hostname } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { putByHand, readAcks, readStream } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let ship1: TestNode;
beforeEach(async () => {
  fleet = await startFleet();
  ship1 = await startNode(fleet.server.url, "ship1", ["--presence-ttl", "3s"]);
});
afterEach(async () => {
  await ship1[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

/** Another daemon of the same node, which is expected to end by itself: its exit code, and what it tells people. */
async function second(): Promise<{ code: number | null; reported: string[] }> {
  const { code, stderr } = await fleet.steward(["node", "ship1", "--data-dir", `${ship1.dataDir}/second`]);
  return { code, reported: linesForPeople(stderr) };
}

/** What stands beside the log. */
function linesForPeople(stderr: string): string[] {
  return stderr
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("{"));
}

const pingOf = (node: string) => fleet.steward(["send", node, "ping"]);

it("nodeTaken: a second daemon of a node ends with 1 and one line that names the holder", async () => {
  const { code, reported } = await second();
  expect(code).toBe(1);
  expect(reported).toHaveLength(1);
  expect(reported[0]).toContain("the node ship1 is already running");
  expect(reported[0]).toContain(`process ${ship1.pid} on ${hostname()}`);
  expect(await pingOf("ship1")).toMatchObject({ code: 0, stdout: "pong\n" });
});

it("nodeTaken: a suspended daemon keeps its node", async () => {
  process.kill(ship1.pid, "SIGSTOP");
  try {
    const { code, reported } = await second();
    expect(code).toBe(1);
    expect(reported).toHaveLength(1);
    expect(reported[0]).toContain("(suspended?)");
  } finally {
    process.kill(ship1.pid, "SIGCONT");
  }
  expect(await pingOf("ship1")).toMatchObject({ code: 0, stdout: "pong\n" });
});

it("nodeTaken: a daemon that loses the broker while it asks for the holder asks again", async () => {
  let asked = 0;
  fleet.nc.subscribe("steward.ship1.control.status", { callback: () => void (asked += 1) });
  await fleet.nc.flush();
  process.kill(ship1.pid, "SIGSTOP");
  const late = second();
  await until(() => asked > 0);
  await fleet.server.kill();
  process.kill(ship1.pid, "SIGCONT");
  await fleet.server.restart();
  const { code, reported } = await late;
  expect(code).toBe(1);
  expect(reported).toEqual([expect.stringContaining("the node ship1 is already running")]);
});

it("of two daemons that start at the same time one gets the node", async () => {
  const both = await Promise.allSettled([startNode(fleet.server.url, "ship2"), startNode(fleet.server.url, "ship2")]);
  const started = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const refused = both.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
  try {
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatch(/ended with 1: (.*\n)*steward: the node ship2 is already running/);
    expect(await pingOf("ship2")).toMatchObject({ code: 0, stdout: "pong\n" });
  } finally {
    for (const node of started) await node[Symbol.asyncDispose]();
  }
});

it("after kill -9 the next daemon on this host takes over at once, without waiting for the presence to expire", async () => {
  await ship1.kill();
  const [{ data } = { data: new Uint8Array() }] = await readStream(fleet.nc, "KV_STEWARD_PRESENCE", { last: true });
  const { pid } = JSON.parse(Buffer.from(data).toString()) as { pid: number };
  expect(pid).toBe(ship1.pid);
  await ship1.restart();
  expect(ship1.log()).not.toContain("waiting for the lease");
  expect(await pingOf("ship1")).toMatchObject({ code: 0, stdout: "pong\n" });
});

it("a daemon that is asked to stop releases its node at once, and ends with 0", async () => {
  await ship1.kill("SIGTERM");
  const { stdout } = await fleet.steward(["nodes", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject([{ node: "ship1", up: false }]);
  await ship1.restart();
  expect(ship1.log()).not.toContain("waiting for the lease");
});

it("a daemon whose presence expired while the broker was away keeps its node", async () => {
  await fleet.server.kill();
  const away = Date.now();
  await until(() => Date.now() > away + 4000);
  await fleet.server.restart();
  const isUp = async (): Promise<boolean> => {
    const { stdout } = await fleet.steward(["nodes", "--json"]);
    return (JSON.parse(stdout) as { up: boolean }[])[0]?.up === true;
  };
  await until(isUp);
  expect(ship1.exitCode()).toBe(null);
  expect(await pingOf("ship1")).toMatchObject({ code: 0, stdout: "pong\n" });
});

it("leaseLost: a daemon whose presence was taken over ends with 1 and names the new holder", async () => {
  const other = { instance: "other", host: "elsewhere", pid: 7, startedAt: "2026-01-01T00:00:00Z", lanes: [] };
  await putByHand(fleet.nc, "$KV.STEWARD_PRESENCE.ship1", JSON.stringify(other));
  await until(() => ship1.exitCode() !== null);
  expect(ship1.exitCode()).toBe(1);
  expect(linesForPeople(ship1.log())).toEqual([expect.stringContaining("process 7 on elsewhere")]);
});

it("replaced: a daemon whose journal was continued by another one stores no outcome, and ends", async () => {
  await fleet.steward(["send", "ship1", "exec", "--id", "fought", "--no-wait", "--", "sleep", "1"]);
  await until(async () => (await readAcks(fleet.nc, "fought")).length === 1);
  const [started] = await readAcks(fleet.nc, "fought");
  const theirs = { ...started, instance: "other", attempt: 2 };
  await putByHand(fleet.nc, "steward.ship1.ack.command.exec.fought", JSON.stringify(theirs));
  await until(() => ship1.exitCode() !== null);
  expect(ship1.exitCode()).toBe(1);
  expect(linesForPeople(ship1.log())).toEqual([expect.stringContaining("instance other")]);
  const acks = await readAcks(fleet.nc, "fought");
  expect(acks.map(({ instance, state }) => [instance, state])).toEqual([
    [started?.instance, "started"],
    ["other", "started"],
  ]);
});
