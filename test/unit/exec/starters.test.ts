import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { markedProcesses } from "../../../src/exec/marked-processes.ts";
import { processStat } from "../../../src/exec/process-stat.ts";
import { Starters } from "../../../src/exec/starters.ts";
import { type ChildResult, type ChildSpec, runChild } from "../../../src/exec/run-child.ts";
import { endAfterTest, isRunning, scriptSpec, startScript, until, untilReady } from "./support.ts";

const env = { PATH: process.env["PATH"], COMMON: "a b'c\n$d", STEWARD_RUN_NODE: `n${process.pid}` };
let starters: Starters;
beforeEach(async () => {
  starters = new Starters(env);
  await untilReady(starters, env);
});

/** Runs a program in a shell that is ready, and tells that it was. */
async function runReady(changes: Partial<ChildSpec>): Promise<ChildResult> {
  await untilReady(starters, env);
  const before = starters.ready;
  const result = runChild(scriptSpec("", { env, starters, ...changes }));
  expect(starters.ready).toBe(before - 1);
  return result;
}

async function printed(...argv: [string, ...string[]]): Promise<string> {
  return (await runReady({ argv })).stdout.bytes.toString();
}

test("arguments are passed unchanged: every character, none, quotes, line ends, shell syntax", async () => {
  const all = Array.from({ length: 0x2fff }, (_, index) => String.fromCodePoint(index + 1)).join("");
  const strange = [
    all,
    "",
    "$HOME `id` $(id) \\ \\\\ \"x\" 'y' \\c",
    "*",
    "~",
    "-n",
    "\n",
    "a\n\n",
    "'",
    "\\",
    "😀\u{10ffff}",
  ];
  const expected = strange.map((argument) => `${argument}\0`).join("");
  expect(await printed("printf", String.raw`%s\0`, ...strange)).toBe(expected);
});

test("the environment is exactly the one given, with the run's additions", async () => {
  const { stdout } = await runReady({
    argv: ["cat", "/proc/self/environ"],
    env: { ...env, STEWARD_RUN_ID: "it's\n$one", EMPTY: "" },
  });
  const expected = [...Object.entries(env).map((pair) => pair.join("=")), "STEWARD_RUN_ID=it's\n$one", "EMPTY="];
  expect(stdout.bytes.toString().split("\0").slice(0, -1).toSorted()).toEqual(expected.toSorted());
});

test("a program has the surroundings that it has without a starter, but for its parent and its session", async () => {
  const script = [
    "ls -l /proc/self/fd | sed 's/.*[0-9] \\([0-9]*\\) -> /\\1 /; s/pipes-.*/pipe/; s#proc/[0-9]*#proc/#; s/[0-9]\\{4,\\}//'",
    "grep -E '^(Sig(Blk|Ign|Cgt)|Seccomp|NoNewPrivs):' /proc/self/status",
    "read -r pid _ _ _ group _ tty _ < /proc/$$/stat; echo $((pid - group)) $tty",
    "umask; nice; pwd; ulimit -a; echo $SHLVL $_",
  ].join("; ");
  const argv: [string, ...string[]] = ["bash", "-c", script];
  const direct = await runChild(scriptSpec("", { argv, env }));
  expect(await printed(...argv)).toBe(direct.stdout.bytes.toString());
});

test("no value is on a command line before it is the program's own", () => {
  const starter = markedProcesses("STEWARD_RUN_NODE").filter(
    ({ marks }) => marks["STEWARD_RUN_NODE"] === env.STEWARD_RUN_NODE,
  );
  expect(starter.length).toBeGreaterThanOrEqual(2);
  for (const { pid } of starter) {
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toMatch(/^bash\0-p\0-c\0[^\0]*\0steward-starter\0$/);
  }
});

test("the parent of a program is the starter, and its group is its own", async () => {
  const parentAndGroup = "read -r pid _ _ parent group _ < /proc/$$/stat; echo $parent $((pid - group))";
  const [parent, distance] = (await printed("sh", "-c", parentAndGroup)).split(" ").map(Number);
  expect(distance).toBe(0);
  expect(processStat(parent!)?.parent).toBe(process.pid);
});

test.each<[string, Partial<ChildSpec>]>([
  ["a folder of its own", { cwd: "/" }],
  ["a variable less", { env: { PATH: env.PATH } }],
  ["a name that is no shell's", { env: { ...env, "a.b": "1" } }],
  ["a program whose name begins with -", { argv: ["-x"] }],
  ["very long arguments", { argv: ["printf", "%.1s", "x".repeat(100_000)] }],
])("a program that a shell might start differently is started without one: %s", async (_what, changes) => {
  const before = starters.ready;
  const run = runChild(scriptSpec("", { argv: ["true"], env, starters, ...changes }));
  expect(starters.ready).toBe(before);
  await run.catch(() => undefined);
});

test("where a shell would drop or change a variable, programs are started without one", async () => {
  for (const name of ["a.b", "BASH_FUNC_x%%", "PPID", "REPLY"]) {
    const strange = { ...env, [name]: "1" };
    const none = new Starters(strange);
    const argv: [string, string] = ["cat", "/proc/self/environ"];
    for (let runs = 0; runs < 5; runs++) {
      const { stdout } = await runChild(scriptSpec("", { argv, env: strange, starters: none }));
      expect(stdout.bytes.toString().split("\0")).toContain(`${name}=1`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (name === "PPID") expect(none.ready).toBe(0);
  }
});

test("a program's output that begins like the shell's name is passed on", async () => {
  const heard: string[] = [];
  const onChunk = (_stream: string, _offset: number, bytes: Buffer): void => void heard.push(bytes.toString());
  const { stderr } = await runReady({ argv: ["sh", "-c", "printf stew >&2"], onChunk });
  expect([heard.join(""), stderr.bytes.toString()]).toEqual(["stew", "stew"]);
});

test("a named pipe given as the program is refused, and holds up nothing", { timeout: 10_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "steward-starters-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  execFileSync("mkfifo", ["-m", "700", join(folder, "pipe")]);
  await untilReady(starters, env);
  const run = runChild(scriptSpec("", { argv: [join(folder, "pipe")], env, starters }));
  await expect(run).rejects.toMatchObject({ code: "spawnFailed" });
});

test.each([
  ["whose shell was killed", (parent: number) => parent === process.pid],
  ["whose child was killed", (parent: number) => parent !== process.pid],
])("a starter %s is not used, and the program runs once", async (_what, isVictim) => {
  const own = (): number[] =>
    markedProcesses("STEWARD_RUN_NODE")
      .filter(({ marks }) => marks["STEWARD_RUN_NODE"] === env.STEWARD_RUN_NODE)
      .map(({ pid }) => pid);
  const victims = own().filter((pid) => isVictim(processStat(pid)?.parent ?? 0));
  expect(victims).not.toEqual([]);
  for (const pid of victims) process.kill(pid, "SIGKILL");
  await until(() => victims.every((pid) => !isRunning(pid)));
  const file = join(mkdtempSync(join(tmpdir(), "steward-starters-")), "ran");
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  for (let runs = 1; runs < 4; runs++) {
    expect(await runChild(scriptSpec(`echo ran >> ${file}`, { env, starters }))).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file, "utf8")).toBe("ran\n".repeat(runs));
  }
});

/** The child that waits for the next program. */
async function waitingChild(): Promise<number> {
  await untilReady(starters, env);
  const own = markedProcesses("STEWARD_RUN_NODE").filter(
    ({ pid, marks }) =>
      marks["STEWARD_RUN_NODE"] === env.STEWARD_RUN_NODE && processStat(pid)?.parent !== process.pid && isRunning(pid),
  );
  return own[0]?.pid ?? 0;
}

test(
  "a child that is killed before it could become the program leaves nothing for the next one",
  { timeout: 20_000 },
  async () => {
    for (let round = 0; round < 5; round++) {
      const child = await waitingChild();
      process.kill(child, "SIGSTOP");
      endAfterTest(child);
      const controller = new AbortController();
      const cut = runChild(scriptSpec("echo never", { env, starters, signal: controller.signal, killGraceMs: 1 }));
      controller.abort();
      const others = Array.from({ length: 20 }, () => runChild(scriptSpec("echo ran", { env, starters })));
      for (const { exitCode, stdout } of await Promise.all(others))
        expect([exitCode, stdout.bytes.toString()]).toEqual([0, "ran\n"]);
      await cut;
    }
  },
);

test("a child that cannot read which program to become does not end the run", async () => {
  execFileSync("prlimit", ["--nofile=3", `--pid=${await waitingChild()}`]);
  const { exitCode, stdout } = await runChild(scriptSpec("echo ran", { env, starters }));
  expect([exitCode, stdout.bytes.toString()]).toEqual([0, "ran\n"]);
});

test("a program whose starter is killed is ended, and not started again", async () => {
  await untilReady(starters, env);
  const { result, pid } = await startScript("sleep 20", { env, starters });
  process.kill(processStat(pid)?.parent ?? 0, "SIGKILL");
  expect(await result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  expect(isRunning(pid)).toBe(false);
});

test("lanes that run side by side get starters of their own, up to a bound", async () => {
  const run = (): Promise<ChildResult> => runChild(scriptSpec("sleep 0.05; echo done", { env, starters }));
  for (let rounds = 0; rounds < 6; rounds++) {
    const results = await Promise.all(Array.from({ length: 8 }, run));
    expect(results.map(({ stdout }) => stdout.bytes.toString())).toEqual(Array.from({ length: 8 }, () => "done\n"));
  }
  await until(() => starters.ready > 1);
  expect(starters.ready).toBeLessThanOrEqual(4);
});

test("neither LC_ALL nor TMOUT of the environment changes how a starter works, or is lost", async () => {
  const strange = { ...env, LC_ALL: "C.UTF-8", TMOUT: "1" };
  const own = new Starters(strange);
  await untilReady(own, strange);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await until(() => own.ready > 0);
  const { stdout } = await runChild(scriptSpec("", { argv: ["env"], env: strange, starters: own }));
  expect(stdout.bytes.toString().split("\n")).toEqual(expect.arrayContaining(["LC_ALL=C.UTF-8", "TMOUT=1"]));
});

test("starters that wait end with their process, however that ends", async () => {
  const script = fileURLToPath(new URL("starters.script.ts", import.meta.url));
  const built = buildSync({ entryPoints: [script], bundle: true, platform: "node", format: "esm", write: false });
  const code = built.outputFiles[0]?.text ?? "";
  const daemon = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(daemon.stdout, "data")) as [Buffer];
  const waiting = Number(line.toString());
  expect(isRunning(waiting)).toBe(true);
  daemon.kill("SIGKILL");
  await until(() => !isRunning(waiting));
  // And one that keeps nothing else from ending ends too.
  const printedPid = execFileSync(process.execPath, ["--input-type=module", "--eval", code, "end"], {
    encoding: "utf8",
  });
  await until(() => !isRunning(Number(printedPid)));
});
