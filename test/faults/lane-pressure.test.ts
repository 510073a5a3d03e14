import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { Queue } from "../../src/broker/write/queue.ts";
import { send } from "../../src/send/send.ts";
import { aMessage, putMessage, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import type { TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

const [total, probes] = [100_000, 300];

let fleet: Fleet;
let ship1: TestNode;
let folder: string;
beforeEach(async () => {
  fleet = await startFleet(["ship1"]);
  ship1 = fleet.nodes["ship1"]!;
  folder = await mkdtemp(join(tmpdir(), "steward-pressure-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await fleet[Symbol.asyncDispose]();
});

it("S8: 100,000 messages behind one that does not end leave the node's other lanes as they were, and its memory small", async () => {
  await using broker = await openBroker(
    { servers: fleet.server.url, namespace: "steward" },
    { name: "sender", waitMs: 10_000 },
  );
  const stuck = `while test -d ${folder}; do sleep 0.1; done`;
  await putMessage(fleet.nc, aMessage({ id: "front", subject: "shell", data: [stuck], timeout: "1h" }));
  await until(async () => (await readAcks(fleet.nc, "front")).length === 1);
  await medianLatency(broker);
  const before = { latency: await medianLatency(broker), memory: await memory() };

  const queued = Array.from({ length: total }, (_, number) => {
    return aMessage({ id: `m${number}`, subject: "shell", data: [`echo ${number}`] });
  });
  const queue = new Queue(broker);
  const begun = performance.now();
  await queue.put(queued);
  const stored = performance.now() - begun;
  await until(async () => (await waiting()) === total, 60_000);
  const taken = performance.now() - begun;
  const after = { latency: await medianLatency(broker), memory: await memory() };

  const ratio = after.latency / before.latency;
  const grown = after.memory - before.memory;
  console.log(`${total} messages stored within ${stored.toFixed(0)} ms, taken in within ${taken.toFixed(0)} ms`);
  console.log(
    `another lane, median: ${before.latency.toFixed(2)} ms before, ${after.latency.toFixed(2)} ms after: ${ratio.toFixed(2)}×`,
  );
  console.log(
    `memory: ${before.memory.toFixed(0)} MB before, ${after.memory.toFixed(0)} MB after: +${grown.toFixed(0)} MB`,
  );
  expect(taken).toBeLessThan(30_000);
  expect(grown).toBeLessThan(100);
  // 1.3 is the goal; what a busy machine adds is left room for.
  expect(ratio).toBeLessThan(2);
});

/** From the send to its final ACK in another lane, in milliseconds. */
async function medianLatency(broker: Broker): Promise<number> {
  const latencies: number[] = [];
  for (let probe = 0; probe < probes; probe++) {
    const begun = performance.now();
    const [outcome] = await send(broker, [aMessage()], { waitMs: 10_000 });
    latencies.push(performance.now() - begun);
    expect(outcome?.ack?.state).toBe("succeeded");
  }
  return latencies.toSorted((a, b) => a - b)[probes / 2]!;
}

/** The daemon's memory, in MB. */
async function memory(): Promise<number> {
  const status = await readFile(`/proc/${ship1.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** How many messages the stuck lane has taken in. */
async function waiting(): Promise<number> {
  const reply = await fleet.nc.request("steward.ship1.control.status", "", { timeout: 10_000 });
  const { lanes } = reply.json<{ lanes: readonly { readonly name: string; readonly waiting: number }[] }>();
  return lanes.find(({ name }) => name === "command.shell")?.waiting ?? 0;
}
