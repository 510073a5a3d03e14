import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { livingMember } from "../../../../src/exec/process-group.ts";
import { processStat } from "../../../../src/exec/process-stat.ts";
import { endAfterTest, isRunning, printedPid, startScript, stateOf, until } from "../support.ts";

test("an abort also ends the program's child processes", async () => {
  const script = await startScript("sleep 100 & echo $!; wait", { killGraceMs: 60_000 });
  const grandchild = await printedPid(script);
  script.controller.abort();
  await script.result;
  expect(isRunning(grandchild)).toBe(false);
});

test("a grandchild that ignores SIGTERM has ended when the result is there", async () => {
  const script = await startScript("(trap '' TERM; echo ready; while :; do sleep 0.01; done) & wait");
  await until(() => script.printed() === "ready\n");
  script.controller.abort();
  expect(await script.result).toMatchObject({ signal: "SIGTERM" });
  expect(groupIsEmpty(script.pid)).toBe(true);
});

test("a grandchild may use its grace, and its output is kept, after the program itself has ended", async () => {
  const tidyUp = "trap 'sleep 0.5; echo tidied; exit' TERM; echo ready; while :; do sleep 0.01; done";
  const script = await startScript(`(${tidyUp}) & wait`, { killGraceMs: 4000 });
  await until(() => script.printed() === "ready\n");
  script.controller.abort();
  expect((await script.result).stdout.bytes.toString()).toBe("ready\ntidied\n");
});

test("a background process that holds the output does not delay the result, and lives on", async () => {
  const script = await startScript("sleep 100 & echo $!");
  const background = await printedPid(script);
  expect(await script.result).toMatchObject({ exitCode: 0, signal: null });
  expect(isRunning(background)).toBe(true);
});

test("a background process is ended by an abort that comes before the result", async () => {
  const script = await startScript("sleep 100 & echo $!");
  const background = await printedPid(script);
  await until(() => !isRunning(script.pid));
  script.controller.abort();
  expect(await script.result).toMatchObject({ exitCode: 0, signal: null });
  expect(isRunning(background)).toBe(false);
});

test("output of a background process a moment after the program's end is part of the result", async () => {
  const script = await startScript("(sleep 0.05; echo late) & echo first");
  expect((await script.result).stdout.bytes.toString()).toBe("first\nlate\n");
});

test("output that came in time is not lost because this process was busy", async () => {
  const script = await startScript("(sleep 0.1; echo late; sleep 100) & echo first");
  await until(() => stateOf(script.pid) === undefined); // we know that it ended, and wait for its output
  await setImmediate(); // from here on timers come before input
  const busyUntil = performance.now() + 500;
  while (performance.now() < busyUntil);
  expect((await script.result).stdout.bytes.toString()).toBe("first\nlate\n");
});

test("no output of a background process is taken once the result is there", async () => {
  const script = await startScript("(while :; do echo tick; sleep 0.01; done) &");
  await script.result;
  const heard = script.printed();
  await until(() => groupIsEmpty(script.pid)); // writing to the closed pipe has ended it
  expect(script.printed()).toBe(heard);
});

test("a process that left the group and holds the output does not delay an abort", async () => {
  const script = await startScript("setsid sleep 100 & echo $!; wait");
  const escaped = await printedPid(script);
  endAfterTest(escaped);
  // Its pid is printed before it has left the group.
  await until(() => processStat(escaped)?.group === escaped);
  script.controller.abort();
  expect(await script.result).toMatchObject({ signal: "SIGTERM" });
  expect(isRunning(escaped)).toBe(true);
});

function groupIsEmpty(pgid: number): boolean {
  return livingMember(pgid, pgid) === undefined;
}
