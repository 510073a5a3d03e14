import { afterAll, beforeAll, expect, it } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import { readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(async () => fleet[Symbol.asyncDispose]());

it("S2: a command to a node that is down ends with 3 and its id, and runs once the node is up", async () => {
  const sent = await fleet.steward(["send", "ship1", "exec", "--wait", "300ms", "--", "echo", "at last"]);
  expect(sent.code).toBe(3);
  const id = /steward status (\w+)/.exec(sent.stderr)?.[1] ?? "";
  expect(id).not.toBe("");
  expect((await fleet.steward(["status", id])).stdout).toContain(`ship1 command.exec ${id} queued; ship1 is down\n`);

  await using ship1 = await startNode(fleet.server.url, "ship1");
  await untilAnswered(fleet.nc);
  expect(ship1.log()).toContain(`"id":"${id}"`);

  const status = await fleet.steward(["status", id]);
  expect(status.code).toBe(0);
  expect(status.stdout).toContain(`ship1 command.exec ${id} succeeded`);
  expect(status.stdout).toContain("\nat last\n");
  expect((await readAcks(fleet.nc, id)).map(({ state }) => state)).toEqual(["started", "succeeded"]);
});

it("S2: a queued message starts within 0.5 s of the daemon's connect", async () => {
  // Both moments are told by the daemon itself, so its own start does not count. A loaded machine may delay one of
  // the three by chance; a wait that is built in delays all of them.
  const delays: number[] = [];
  for (const node of ["a", "b", "c"]) {
    await fleet.steward(["send", node, "ping", "--no-wait", "--id", node]);
    await using daemon = await startNode(fleet.server.url, node, ["--log-level", "debug"]);
    await untilAnswered(fleet.nc);
    const [started] = await readAcks(fleet.nc, node);
    delays.push(startOf(started) - connectOf(daemon));
  }
  expect(Math.min(...delays)).toBeLessThan(500);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
});

/** When the daemon had found its consumer after the connect, and began to take messages in. */
function connectOf(daemon: TestNode): number {
  const lines = daemon.log().trim().split("\n");
  const resynced = lines.map((line) => JSON.parse(line) as { time: number; reason?: string; msg: string });
  return resynced.find(({ msg, reason }) => msg === "resynced" && reason === "start")?.time ?? Number.NaN;
}

function startOf(ack: Ack | undefined): number {
  return Date.parse(ack?.startedAt ?? "");
}
