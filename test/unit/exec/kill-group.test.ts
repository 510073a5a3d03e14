import type * as fs from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { killGroup } from "../../../src/exec/kill-group.ts";
import { endAfterTest, isRunning, printedPid, startScript, stateOf, until } from "./support.ts";

const longMs = 60_000;

/** Whether there is a descriptor to read a file with. */
const system = vi.hoisted(() => ({ hasRoom: true }));
vi.mock("node:fs", async (load) => {
  const real = await load<typeof fs>();
  const readFileSync = (...call: Parameters<typeof real.readFileSync>): unknown => {
    if (system.hasRoom) return real.readFileSync(...call);
    throw Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE", syscall: "open" });
  };
  return { ...real, readFileSync };
});

test("a group that obeys SIGTERM ends at once, whatever the grace", async () => {
  const script = await startScript("sleep 100 & echo $!; wait");
  const grandchild = await printedPid(script);
  await killGroup(script.pid, longMs);
  expect([isRunning(script.pid), isRunning(grandchild)]).toEqual([false, false]);
  expect(await script.result).toMatchObject({ exitCode: null, signal: "SIGTERM" });
});

test("a member that ignores SIGTERM gets its grace, then SIGKILL", async () => {
  const script = await startScript("trap '' TERM; echo ready; while :; do sleep 0.1; done");
  await until(() => script.printed() === "ready\n");
  const started = performance.now();
  await killGroup(script.pid, 200);
  expect(performance.now() - started).toBeGreaterThanOrEqual(199);
  expect(isRunning(script.pid)).toBe(false);
  expect(await script.result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
});

test("a member that outlives its leader is waited for, and killed after the grace", async () => {
  const script = await startScript("(trap '' TERM; sleep 100) & echo $!");
  const orphan = await printedPid(script);
  await until(() => !isRunning(script.pid));
  await killGroup(script.pid, 100);
  expect(isRunning(orphan)).toBe(false);
});

test("a stopped process is killed after the grace", async () => {
  const script = await startScript("kill -STOP $$");
  await until(() => stateOf(script.pid) === "T");
  await killGroup(script.pid, 50);
  expect(await script.result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
});

test("without a grace SIGKILL follows at once", async () => {
  const script = await startScript("trap '' TERM; echo ready; while :; do sleep 0.1; done");
  await until(() => script.printed() === "ready\n");
  await killGroup(script.pid, 0);
  expect(isRunning(script.pid)).toBe(false);
});

test("an uncollected zombie does not use up the grace", async () => {
  // The program leads a group of its own, and its parent turns into one that never asks how it ended.
  const script = await startScript("setsid sleep 100 & echo $!; exec sleep 100");
  const leader = await printedPid(script);
  endAfterTest(-leader);
  await until(() => groupExists(leader));
  await killGroup(leader, longMs);
  expect(stateOf(leader)).toBe("Z");
});

test("other groups are left alone", async () => {
  const [one, other] = await Promise.all([startScript("sleep 100"), startScript("sleep 100")]);
  await killGroup(one.pid, longMs);
  expect([isRunning(one.pid), isRunning(other.pid)]).toEqual([false, true]);
});

test("a group is killed even without a descriptor to read /proc", async () => {
  const script = await startScript("trap '' TERM; echo ready; while :; do sleep 0.1; done");
  await until(() => script.printed() === "ready\n");
  system.hasRoom = false;
  onTestFinished(() => void (system.hasRoom = true));
  await killGroup(script.pid, 100);
  expect(await script.result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
});

test("a group that has already ended is not an error", async () => {
  const script = await startScript("true");
  await script.result;
  await expect(killGroup(script.pid, longMs)).resolves.toBeUndefined();
});

test.each([-5, 0, 1, 1.5, Number.NaN])("%d is refused: it would reach processes of others", async (pgid) => {
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  await expect(killGroup(pgid, 0)).rejects.toThrow(RangeError);
  expect(kill).not.toHaveBeenCalled();
  kill.mockRestore();
});

function groupExists(pgid: number): boolean {
  try {
    return process.kill(-pgid, 0);
  } catch {
    return false;
  }
}
