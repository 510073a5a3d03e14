import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { Queue } from "../../src/broker/write/queue.ts";
import type { Message } from "../../src/protocol/message.ts";
import { countQueued } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

// In full: 100,000 events of 5,000 senders. `FAULTS_EVENTS=100000 FAULTS_SENDERS=5000` runs that.
const events = Number(process.env["FAULTS_EVENTS"] ?? 6000);
const senders = Number(process.env["FAULTS_SENDERS"] ?? 600);
const mostFiles = 256;
const wave = 1000;
// By the first 10,000 the daemon has grown to what it takes at work; a short run has only that growth.
const growth = events >= 100_000 ? 10 : 60;
const minutes = Math.max(3, events / 5000);

let fleet: Fleet;
let broker: Broker;
beforeEach(async () => {
  fleet = await startFleet(["central"]);
  broker = await openBroker(
    { servers: fleet.server.url, namespace: "steward" },
    { name: "many senders", waitMs: 5000 },
  );
});
afterEach(async () => {
  await broker[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

it(
  `S3, B2: ${events} events of ${senders} senders, to a daemon that may open ${mostFiles} files`,
  async () => {
    const { pid, dataDir } = fleet.nodes["central"]!;
    execFileSync("prlimit", [`--pid=${pid}`, `--nofile=${mostFiles}:${mostFiles}`]);
    const queue = new Queue(broker);
    let failed = 0;
    let mostOpen = 0;
    const memory: number[] = [];
    fleet.nc.subscribe("steward.central.acked.event.>", {
      callback: (_error, msg) => {
        if (msg.headers?.get("Steward-State") !== "succeeded") failed += 1;
      },
    });
    for (let sent = 0; sent < events; sent += wave) {
      const messages = Array.from({ length: Math.min(wave, events - sent) }, (_, index) => eventOf(sent + index));
      await queue.put(messages);
      await until(async () => (await countQueued(fleet.nc)) < wave, 60_000, "most of the events are handled");
      mostOpen = Math.max(mostOpen, readdirSync(`/proc/${pid}/fd`).length);
      if ((sent + wave) * 10 >= (memory.length + 1) * events) memory.push(residentMb(pid));
    }
    await until(async () => (await countQueued(fleet.nc)) === 0, 60_000, "all events are handled");
    const atTheEnd = residentMb(pid);
    const reported = `at most ${mostOpen} files open; MB after each tenth: ${memory.join(", ")}; at the end: ${atTheEnd}`;
    console.error(`${events} events of ${senders} senders: ${reported}`);

    expect(failed).toBe(0);
    for (let sender = 0; sender < senders; sender++) {
      const expected = [];
      for (let event = sender; event < events; event += senders) expected.push(`event ${event}\n`);
      expect(readFileSync(join(dataDir, "log", `sender${sender}.log`), "utf8")).toBe(expected.join(""));
    }
    expect(mostOpen).toBeLessThan(64);
    // The least of the last ones: right before V8 collects its garbage it has some 15 MB more, at any time.
    expect(Math.min(...memory.slice(-3), atTheEnd) - (memory[0] ?? 0)).toBeLessThanOrEqual(growth);
  },
  minutes * 60_000,
);

function eventOf(event: number): Message {
  return {
    id: `event-${event}`,
    node: "central",
    messageType: "event",
    subject: "log",
    data: [`event ${event}`],
    from: `sender${event % senders}`,
    createdAt: new Date().toISOString(),
  };
}

function residentMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024);
}
