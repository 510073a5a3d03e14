import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { markedProcesses } from "../../src/exec/marked-processes.ts";
import { ackSubject } from "../../src/protocol/subjects.ts";
import { aMessage, putByHand, putMessage, readAcks, readStates, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";
import { until } from "../support/until.ts";
import { isRunning } from "../unit/exec/support.ts";

let fleet: Fleet;
let folder: string;
beforeEach(async () => {
  fleet = await startFleet(["ship1", "central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-orphans-"));
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const ship1 = () => fleet.nodes["ship1"]!;
const states = (id: string): Promise<string[]> => readStates(fleet.nc, id);

/** What scripts have written into a file of the test's folder, line by line. */
const linesOf = async (file: string): Promise<string[]> =>
  (await readFile(join(folder, file), "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

const pidsIn = async (file: string): Promise<number[]> => (await linesOf(file)).map(Number);

/** A shell's work that lasts until the test lets it go, or is over. */
const stay = (): string => `while test -d ${folder} && ! test -e ${folder}/go; do sleep 0.02; done`;

/** Tells which of the processes in `pids` live, then begins: one in its own process group, and one that left it. */
const command = (): string =>
  [
    `for pid in $(cat ${folder}/pids); do grep -q 'State:.[^Z]' /proc/$pid/status 2> /dev/null && echo $pid; done >> ${folder}/company`,
    `echo $$ >> ${folder}/pids`,
    `setsid sh -c 'echo $$ >> ${folder}/pids; ${stay()}' &`,
    stay(),
  ].join("\n");

/** Starts the command, and kills the daemon in the middle of it; resolves to the two processes that run on. */
async function leaveOrphans(message: Parameters<typeof aMessage>[0]): Promise<number[]> {
  await putMessage(fleet.nc, aMessage({ subject: "shell", data: [command()], ...message }));
  await until(async () => (await pidsIn("pids")).length === 2);
  await ship1().kill();
  const orphans = await pidsIn("pids");
  expect(orphans.map(isRunning)).toEqual([true, true]);
  return orphans;
}

it("S13: processes left by a killed daemon are ended before their message runs again, also outside their group", async () => {
  const orphans = await leaveOrphans({ id: "again" });
  await ship1().restart();
  await until(async () => (await pidsIn("pids")).length === 4);
  expect(orphans.map(isRunning)).toEqual([false, false]);
  expect(await linesOf("company")).toEqual([]);
  for (const pid of orphans) expect(ship1().log()).toContain(`"id":"again","pid":${pid},`);
  await writeFile(join(folder, "go"), "");
  await untilAnswered(fleet.nc);
  expect(await states("again")).toEqual(["started 1", "started 2", "succeeded 2"]);
});

it("at most once: the run that was cut off is ended too, and the message interrupted", async () => {
  const orphans = await leaveOrphans({ id: "once", delivery: "atMostOnce" });
  await ship1().restart();
  await untilAnswered(fleet.nc);
  expect(orphans.map(isRunning)).toEqual([false, false]);
  expect(await pidsIn("pids")).toEqual(orphans);
  expect(await states("once")).toEqual(["started 1", "interrupted 1"]);
});

it("a command that was cancelled while its daemon was dead is ended, and not run again", async () => {
  const orphans = await leaveOrphans({ id: "cancelled" });
  const { startedAt: _, ...started } = (await readAcks(fleet.nc, "cancelled"))[0]!;
  const at = new Date().toISOString();
  const cancelled = { ...started, state: "cancelled", instance: "test", cancelled: { by: "me", at, was: "running" } };
  await putByHand(fleet.nc, ackSubject("steward", started), JSON.stringify(cancelled));
  await ship1().restart();
  await untilAnswered(fleet.nc);
  expect(orphans.map(isRunning)).toEqual([false, false]);
  expect(await pidsIn("pids")).toEqual(orphans);
  expect(await states("cancelled")).toEqual(["started 1", "cancelled 1"]);
});

it("what would start the commands of a killed daemon ends, also if it could not notice", async () => {
  await putMessage(fleet.nc, aMessage({ id: "first", subject: "exec", data: ["true"] }));
  await untilAnswered(fleet.nc);
  const waiting = (): number[] =>
    markedProcesses("STEWARD_RUN_")
      .filter(({ marks }) => marks["STEWARD_RUN_LANE"] === undefined)
      .filter(({ marks }) => marks["STEWARD_RUN_DAEMON"]?.split("/")[1] === `${ship1().pid}`)
      .map(({ pid }) => pid);
  // At first it runs a few programs by which it is tried.
  let starter: number[] = [];
  await until(async () => {
    starter = waiting();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return starter.length === 2 && waiting().join() === starter.join();
  });
  for (const pid of starter) process.kill(pid, "SIGSTOP");
  await ship1().kill();
  expect(starter.map(isRunning)).toEqual([true, true]);
  await ship1().restart();
  expect(starter.map(isRunning)).toEqual([false, false]);
});

it("processes that an ended message left running on purpose are kept", async () => {
  const data = [`(${stay()}) > /dev/null 2>&1 & echo $! > ${folder}/pids`];
  await putMessage(fleet.nc, aMessage({ id: "service", subject: "shell", data }));
  await untilAnswered(fleet.nc);
  const [service] = await pidsIn("pids");
  await ship1().restart();
  expect(isRunning(service!)).toBe(true);
  expect(await states("service")).toEqual(["started 1", "succeeded 1"]);
});

it("processes of a living daemon, or of another fleet's node of the same name, are left alone", async () => {
  await using other = await startFleet(["ship1"]);
  await using third = await startFleet(["ship1"]);
  for (const { nc } of [other, third])
    await putMessage(nc, aMessage({ id: "theirs", subject: "shell", data: [command()] }));
  await until(async () => (await pidsIn("pids")).length === 4);
  await third.nodes["ship1"]!.kill();
  await ship1().restart();
  expect((await pidsIn("pids")).map(isRunning)).toEqual([true, true, true, true]);
});

it("a daemon that a command starts in place of the one it kills ends neither itself nor its starter", async () => {
  const args = `node ship1 --server ${fleet.server.url} --data-dir ${folder}/data`;
  const daemon = `setsid ${process.execPath} ${program} ${args} 2> ${folder}/log`;
  const script = `echo $$ > ${folder}/pids; kill -9 $PPID; ${daemon} & echo $! >> ${folder}/pids; wait`;
  await putMessage(fleet.nc, aMessage({ id: "update", subject: "shell", data: [script], delivery: "atMostOnce" }));
  await until(async () => (await linesOf("log")).some((line) => line.includes('"msg":"ready"')));
  const [starter, started] = await pidsIn("pids");
  try {
    await untilAnswered(fleet.nc);
    expect(await fleet.steward(["send", "ship1", "ping"])).toMatchObject({ code: 0, stdout: "pong\n" });
    expect([starter!, started!].map(isRunning)).toEqual([true, true]);
    expect(await states("update")).toEqual(["started 1", "interrupted 1"]);
  } finally {
    process.kill(started!, "SIGTERM");
    await until(() => !isRunning(started!));
  }
});
