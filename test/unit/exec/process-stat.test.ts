import { expect, test } from "vitest";
import { processStat } from "../../../src/exec/process-stat.ts";
import { endAfterTest, printedPid, startScript, stateOf, until } from "./support.ts";

test("a process has its group, its parent and the moment of its start", async () => {
  const script = await startScript("sleep 100 & echo $!; wait");
  const grandchild = await printedPid(script);
  expect(processStat(script.pid)).toMatchObject({ alive: true, parent: process.pid, group: script.pid });
  expect(processStat(grandchild)).toMatchObject({ alive: true, parent: script.pid, group: script.pid });
  const [first, second] = [script.pid, grandchild].map((pid) => Number(processStat(pid)?.startTicks));
  expect(first).toBeGreaterThan(0);
  expect(second).toBeGreaterThanOrEqual(first!);
});

test("a zombie is not alive", async () => {
  const script = await startScript("sleep 0.05 & echo $!; exec sleep 100");
  const grandchild = await printedPid(script);
  endAfterTest(grandchild);
  await until(() => stateOf(grandchild) === "Z");
  expect(processStat(grandchild)).toMatchObject({ alive: false, parent: script.pid });
});

test.each([0, 2 ** 22 + 1])("%d has no state to report", (pid) => expect(processStat(pid)).toBeUndefined());
