import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { isGone, thisProcess } from "../../../src/node/process-identity.ts";

const here = thisProcess();

test("a process knows itself", () => {
  expect(here).toMatchObject({ host: hostname(), pid: process.pid });
  expect(here.bootId).toMatch(/^[0-9a-f-]{36}$/);
  expect(here.pidNamespace).toMatch(/^pid:\[\d+\]$/);
  expect(Number(here.startTicks)).toBeGreaterThan(0);
});

test.each([
  ["this one", {}, false],
  ["one whose number another process has now", { startTicks: "1" }, true],
  ["one whose number nobody has", { pid: 2 ** 22 + 1 }, true],
  ["one from before the last boot", { bootId: "another" }, true],
  ["one in another container, where numbers mean others", { pidNamespace: "pid:[1]", startTicks: "1" }, false],
  ["one on another host", { host: "elsewhere", bootId: "another" }, false],
  ["one of which the boot is not known", { bootId: undefined, startTicks: "1" }, false],
  ["one of which the container is not known", { pidNamespace: undefined, startTicks: "1" }, false],
])("whether a process is gone: %s", (_which, changes, gone) => {
  expect(isGone({ ...here, ...changes })).toBe(gone);
});

test("a process whose name looks like the columns behind it is known all the same", async () => {
  const stranger = spawn("/bin/bash", ["-c", "printf 'x) y' > /proc/self/comm; echo; read"]);
  onTestFinished(() => void stranger.kill("SIGKILL"));
  await once(stranger.stdout, "data");
  const pid = stranger.pid!;
  const [, behindName = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(" (x) y) ");
  const startTicks = behindName.split(" ")[19]!;
  expect(isGone({ ...here, pid, startTicks })).toBe(false);
  expect(isGone({ ...here, pid, startTicks: "1" })).toBe(true);
});
