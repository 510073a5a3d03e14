import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aMessage, putMessage, readAcks, readStates, readStream, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let folder: string;
let ship1: TestNode;
beforeEach(async () => {
  fleet = await startFleet(["central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-verdicts-"));
});
afterEach(async () => {
  await ship1[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const startShip = async (config: object, ...args: string[]): Promise<void> => {
  const file = join(folder, "node.json");
  await writeFile(file, JSON.stringify(config));
  ship1 = await startNode(fleet.server.url, "ship1", ["--config", file, ...args]);
};
const put = async (id: string, script: string, parts: object = {}): Promise<number> =>
  putMessage(fleet.nc, aMessage({ id, subject: "shell", data: [script], ...parts }));
const states = (id: string): Promise<string[]> => readStates(fleet.nc, id);
const isHeld = async (state: "quarantined" | "resumed"): Promise<boolean> => {
  const [entry] = await readStream(fleet.nc, "KV_STEWARD_NODES", {
    filter: "$KV.STEWARD_NODES.ship1.lane.command.shell",
    last: true,
  });
  return entry !== undefined && (JSON.parse(Buffer.from(entry.data).toString()) as { state: string }).state === state;
};
const errorsAtCentral = async (): Promise<string> =>
  readFile(join(fleet.nodes["central"]!.dataDir, "log/ship1.log"), "utf8").catch(() => "");

const halt = { lanes: { "command.shell": { onFailure: "halt" } } };

it("halt: after a failure the lane keeps its messages, says so everywhere, and goes on when it is resumed", async () => {
  await startShip(halt);
  await put("bad", "exit 7");
  await until(async () => isHeld("quarantined"));
  await put("next", "echo next");
  await put("ping", "", { subject: "ping", data: [] });
  await until(async () => (await states("ping")).includes("succeeded 1"));
  expect(await states("bad")).toEqual(["started 1", "failed 1"]);
  expect(await states("next")).toEqual([]);
  await until(async () => (await errorsAtCentral()).includes("command.shell quarantined: bad failed: exit code 7"));
  expect((await fleet.steward(["lanes", "ship1"])).stdout).toMatch(
    /command\.shell +quarantined +1 .*bad failed: exit code 7/,
  );

  // Neither a kill nor another copy of the failed message changes anything.
  await ship1.restart();
  expect(await states("next")).toEqual([]);
  expect((await fleet.steward(["lanes", "ship1", "resume", "command.shell"])).code).toBe(0);
  await until(async () => (await states("next")).includes("succeeded 1"));
  await put("bad", "exit 7");
  await put("last", "echo last");
  await until(async () => (await states("last")).includes("succeeded 1"));
  expect(await isHeld("resumed")).toBe(true);
});

it("halt applies to an interrupted message, and not to a rejected, cancelled or expired one", async () => {
  await startShip(halt);
  await put("refused", "", { data: [] });
  await put("expired", "echo", { expires: "1ms" });
  await put("once", `kill -9 ${ship1.pid}; sleep 10`, { delivery: "atMostOnce" });
  await put("next", "echo next");
  await until(async () => (await states("once")).includes("started 1"));
  expect(await states("refused")).toEqual(["rejected 0"]);
  await ship1.restart();
  await until(async () => isHeld("quarantined"));
  expect(await states("once")).toEqual(["started 1", "interrupted 1"]);
  expect(await states("next")).toEqual([]);
});

it("policy by error code: retried without limit, quarantined, or the node shut down", async () => {
  await startShip({
    policy: [
      { subject: "command.shell", error: ["exitCode"], verdict: "retry", retryWait: "1ms" },
      { subject: "command.shell", error: ["timedOut"], verdict: "quarantine" },
      { subject: "command.exec", verdict: "shutdown" },
    ],
  });
  const counter = join(folder, "counter");
  await put("again", `echo >> ${counter}; test $(wc -l < ${counter}) = 5`);
  await until(async () => (await states("again")).at(-1) === "succeeded 5");
  await put("slow", "sleep 10", { timeout: "50ms" });
  await put("next", "echo next");
  await until(async () => isHeld("quarantined"));
  expect(await states("next")).toEqual([]);
  await put("last", "", { subject: "exec", data: ["false"] });
  await until(() => ship1.exitCode() !== null);
  expect(ship1.exitCode()).toBe(1);
  expect(ship1.log()).toContain("stopped by the error kernel: last failed: exit code 1 (shutDown)");
  expect(await states("last")).toEqual(["started 1", "failed 1"]);
});

it("a restarted lane ends its running message, and runs it once more unless it may run at most once", async () => {
  await startShip({});
  const runs = join(folder, "runs");
  // A process that takes itself out of the group is ended too.
  await put("again", `echo $$ >> ${runs}; test $(wc -l < ${runs}) = 2 || { setsid sleep 77.7 & sleep 77.7; }`);
  await until(async () => (await states("again")).length === 1);
  await until(async () => (await readFile(runs, "utf8").catch(() => "")) !== "");
  expect((await fleet.steward(["lanes", "ship1", "restart", "command.shell"])).code).toBe(0);
  await until(async () => (await states("again")).at(-1) === "succeeded 2");
  expect(await states("again")).toEqual(["started 1", "started 2", "succeeded 2"]);

  await put("once", "sleep 77.7", { delivery: "atMostOnce" });
  await put("next", "echo next");
  await until(async () => (await states("once")).length === 1);
  await fleet.steward(["lanes", "ship1", "restart", "command.shell"]);
  await until(async () => (await states("next")).includes("succeeded 1"));
  expect(await states("once")).toEqual(["started 1", "interrupted 1"]);
  expect((await fleet.steward(["send", "ship1", "shell", "pgrep -fx 'sleep 77.7'"])).code).toBe(1);
});

it("a user's handler starts afresh with its lane: by the kernel's verdict, and by hand", async () => {
  const handlers = join(folder, "handlers");
  await mkdir(handlers);
  const counter = `import { defineHandler } from "steward-nats";
    let count = 0;
    const run = ({ data }) => {
      count += 1;
      if (data[0] === "fail") throw new Error("failed");
      return String(count);
    };
    export default defineHandler({ messageType: "command", subject: "count", describe: "counts its runs", run });`;
  await writeFile(join(handlers, "counter.mjs"), counter);
  await startShip({ policy: [{ subject: "command.count", verdict: "restart" }] }, "--handlers", handlers);
  const count = async (...data: string[]): Promise<string> =>
    (await fleet.steward(["send", "ship1", "count", ...data])).stdout;
  expect([await count(), await count()]).toEqual(["1", "2"]);
  await count("fail");
  expect([await count(), await count()]).toEqual(["1", "2"]);
  expect((await fleet.steward(["lanes", "ship1", "restart", "command.count"])).code).toBe(0);
  expect(await count()).toBe("1");
});

it("a message that stops its own daemon ends with one final ACK, whether it waits for that or not", async () => {
  await startShip({}, "--drain-timeout", "300ms", "--kill-grace", "100ms");
  const restart = async (): Promise<void> => {
    await until(() => ship1.exitCode() !== null);
    expect(ship1.exitCode()).toBe(0);
    await ship1.restart();
  };
  await put("quick", "kill -TERM $PPID");
  await restart();
  await untilAnswered(fleet.nc);
  expect(await states("quick")).toEqual(["started 1", "succeeded 1"]);

  // As `systemctl restart` does: it waits until the daemon has ended, which waits for it.
  // The second run may stop it before it is ready, so that nobody sees it ready then.
  await put("waits", "kill -TERM $PPID; sleep 30");
  await restart().catch((error: unknown) => expect(String(error)).toContain("the daemon ended with 0"));
  await restart();
  await untilAnswered(fleet.nc);
  expect(await states("waits")).toEqual(["started 1", "retrying 1", "started 2", "interrupted 2"]);
  expect((await readAcks(fleet.nc, "waits")).at(-1)?.error).toMatchObject({ code: "cutOff" });
});
