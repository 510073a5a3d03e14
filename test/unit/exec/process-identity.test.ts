import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect, onTestFinished, test, vi } from "vitest";
import { identityText, isGone, parseIdentity, thisProcess } from "../../../src/exec/process-identity.ts";

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
])("whether a process has ended: %s", (_which, changes, gone) => {
  expect(isGone({ ...here, ...changes })).toBe(gone);
});

test("a process whose name looks like the following columns is still recognised", async () => {
  const stranger = spawn("/bin/bash", ["-c", "printf 'x) y' > /proc/self/comm; echo; read"]);
  onTestFinished(() => void stranger.kill("SIGKILL"));
  await once(stranger.stdout, "data");
  const pid = stranger.pid!;
  const [, behindName = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(" (x) y) ");
  const startTicks = behindName.split(" ")[19]!;
  expect(isGone({ ...here, pid, startTicks })).toBe(false);
  expect(isGone({ ...here, pid, startTicks: "1" })).toBe(true);
});

test("a zombie counts as ended", async () => {
  // Its parent turns into a program that never asks how it ended.
  const parent = spawn("/bin/sh", ["-c", "sleep 0.1 & cat /proc/$!/stat; exec sleep 100"]);
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [bytes] = (await once(parent.stdout, "data")) as [Buffer];
  const fields = bytes.toString().split(" ");
  const sleeper = { ...here, pid: Number(fields[0]), startTicks: fields[21]! };
  expect(isGone(sleeper)).toBe(false);
  await vi.waitUntil(() => readFileSync(`/proc/${sleeper.pid}/stat`, "utf8").includes(") Z "));
  expect(isGone(sleeper)).toBe(true);
});

test("a process identity can be written as text", () => {
  expect(parseIdentity(identityText(here))).toEqual(here);
});

test.each(["", "1234", "pid:[1]/1234", "pid:[1]/1234/undefined/", "pid:[1]/-1/5/a-b", "pid:[1]/1/5/a-b/more"])(
  "%j does not identify a process",
  (text) => expect(parseIdentity(text)).toBeUndefined(),
);

test("without enough facts from the system the text identifies no process", () => {
  expect(parseIdentity(identityText({ host: here.host, pid: 1234 }))).toBeUndefined();
});
