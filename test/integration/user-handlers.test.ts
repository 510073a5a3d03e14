import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import type { Message } from "../../src/protocol/message.ts";
import { aMessage, putMessage, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

/** Each becomes a handler of its own, whose first datum says what to do; `good` is what any of them can do. */
const misdeeds: Readonly<Record<string, string>> = {
  busyLoop: "for (;;);",
  throws: 'throw new Error("thrown\\nhere")',
  throwsNull: "throw null",
  throwsProxy: "throw new Proxy({}, { getPrototypeOf() { throw 1; }, get() { throw 2; } })",
  throwsTerminal: 'throw new TerminalError("spawnFailed", "for good", { exitCode: 4, output: { stdout: "so far" } })',
  throwsRunError: 'throw new RunError("no such code", "again", { exitCode: 9n })',
  crashesAsync: 'setTimeout(() => { throw new Error("too late"); }); await never',
  rejectsAside: 'void Promise.reject(new Error("aside")); await never',
  exits: 'console.log("last words"); process.exit(0)',
  kills: 'process.kill(process.pid, "SIGKILL")',
  hoardsNumbers: "for (const all = []; ; ) all.push(all.length)",
  hoardsObjects: "for (const all = []; ; ) all.push({ text: `number ${all.length}` })",
  hoardsBuffers: "for (const all = []; ; await null) all.push(Buffer.alloc(1e7, 1))",
  neverSettles: "await never",
  blocks: 'execSync("sleep 60; echo")',
  stopsWhenTold:
    "await new Promise((_, fail) => context.signal.addEventListener('abort', () => fail(context.signal.reason)))",
  endsWell:
    "await new Promise((done) => context.signal.addEventListener('abort', done)); return context.signal.reason.code",
  returnsNumber: "return 7",
  returnsBigint: "return { exitCode: 7n }",
  returnsCycle: "const cycle = {}; cycle.output = cycle; cycle.stdout = cycle; return cycle",
  returnsFunction: "return { output: { stdout: () => 'x' } }",
  returnsMuch: "return 'ä'.repeat(5e6)",
  writesMuch:
    "for (let n = 0; n < 50_000; n++) console.log('line', n); console.error('x'.repeat(1e6)); return 'written'",
  leavesCrash: 'setTimeout(() => { throw new Error("left behind"); }, 20); return "well"',
  leavesLoop: "setTimeout(() => { for (;;); }); return 'well'",
};

const header = `import { execSync } from "node:child_process";
import { defineHandler, RunError, TerminalError } from "steward-nats";
const never = new Promise(() => {});
`;

const several = `${header}
const validate = (value) => {
  if (value[0] === "throw") throw new Error("a schema that throws");
  if (value[0] === "hang") return never;
  if (value[0] === "loop") for (;;);
  if (value[0] === "exit") process.exit(1);
  return value.length === 1 ? { value: new Map([["it", value[0]]]) } : { issues: [{ message: "one, please" }] };
};
const command = (subject, run, more) => defineHandler({ messageType: "command", subject, describe: subject, run, ...more });
export default [
  command("strict", ({ data }) => data.get("it"), { data: { "~standard": { validate } } }),
  command("pair", ({ data }) => data[0] === "crash" ? process.exit(5) : never, { concurrency: 2 }),
  command("look", ({ env, dataDir, message }) => JSON.stringify({
    id: message.id, marks: [env.STEWARD_RUN_ID, process.env.STEWARD_RUN_ID], url: process.env.NATS_URL, dataDir,
    child: execSync("echo $STEWARD_RUN_ID", { encoding: "utf8" }).trim(),
  })),
  { messageType: "event", subject: "noted", describe: "a plain object", run: () => {} },
];
`;

const slow = `${header} await new Promise((done) => setTimeout(done, 1000));
export default { messageType: "command", subject: "slow", describe: "slow", run: () => "at last" };`;

let fleet: Fleet;
let folder: string;
let ship1: TestNode;
beforeAll(async () => {
  fleet = await startFleet();
  folder = await mkdtemp(join(tmpdir(), "steward-handlers-"));
  for (const [name, body] of Object.entries(misdeeds)) {
    const does = `async (context) => { if (context.data[0] === "good") return "good"; ${body}; }`;
    const handler = `{ messageType: "command", subject: "${name}", describe: "${name}", memoryMb: 64, run: ${does} }`;
    await writeFile(join(folder, `${name}.mjs`), `${header}export default defineHandler(${handler});`);
  }
  await writeFile(join(folder, "several.js"), several);
  await writeFile(join(folder, "slow.js"), slow);
  await writeFile(join(folder, "gone.js"), slow.replaceAll("slow", "gone"));
  await writeFile(join(folder, "notes.txt"), "this is no handler");
  const times = ["--timeout", "1s", "--kill-grace", "300ms"];
  ship1 = await startNode(fleet.server.url, "ship1", ["--handlers", folder, ...times]);
});
afterAll(async () => {
  await ship1[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Sends a command and gives its final ACK. */
async function run(subject: string, ...data: readonly string[]): Promise<Ack> {
  return answered(aMessage({ subject, data }));
}

async function answered(message: Message): Promise<Ack> {
  const { subject } = message;
  const acked = fleet.nc.subscribe(`steward.ship1.acked.command.${subject}.${message.id}`);
  await putMessage(fleet.nc, message);
  for await (const { data: bytes } of acked) {
    const ack = JSON.parse(Buffer.from(bytes).toString()) as Ack;
    if (ack.state !== "started") return ack;
  }
  throw new Error("the subscription ended");
}

async function pingMs(): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 9; count++) {
    const begun = performance.now();
    await run("ping");
    times.push(performance.now() - begun);
  }
  return times.toSorted((a, b) => a - b)[4] ?? Infinity;
}

const failed = (code: string, message: RegExp): object => ({
  state: "failed",
  error: { code, message: expect.stringMatching(message) as unknown },
});
const crashed = (why: RegExp): object =>
  failed("handlerCrashed", new RegExp(`^the handler's process ended: ${why.source}`));
const late = failed("timedOut", /^timed out after/);
const unusable = (why: RegExp): object =>
  failed("handlerFailed", new RegExp(`^the handler's result is not usable: ${why.source}`));
const outOfMemory = crashed(/(the handler used more than its 64 MB of memory|SIGABRT)/);

describe("a faulty handler ends its own message, and nothing else", () => {
  test.each([
    { name: "busyLoop", ack: late },
    { name: "throws", ack: failed("handlerFailed", /^thrown; here$/) },
    { name: "throwsNull", ack: failed("handlerFailed", /^null$/) },
    { name: "throwsProxy", ack: failed("handlerFailed", /^a value without a text was thrown$/) },
    {
      name: "throwsTerminal",
      ack: { ...failed("spawnFailed", /^for good$/), exitCode: 4, output: { stdout: "so far", stderr: "" } },
    },
    { name: "throwsRunError", ack: failed("handlerFailed", /^again$/) },
    { name: "crashesAsync", ack: crashed(/uncaught error: too late$/) },
    { name: "rejectsAside", ack: crashed(/uncaught error: aside$/) },
    { name: "exits", ack: crashed(/process\.exit\(0\) was called$/) },
    { name: "kills", ack: crashed(/SIGKILL$/) },
    { name: "hoardsNumbers", ack: outOfMemory },
    { name: "hoardsObjects", ack: outOfMemory },
    { name: "hoardsBuffers", ack: outOfMemory },
    { name: "neverSettles", ack: late },
    { name: "blocks", ack: late },
    { name: "stopsWhenTold", ack: late },
    { name: "endsWell", ack: { ...late, output: { stdout: "timedOut", stderr: "" } } },
    { name: "returnsNumber", ack: unusable(/must return a text, nothing, or an object .* not the number 7$/) },
    { name: "returnsBigint", ack: unusable(/exitCode must be a whole number, not a value of the type bigint$/) },
    { name: "returnsCycle", ack: unusable(/output\.stdout must be a text, not a value of the type object$/) },
    { name: "returnsFunction", ack: unusable(/output\.stdout must be a text, not a value of the type function$/) },
  ])("$name", async ({ name, ack }) => {
    const begun = performance.now();
    const bad = run(name);
    const meanwhile = await pingMs();
    expect(await bad).toMatchObject(ack);
    // Timeout, grace, and what a busy machine adds.
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(meanwhile).toBeLessThan(250);
    expect(await run(name, "good")).toMatchObject({ state: "succeeded", output: { stdout: "good" } });
    expect(ship1.exitCode()).toBeNull();
  });
});

it("keeps the daemon's memory through all of that", async () => {
  const before = rssMb(ship1.pid);
  for (let count = 0; count < 3; count++) {
    expect(await run("hoardsNumbers")).toMatchObject(outOfMemory);
    expect(await run("returnsMuch")).toMatchObject({ state: "succeeded" });
  }
  expect(rssMb(ship1.pid) - before).toBeLessThan(50);
});

it("cuts its result to the limit of an output, between characters", async () => {
  const { state, output } = await run("returnsMuch");
  expect(state).toBe("succeeded");
  expect(output?.truncated).toEqual({ stdout: { total: 10_000_000, omitted: 10_000_000 - 64 * 1024 } });
  expect(output?.stdout).toMatch(/^ä+\n\[steward: \d+ bytes left out here\]\nä+$/);
});

it("logs a handler's output, up to a limit", async () => {
  expect(await run("writesMuch")).toMatchObject({ state: "succeeded", output: { stdout: "written" } });
  await until(() => ship1.log().includes("lines left out)"));
  const lines = ship1.log().trim().split("\n");
  const written = lines.map((line) => JSON.parse(line) as { lane?: string; msg: string });
  const ofLane = written.filter(({ lane, msg }) => lane === "command.writesMuch" && msg.startsWith("line "));
  expect(ofLane[0]).toMatchObject({ level: 30, msg: "line 0" });
  expect(ofLane.length).toBeGreaterThanOrEqual(100);
  expect(ofLane.length).toBeLessThan(1000);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(2500);
});

it("keeps a handler's output from before the end of its process", async () => {
  await run("exits");
  await until(() => ship1.log().includes('"lane":"command.exits","msg":"last words"'));
});

it("does not let the next message pay for a crash that the one before left behind", async () => {
  expect(await run("leavesCrash")).toMatchObject({ state: "succeeded", output: { stdout: "well" } });
  const line = "the handler's process ended between messages: uncaught error: left behind";
  await until(() => ship1.log().includes(line));
  expect(await run("leavesCrash", "good")).toMatchObject({ state: "succeeded", output: { stdout: "good" } });
});

it("does not let the next message pay for a loop that the one before left behind", async () => {
  expect(await run("leavesLoop")).toMatchObject({ state: "succeeded", output: { stdout: "well" } });
  // The process is given up after 5 s without an answer.
  const next = aMessage({ subject: "leavesLoop", data: ["good"], timeout: "20s" });
  expect(await answered(next)).toMatchObject({ state: "succeeded", output: { stdout: "good" } });
});

describe("the handler's schema", () => {
  test.each([
    { data: ["fine"], ack: { state: "succeeded", output: { stdout: "fine" } } },
    { data: ["one", "two"], ack: { state: "rejected", error: { code: "badData", message: "one, please" } } },
    { data: ["throw"], ack: { state: "rejected", error: { code: "badData", message: "a schema that throws" } } },
    { data: ["hang"], ack: { state: "rejected", error: { code: "handlerCrashed" } } },
    { data: ["loop"], ack: { state: "rejected", error: { code: "handlerCrashed" } } },
    { data: ["exit"], ack: { state: "rejected", error: { code: "handlerCrashed" } } },
    { data: ["fine again"], ack: { state: "succeeded", output: { stdout: "fine again" } } },
  ])("$data", async ({ data, ack }) => {
    const strict = run("strict", ...data);
    expect(await pingMs()).toBeLessThan(250);
    expect(await strict).toMatchObject(ack);
  });
});

it("ends with a crash all that runs in the same process, and runs the next", async () => {
  const waiting = run("pair", "wait");
  await until(async () =>
    (await readAcks(fleet.nc)).some(({ subject, state }) => subject === "pair" && state === "started"),
  );
  expect(await run("pair", "crash")).toMatchObject(crashed(/process\.exit\(5\) was called$/));
  expect(await waiting).toMatchObject(crashed(/process\.exit\(5\) was called$/));
});

it.each(["endsWell", "busyLoop"])("cancels a running message, also %s", async (subject) => {
  const message = aMessage({ subject, timeout: "20s" });
  const ended = answered(message);
  await until(async () => (await readAcks(fleet.nc, message.id)).length > 0);
  await fleet.steward(["cancel", message.id]);
  const output = subject === "endsWell" ? { output: { stdout: "cancelled" } } : {};
  expect(await ended).toMatchObject({ state: "cancelled", cancelled: { was: "running" }, ...output });
  expect(await run(subject, "good")).toMatchObject({ state: "succeeded" });
});

it("rejects messages for a handler that can no longer be loaded", async () => {
  await rm(join(folder, "gone.js"));
  const ack = await run("gone");
  expect(ack).toMatchObject({ state: "rejected", error: { code: "handlerCrashed" } });
  expect(ack.error?.message).toMatch(/^the handler's process ended: cannot be loaded: Cannot find module/);
});

it("gives a handler the marks of its run, and none of the daemon's secrets", async () => {
  const { id, output } = await run("look");
  expect(JSON.parse(output?.stdout ?? "")).toEqual({ id, marks: [id, id], child: id, dataDir: ship1.dataDir });
});

it("serves plain objects, events, and a file that takes its time to load", async () => {
  const { code } = await fleet.steward(["send", "ship1", "noted", "--event"]);
  expect(code).toBe(0);
  expect(await run("slow")).toMatchObject({ state: "succeeded", output: { stdout: "at last" } });
});

it("leaves no process of a handler behind when the daemon is killed, also a busy one", async () => {
  const ship2 = await startNode(fleet.server.url, "ship2", ["--handlers", folder]);
  await putMessage(fleet.nc, aMessage({ node: "ship2", subject: "busyLoop" }));
  await putMessage(fleet.nc, aMessage({ node: "ship2", subject: "blocks" }));
  await until(() => descendants(ship2.pid).length >= 4); // two processes, a shell and its sleep
  const left = descendants(ship2.pid);
  await ship2[Symbol.asyncDispose]();
  await until(() => left.every((pid) => parentOf(pid) === undefined));
});

describe.concurrent("a folder that cannot be used ends the start", () => {
  const good = "export default { messageType: 'command', subject: 'one', describe: 'one', run() {} };";
  test.each([
    { files: { "a.js": "export default {" }, line: "a.js: cannot be loaded: Unexpected end of input" },
    { files: { "a.js": 'throw new Error("no disk")' }, line: "a.js: cannot be loaded: no disk" },
    { files: { "a.js": "process.exit(0)" }, line: "a.js: process.exit(0) was called" },
    { files: { "a.js": "for (;;);" }, line: "a.js: it was not loaded within 10 s" },
    { files: { "a.js": "await new Promise(() => {})" }, line: "a.js: it was not loaded within 10 s" },
    {
      files: { "a.js": "export const x = 1" },
      line: "a.js: has no handler as its default export; write `export default defineHandler({ … })`",
    },
    {
      files: { "a.js": good.replace("'one'", "'one.two'") },
      line: "a.js: subject may hold only A-Z a-z 0-9 _ - and at most 64 of them",
    },
    { files: { "a.js": good.replace("'one'", "'ping'") }, line: "a.js: command.ping has a handler already" },
    { files: { "a.js": good, "b.mjs": good }, line: "b.mjs: command.one has a handler already" },
    {
      files: { "a.js": good.replace("run", "timeout: '5s', run") },
      line: "a.js: timeout must be a whole number from 1 to 2147483647",
    },
  ])("$line", async ({ files, line }) => {
    const broken = await mkdtemp(join(folder, "broken-"));
    await mkdir(join(broken, "not-looked-into.js"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(broken, name), text);
    const { code, stderr } = await fleet.steward(["node", "ship3", "--handlers", broken, "--data-dir", broken]);
    expect({ code, last: stderr.trim().split("\n").at(-1) }).toEqual({
      code: 2,
      last: `steward: --handlers: ${broken}/${line} (badSettings)`,
    });
  });
});

function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

function descendants(pid: number): number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const children = all.filter((one) => parentOf(one) === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
