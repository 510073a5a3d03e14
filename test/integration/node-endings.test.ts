import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import { readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";
import { endAfterTest, isRunning, stateOf } from "../unit/exec/support.ts";

const handler = `
import { spawn } from "node:child_process";
import { defineHandler } from "steward-nats";
export default defineHandler({ messageType: "command", subject: "mine", describe: "leaves a process behind", run: async ({ env, data: [file, how] }) => {
  spawn("sh", ["-c", "echo $$ >> " + file + "; sleep 1000"], { env, detached: true, stdio: "ignore" }).unref();
  if (how === "stays") await new Promise(() => setInterval(() => undefined, 1000));
  if (how === "crashes") setTimeout(() => process.exit(1), 300);
  await new Promise((done) => setTimeout(done, 500));
} });`;

let fleet: Fleet;
let ship1: TestNode;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steward-endings-"));
  await writeFile(join(folder, "mine.mjs"), handler);
  fleet = await startFleet();
  ship1 = await startNode(fleet.server.url, "ship1", ["--handlers", folder, "--kill-grace", "300ms"]);
});
afterAll(async () => {
  await ship1[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function finalOf(
  subject: string,
  data: readonly string[],
  ...options: string[]
): Promise<{ ack: Ack; code: number | null }> {
  const { code, stdout, stderr } = await fleet.steward(["send", "ship1", subject, ...options, "--json", "--", ...data]);
  const { id } = JSON.parse(stdout) as { id: string };
  const ack = (await readAcks(fleet.nc, id)).at(-1);
  if (ack === undefined) throw new Error(`no ACK: ${stderr}`);
  return { ack, code };
}

const failed = (code: string, rest: Partial<Ack> = {}) => ({ state: "failed", error: { code }, ...rest });

/** Each class of docs/operations.md, "How a command ends"; all of its members are in test/unit/exec/run-child/endings.test.ts. */
it.each<[string, string, string[], object]>([
  ["success", "exec", ["true"], { state: "succeeded", exitCode: 0 }],
  ["an exit code", "exec", ["sh", "-c", "exit 3"], failed("exitCode", { exitCode: 3 })],
  ["the exit code of a shell for a signal", "shell", ["exit 137"], failed("exitCode", { exitCode: 137 })],
  ["a signal", "shell", ["kill -9 $$"], failed("killedBySignal", { signal: "SIGKILL" })],
  [
    "a signal without a name",
    "shellCommand",
    ["sh", "-c", "kill -37 $$"],
    failed("killedBySignal", { signal: "signal 37" }),
  ],
  ["the last signal", "exec", ["sh", "-c", "kill -64 $$"], failed("killedBySignal", { signal: "signal 64" })],
  [
    "a core dump",
    "shell",
    ["cd $TMPDIR/; ulimit -c unlimited; kill -ABRT $$"],
    failed("killedBySignal", { signal: "SIGABRT" }),
  ],
  ["no such program", "exec", ["no-such-program"], failed("spawnFailed")],
  ["what is no program", "exec", ["/etc/passwd"], failed("spawnFailed")],
])("F3: the end of a command is reported correctly: %s", async (_what, subject, data, expected) => {
  // Three times: the first one finds no shell that was started ahead.
  for (let run = 0; run < 3; run++) {
    const { ack, code } = await finalOf(subject, data);
    expect(ack).toMatchObject(expected);
    expect(code).toBe(ack.state === "succeeded" ? 0 : 1);
  }
});

it("F4: a command can open /dev/stdout and /dev/stderr", async () => {
  for (let run = 0; run < 3; run++) {
    const { ack } = await finalOf("shell", [
      "echo hi > /dev/stdout; echo warn | tee /dev/stderr > /dev/null; echo next",
    ]);
    expect(ack).toMatchObject({ state: "succeeded", output: { stdout: "hi\nnext\n", stderr: "warn\n" } });
  }
});

it("a stopped command is ended at its timeout", async () => {
  const { ack } = await finalOf("shell", ["echo $$; kill -STOP $$"], "--timeout", "500ms");
  expect(ack).toMatchObject(failed("timedOut", { signal: "SIGKILL" }));
  expect(stateOf(Number(ack.output?.stdout))).toBe(undefined);
});

const leave = (file: string): string => `setsid sh -c 'echo $$ >> ${file}; sleep 1000' > /dev/null 2>&1 &`;
const pidsIn = async (file: string): Promise<number[]> =>
  (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean).map(Number);

it("C: processes left by a command are ended after its timeout and before the ACK, also outside its group", async () => {
  const file = join(folder, "timeout");
  const { ack } = await finalOf(
    "shell",
    [`trap '' TERM; ${leave(file)} while :; do sleep 0.1; done`],
    "--timeout",
    "1s",
  );
  expect(ack).toMatchObject(failed("timedOut"));
  const pids = await pidsIn(file);
  expect(pids).toHaveLength(1);
  expect(pids.filter(isRunning)).toEqual([]);
});

it("C: also those of a retried command, after each of its timeouts", async () => {
  const file = join(folder, "retried");
  const options = ["--timeout", "1s", "--retries", "1"];
  const { ack } = await finalOf("shell", [`${leave(file)} sleep 1000`], ...options);
  expect(ack).toMatchObject({ ...failed("timedOut"), attempt: 2 });
  const pids = await pidsIn(file);
  expect(pids).toHaveLength(2);
  expect(pids.filter(isRunning)).toEqual([]);
});

it("C: also those of a user's handler, after its timeout", async () => {
  const file = join(folder, "mine");
  const { ack } = await finalOf("mine", [file, "stays"], "--timeout", "1s");
  expect(ack).toMatchObject(failed("timedOut"));
  expect(await pidsIn(file)).toHaveLength(1);
  await until(async () => !(await pidsIn(file)).some(isRunning));
});

it.each([
  ["succeeded", "shell", (file: string) => [`${leave(file)} true`]],
  ["failed", "shell", (file: string) => [`${leave(file)} exit 1`]],
  ["killed", "shell", (file: string) => [`${leave(file)} sleep 0.3; kill -9 $$`]],
  ["handler", "mine", (file: string) => [file]],
])("processes left by a run that ended by itself are kept: %s", async (name, subject, data) => {
  const file = join(folder, name);
  await finalOf(subject, data(file));
  await until(async () => (await pidsIn(file)).length === 1);
  const [pid] = await pidsIn(file);
  endAfterTest(pid!);
  expect(isRunning(pid!)).toBe(true);
});
