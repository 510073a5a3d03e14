import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { expect, onTestFinished, test } from "vitest";
import type { Message } from "../../src/protocol/message.ts";
import { aMessage, finalsById, putMessage, readAcks, readStates } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { seeded } from "../support/random.ts";
import { keepNodeRunning } from "../support/restarter.ts";
import { until } from "../support/until.ts";

// Attacks: a message that ends its daemon again and again is given up, and no other message is.

interface Ground {
  readonly fleet: Fleet;
  readonly folder: string;
  /** Where the process id of the daemon stands. */
  readonly pid: string;
  /** A line of a script that ends the daemon. */
  readonly killer: string;
  /** A script that writes a line and goes on with another. */
  readonly script: (id: string, then: string) => string[];
  /** How often the script of a message has begun. */
  readonly runsOf: (id: string) => Promise<number>;
  readonly put: (id: string, changes: Partial<Message>) => Promise<void>;
  /** Resolves when each of them has its final ACK, to the state and the code of each. */
  readonly ends: (ids: readonly string[], timeoutMs: number) => Promise<Record<string, string>>;
}

async function ground(): Promise<Ground> {
  const fleet = await startFleet();
  const folder = await mkdtemp(join(tmpdir(), "steward-ends-"));
  onTestFinished(async () => {
    await fleet[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(join(folder, "effects"), "");
  const effects = async (): Promise<string[]> => (await readFile(join(folder, "effects"), "utf8")).split("\n");
  return {
    fleet,
    folder,
    pid: join(folder, "pid"),
    killer: `kill -9 $(cat ${join(folder, "pid")}); sleep 20`,
    script: (id, then) => [`echo ${id} >> ${join(folder, "effects")}; ${then}`],
    runsOf: async (id) => (await effects()).filter((line) => line === id).length,
    put: async (id, changes) => void (await putMessage(fleet.nc, aMessage({ id, subject: "shell", ...changes }))),
    ends: async (ids, timeoutMs) => {
      const finals = async () => finalsById(await readAcks(fleet.nc));
      await until(async () => {
        const found = await finals();
        return ids.every((id) => found.has(id));
      }, timeoutMs);
      const found = await finals();
      return Object.fromEntries(
        ids.map((id) => {
          const [{ state, error } = { state: "none" }] = found.get(id) ?? [];
          return [id, [state, error?.code].filter(Boolean).join(" ")];
        }),
      );
    },
  };
}

test("it runs three times, is interrupted, and is reported to the central node; its lane goes on", async () => {
  const { fleet, pid, killer, script, put, runsOf, ends } = await ground();
  await put("killer", { data: script("killer", killer) });
  await put("next", { data: script("next", "true") });
  await using node = await keepNodeRunning(fleet.server.url, "ship1", pid);
  expect(await ends(["killer", "next"], 60_000)).toEqual({ killer: "interrupted endedDaemon", next: "succeeded" });
  expect(await runsOf("killer")).toBe(3);
  expect(node.lives()).toBe(4);
  const { streams } = await jetstreamManager(fleet.nc);
  const reported = await streams.getMessage("STEWARD_MESSAGES", { last_by_subj: "steward.central.event.error.*" });
  expect(reported?.string()).toContain("the daemon ended 3 times while this ran");
  const chain = await readAcks(fleet.nc, "killer");
  expect(chain.map(({ state, attempt, ends: counted, alone }) => ({ state, attempt, counted, alone }))).toEqual([
    { state: "started", attempt: 1 },
    { state: "started", attempt: 2, counted: 1 },
    { state: "started", attempt: 3, counted: 2, alone: true },
    { state: "interrupted", attempt: 3 },
  ]);
}, 90_000);

test("the limit is the operator's; at most once it is interrupted at the first end", async () => {
  const { fleet, pid, killer, script, put, runsOf, ends } = await ground();
  await put("killer", { data: script("killer", killer) });
  await put("once", { data: script("once", killer), delivery: "atMostOnce" });
  await using node = await keepNodeRunning(fleet.server.url, "ship1", pid, ["--daemon-ends", "2"]);
  expect(await ends(["killer", "once"], 60_000)).toEqual({
    killer: "interrupted endedDaemon",
    once: "interrupted interrupted",
  });
  expect(await runsOf("killer")).toBe(2);
  expect(await runsOf("once")).toBe(1);
  expect(node.lives()).toBe(4);
}, 90_000);

test("bystanders in 20 lanes, long and short, all succeed; two killers at once, one after 5 s, are both found", async () => {
  const { fleet, folder, pid, killer, script, put, runsOf, ends } = await ground();
  const lanes = Array.from({ length: 22 }, (_, number) => `lane${number}`);
  const handlers = join(folder, "handlers.mjs");
  await writeFile(
    handlers,
    `import { execFile } from "node:child_process";
    const run = ({ data, env, signal }) => new Promise((done, fail) =>
      execFile("/bin/sh", ["-c", data[0]], { env, signal }, (error) => (error ? fail(error) : done({}))));
    export default ${JSON.stringify(lanes)}.map((subject) =>
      ({ messageType: "command", subject, describe: "runs a script", run }));`,
  );
  const bystanders: string[] = [];
  await put("killer", { data: script("killer", killer) });
  await put("behind", { data: script("behind", "true") });
  await put("late", {
    subject: "exec",
    data: ["/bin/sh", "-c", script("late", `sleep 5; ${killer}`)[0]!],
  });
  for (const [number, subject] of lanes.entries()) {
    for (const place of number % 2 === 0 ? ["long"] : ["a", "b", "c", "d"]) {
      const id = `${subject}-${place}`;
      bystanders.push(id);
      await put(id, { subject, data: script(id, place === "long" ? "sleep 3" : "sleep 0.2") });
    }
  }
  await using node = await keepNodeRunning(fleet.server.url, "ship1", pid, ["--handlers", folder]);
  const all = await ends(["killer", "behind", "late", ...bystanders], 200_000);
  expect(Object.entries(all).filter(([id, end]) => bystanders.includes(id) && end !== "succeeded")).toEqual([]);
  expect(all).toMatchObject({
    killer: "interrupted endedDaemon",
    late: "interrupted endedDaemon",
    behind: "succeeded",
  });
  expect(await runsOf("killer")).toBeLessThanOrEqual(3);
  expect(await runsOf("late")).toBeLessThanOrEqual(4);
  expect(node.lives()).toBeLessThanOrEqual(9);
}, 240_000);

test("an event whose handler ends the daemon is found", async () => {
  const { fleet, folder, pid, put, ends } = await ground();
  await writeFile(
    join(folder, "handlers.mjs"),
    `export default { messageType: "event", subject: "fatal", describe: "ends the daemon",
      run: async ({ data }) => { if (data[0] === "kill") { process.kill(process.ppid, "SIGKILL"); await new Promise(() => {}); } } };`,
  );
  await put("before", { messageType: "event", subject: "fatal", data: [] });
  await put("killer", { messageType: "event", subject: "fatal", data: ["kill"] });
  await put("after", { messageType: "event", subject: "fatal", data: [] });
  await using node = await keepNodeRunning(fleet.server.url, "ship1", pid, ["--handlers", folder]);
  const all = await ends(["before", "killer", "after"], 60_000);
  expect(all).toEqual({ before: "succeeded", killer: "interrupted endedDaemon", after: "succeeded" });
  // The first life did not claim it, since it followed no unclean end.
  expect(node.lives()).toBeLessThanOrEqual(6);
}, 90_000);

test("orderly stops, failures and restarts of the lane do not count as ends of the daemon", async () => {
  const { fleet, pid, script, put, runsOf, ends } = await ground();
  await put("slow", { data: script("slow", "sleep 3; exit 3"), retries: 2, retryWait: "0s" });
  await using node = await keepNodeRunning(fleet.server.url, "ship1", pid, [
    "--drain-timeout",
    "0s",
    "--kill-grace",
    "1s",
  ]);
  await until(async () => (await runsOf("slow")) === 1, 20_000);
  node.kill("SIGTERM");
  await until(async () => (await runsOf("slow")) === 2, 20_000);
  await fleet.steward(["lanes", "ship1", "restart", "command.shell"]);
  expect(await ends(["slow"], 60_000)).toEqual({ slow: "failed exitCode" });
  expect((await readAcks(fleet.nc, "slow")).filter(({ ends: counted = 0 }) => counted > 0)).toEqual([]);
  expect(await readStates(fleet.nc, "slow")).toContain("retrying 1");
}, 90_000);

test("kills from outside at random moments: no message of 50 lanes is given up, and each ends once", async () => {
  const { fleet, folder, pid, put, ends } = await ground();
  const lanes = Array.from({ length: 50 }, (_, number) => `lane${number}`);
  await writeFile(
    join(folder, "handlers.mjs"),
    `import { setTimeout as delay } from "node:timers/promises";
    import { appendFile } from "node:fs/promises";
    export default ${JSON.stringify(lanes)}.map((subject) => ({ messageType: "command", subject, describe: "waits",
      run: async ({ message }) => { await appendFile(${JSON.stringify(join(folder, "effects"))}, message.id + "\\n"); await delay(100); } }));`,
  );
  const ids = lanes.flatMap((subject) =>
    Array.from({ length: 12 }, (_, number) => ({ subject, id: `${subject}-${number}` })),
  );
  for (const { subject, id } of ids) await put(id, { subject, data: [] });
  await using node = await keepNodeRunning(fleet.server.url, "ship1", pid, ["--handlers", folder]);
  const random = seeded(9);
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    await delay(1000 + random(3000));
    node.kill();
  }
  const all = await ends(
    ids.map(({ id }) => id),
    200_000,
  );
  expect(Object.entries(all).filter(([, end]) => end !== "succeeded")).toEqual([]);
  const finals = finalsById(await readAcks(fleet.nc));
  expect(ids.filter(({ id }) => finals.get(id)?.length !== 1)).toEqual([]);
}, 300_000);
