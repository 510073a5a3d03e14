import { expect, test } from "vitest";
import { execHandlers } from "../../../src/handlers/exec.ts";
import { pingHandler } from "../../../src/handlers/ping.ts";
import { runHandler } from "./support.ts";

const [exec, shellCommand, shell] = execHandlers({ killGraceMs: 200, outputLimit: 1000 });

test.each([
  ["exec", exec],
  ["shellCommand", shellCommand],
])("%s runs an argument vector in which nothing is interpreted", async (_subject, handler) => {
  const result = await runHandler(handler, ["printf", "%s|", "a b", "$HOME", "*", ""]);
  expect(result).toEqual({ exitCode: 0, output: { stdout: "a b|$HOME|*||", stderr: "" } });
});

test("shell runs a line for /bin/sh", async () => {
  const result = await runHandler(shell, ["echo one | tr a-z A-Z; echo two >&2"]);
  expect(result).toEqual({ exitCode: 0, output: { stdout: "ONE\n", stderr: "two\n" } });
});

test("a program that fails fails the run, with its output and its exit code", async () => {
  await expect(runHandler(shell, ["echo so far; exit 3"])).rejects.toMatchObject({
    code: "exitCode",
    message: "exit code 3",
    result: { exitCode: 3, output: { stdout: "so far\n", stderr: "" } },
  });
});

test("a program that a signal ends fails the run, with the signal", async () => {
  await expect(runHandler(shell, ["kill -9 $$"])).rejects.toMatchObject({
    code: "killedBySignal",
    message: "ended by SIGKILL",
    result: { signal: "SIGKILL" },
  });
});

test("a missing program fails the run", async () => {
  await expect(runHandler(exec, ["no-such-program-anywhere"])).rejects.toMatchObject({ code: "spawnFailed" });
});

test("a program has the run's environment and no other", async () => {
  const env = { PATH: process.env["PATH"], STEWARD_RUN_ID: "a" };
  const { output } = await runHandler(exec, ["env"], { env });
  expect(output?.stdout.split("\n").filter((line) => line.startsWith("STEWARD"))).toEqual(["STEWARD_RUN_ID=a"]);
  expect(output?.stdout).not.toContain("VITEST");
});

test("an abort ends the program, and its output is kept", async () => {
  const signal = AbortSignal.timeout(100);
  await expect(runHandler(shell, ["echo begun; sleep 100"], { signal })).rejects.toMatchObject({
    code: "killedBySignal",
    result: { output: { stdout: "begun\n" }, signal: "SIGTERM" },
  });
});

test("of much output the beginning and the end are kept", async () => {
  const { output } = await runHandler(shell, ["echo first; yes | head -c 100000; echo last"]);
  expect(output?.stdout).toMatch(/^first\n(y\n)+[^]*left out here[^]*(y\n)+last\n$/);
  expect(output?.truncated).toEqual({ stdout: { total: 100_011, omitted: 99_011 } });
});

test.each([
  [[], "pong\n"],
  [["are", "you there?"], "are you there?\n"],
])("ping with %j answers %j", async (data, stdout) => {
  expect(await runHandler(pingHandler, data)).toEqual({ output: { stdout, stderr: "" } });
});
