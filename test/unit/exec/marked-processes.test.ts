import { spawn } from "node:child_process";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { endProcesses, markedProcesses, type MarkedProcess } from "../../../src/exec/marked-processes.ts";
import { processStat } from "../../../src/exec/process-stat.ts";
import { endAfterTest, isRunning, printedPid, startScript, until, type RunningScript } from "./support.ts";

/** Nobody else's, nor another test's: what bears it is ended. */
let prefix: string;
let tests = 0;
beforeEach(() => {
  tests += 1;
  prefix = `TEST_${process.pid}_${tests}_`;
});

const found = (): MarkedProcess[] => markedProcesses(prefix);
const pids = (): number[] => found().map(({ pid }) => pid);

function startMarked(script: string, marks: Readonly<Record<string, string>> = { ID: "a" }): Promise<RunningScript> {
  const named = Object.entries(marks).map(([name, value]): [string, string] => [prefix + name, value]);
  return startScript(script, { env: { PATH: process.env["PATH"], ...Object.fromEntries(named) } });
}

test("a process is found by the variables that it was started with, whatever is in them", async () => {
  const script = await startMarked(`unset ${prefix}ID; exec 3<&-; sleep 100`, { ID: "a=b c\n", EMPTY: "" });
  const mine = found().find(({ pid }) => pid === script.pid);
  expect(mine).toEqual({
    pid: script.pid,
    group: script.pid,
    startTicks: processStat(script.pid)?.startTicks,
    marks: { [`${prefix}ID`]: "a=b c\n", [`${prefix}EMPTY`]: "" },
  });
});

test("a value or another name that contains the prefix is not a mark", async () => {
  const env = { PATH: process.env["PATH"], OTHER: prefix, [`MY_${prefix}ID`]: "a" };
  await startScript("sleep 100", { env });
  expect(found()).toEqual([]);
});

test("zombies are not found, children that inherited the marks are", async () => {
  const script = await startMarked("sleep 0.05 & sleep 100 & echo $!; wait $!");
  const child = await printedPid(script);
  await until(() => found().length === 2);
  expect(new Set(pids())).toEqual(new Set([script.pid, child]));
});

test("processes in the group of this process or of an ancestor are not found", async () => {
  const own = spawn("sleep", ["100"], { env: { [`${prefix}ID`]: "a", PATH: process.env["PATH"] } });
  endAfterTest(own.pid!);
  await until(() => isRunning(own.pid!));
  expect(processStat(own.pid!)?.group).toBe(processStat(process.pid)?.group);
  expect(found()).toEqual([]);
});

test("all of a group is ended, also a member without marks, and other groups that bear them", async () => {
  const script = await startMarked("env -i sleep 100 & echo $!; setsid sleep 100 & wait");
  const unmarked = await printedPid(script);
  const other = await startScript("sleep 100");
  await until(() => found().length === 2);
  const marked = pids();
  expect(marked).not.toContain(unmarked);

  const { killed, left } = await endProcesses(found);
  expect(left).toEqual([]);
  expect(killed.map(({ pid }) => pid)).toEqual(expect.arrayContaining(marked));
  expect([...marked, unmarked].filter(isRunning)).toEqual([]);
  expect(isRunning(other.pid)).toBe(true);
});

test("in a group whose leader is not marked, only marked processes are ended", async () => {
  const leader = await startScript(`${prefix}ID=a sleep 100 & echo $!; sleep 100`);
  const marked = await printedPid(leader);
  await until(() => pids().includes(marked));
  expect((await endProcesses(found)).killed.map(({ pid }) => pid)).toEqual([marked]);
  expect([marked, leader.pid].map(isRunning)).toEqual([false, true]);
});

test("all processes of a group whose leader has ended are ended", async () => {
  const script = await startMarked("sleep 100 & env -i sleep 100 & echo $!");
  const unmarked = await printedPid(script);
  await until(() => !isRunning(script.pid) && pids().length === 1);
  await endProcesses(found);
  expect(isRunning(unmarked)).toBe(false);
});

test("a process that keeps leaving its group is ended too", async () => {
  // Each generation leaves the group of the one before and ends; the last one stays.
  const step = 'n=$1; [ $n -gt 0 ] || exec sleep 100; setsid sh -c "$0" "$0" $((n - 1)) & sleep 0.03';
  await startMarked(`exec sh -c '${step}' '${step}' 60`);
  await until(() => found().length > 0);
  const { killed, left } = await endProcesses(found);
  expect([killed.length > 0, left, found()]).toEqual([true, [], []]);
});

test("a number that another process has by now is not killed", async () => {
  const script = await startMarked("sleep 100");
  const [mine] = found();
  const looks = [[{ ...mine!, startTicks: "1" }], []];
  await endProcesses(() => looks.shift()!);
  expect(isRunning(script.pid)).toBe(true);
});

test("processes that the system does not end are reported after two seconds", async () => {
  const script = await startMarked("sleep 100");
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  onTestFinished(() => kill.mockRestore());
  const started = performance.now();
  const { killed, left } = await endProcesses(found);
  kill.mockRestore();
  expect(performance.now() - started).toBeGreaterThan(1999);
  expect([killed, left].map((list) => list.map(({ pid }) => pid))).toEqual([pids(), pids()]);
  expect(pids()).toContain(script.pid);
});
