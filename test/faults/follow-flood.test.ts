import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { send } from "../../src/send/send.ts";
import { start, type Run } from "../cli/support.ts";
import { aMessage, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

const seconds = 3;
const mib = 1024 * 1024;

let fleet: Fleet;
let broker: Broker;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
  broker = await openBroker({ servers: fleet.server.url, namespace: "steward" }, { name: "test", waitMs: 5000 });
});
afterAll(async () => {
  await broker.close();
  await fleet[Symbol.asyncDispose]();
});

/** Memory of the daemon, in bytes. */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${fleet.nodes["ship1"]!.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

/** How long another lane takes for `echo hi`, in milliseconds, again and again while a condition holds. */
async function timesWhile(condition: () => Promise<boolean>, atLeast: number = 0): Promise<number[]> {
  const times: number[] = [];
  while ((await condition()) || times.length < atLeast) {
    const asked = performance.now();
    const message = aMessage({ subject: "exec", data: ["echo", "hi"] });
    const [outcome] = await send(broker, [message], { waitMs: 20_000 });
    expect(outcome?.ack).toMatchObject({ state: "succeeded", output: { stdout: "hi\n" } });
    times.push(performance.now() - asked);
  }
  return times;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function flood(id: string, ...args: string[]): Run {
  return start(["send", ...args, "--id", id, "ship1", "shell", "--", `timeout ${seconds} yes`], {
    NATS_URL: fleet.server.url,
  });
}

describe(`a flood of output for ${seconds} s costs the daemon no memory and other lanes no time`, () => {
  it.each([
    ["followed by nobody", [], false],
    ["followed by one reader", ["--follow"], false],
    ["followed by one who does not read on", ["--follow"], true],
  ])("%s", async (how, args, isStuck) => {
    const id = how.replaceAll(" ", "-");
    const before = await residentBytes();
    const usual = await timesWhile(async () => false, 10);
    let highest = 0;
    const run = flood(id, ...args);
    if (isStuck) run.pause();
    await until(async () => (await readAcks(fleet.nc, id)).length > 0);
    const times = await timesWhile(async () => {
      highest = Math.max(highest, await residentBytes());
      return (await readAcks(fleet.nc, id)).length < 2;
    });
    run.resume();
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(1); // timeout(1) ends with 124.
    expect(times.length).toBeGreaterThan(1);
    // The flood itself takes one of the machine's processors, and more when it is written to a reader.
    expect(median(times)).toBeLessThan(10 * median(usual) + 250);
    expect(highest - before).toBeLessThan(80 * mib);
    if (args.length === 0) return;
    // What was shown, two bytes a line, and what was told to be missing is all that there was.
    const total = (await readAcks(fleet.nc, id)).at(-1)?.output?.truncated?.stdout?.total;
    const missing = [...stderr.matchAll(/ship1: ([\d,]+) bytes of stdout are missing here/g)];
    const sum = missing.reduce((bytes, [, count = ""]) => bytes + Number(count.replaceAll(",", "")), 0);
    expect(missing.length).toBeGreaterThan(0);
    expect(2 * (stdout.toString("latin1").split("\n").length - 1) + sum).toBe(total);
  });
});
