import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { beforeEach, expect, test } from "vitest";
import { markedProcesses } from "../../../src/exec/marked-processes.ts";
import { processStat } from "../../../src/exec/process-stat.ts";
import { ReadyShells } from "../../../src/exec/ready-shells.ts";
import { type ChildResult, type ChildSpec, runChild } from "../../../src/exec/run-child.ts";
import { isRunning, scriptSpec, until, untilReady } from "./support.ts";

const env = { PATH: process.env["PATH"], COMMON: "a b'c\n$d", STEWARD_RUN_NODE: `n${process.pid}` };
let shells: ReadyShells;
beforeEach(async () => {
  shells = new ReadyShells(env);
  await untilReady(shells, env);
});

/** Runs a program in a shell that is ready, and tells that it was. */
async function runReady(changes: Partial<ChildSpec>): Promise<ChildResult> {
  await untilReady(shells, env);
  const before = shells.idle;
  const result = runChild(scriptSpec("", { env, shells, ...changes }));
  expect(shells.idle).toBe(before - 1);
  return result;
}

async function printed(...argv: [string, ...string[]]): Promise<string> {
  return (await runReady({ argv })).stdout.bytes.toString();
}

test("arguments are handed over as they are: every character, none, quotes, line ends, what shells read otherwise", async () => {
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

test("the environment is exactly the one given, with what a run adds", async () => {
  const { stdout } = await runReady({
    argv: ["cat", "/proc/self/environ"],
    env: { ...env, STEWARD_RUN_ID: "it's\n$one", EMPTY: "" },
  });
  const expected = [...Object.entries(env).map((pair) => pair.join("=")), "STEWARD_RUN_ID=it's\n$one", "EMPTY="];
  expect(stdout.bytes.toString().split("\0").slice(0, -1).toSorted()).toEqual(expected.toSorted());
});

test("a program has the surroundings that it has without a shell", async () => {
  const script = [
    "ls -l /proc/self/fd | sed 's/.*[0-9] \\([0-9]*\\) -> /\\1 /; s/pipes-.*/pipe/; s#proc/[0-9]*#proc/#; s/[0-9]\\{4,\\}//'",
    "grep -E '^(Sig(Blk|Ign|Cgt)|Seccomp|NoNewPrivs):' /proc/self/status",
    "read -r pid _ _ parent group session tty _ < /proc/$$/stat; echo $((pid - group)) $((pid - session)) $parent $tty",
    "umask; nice; pwd; ulimit -a; echo $SHLVL $_",
  ].join("; ");
  const argv: [string, ...string[]] = ["bash", "-c", script];
  const direct = await runChild(scriptSpec("", { argv, env }));
  expect(await printed(...argv)).toBe(direct.stdout.bytes.toString());
});

test("no value is on a command line before it is the program's own", () => {
  const [shell] = markedProcesses("STEWARD_RUN_NODE").filter(
    ({ marks }) => marks["STEWARD_RUN_NODE"] === env.STEWARD_RUN_NODE,
  );
  expect(readFileSync(`/proc/${shell!.pid}/cmdline`, "utf8")).toMatch(
    /^\/bin\/sh\0-c\0IFS= read[^\0]*\0steward-[0-9a-f]{24}\0$/,
  );
});

test.each<[string, Partial<ChildSpec>]>([
  ["a folder of its own", { cwd: "/" }],
  ["a variable less", { env: { PATH: env.PATH } }],
  ["a name that is no shell's", { env: { ...env, "a.b": "1" } }],
  ["a program whose name begins with -", { argv: ["-x"] }],
  ["very long arguments", { argv: ["printf", "%.1s", "x".repeat(100_000)] }],
])("what a shell might get wrong is started without one: %s", async (_what, changes) => {
  const before = shells.idle;
  const run = runChild(scriptSpec("", { argv: ["true"], env, shells, ...changes }));
  expect(shells.idle).toBe(before);
  await run.catch(() => undefined);
});

test("where a shell would drop or change a variable, none is started ahead", async () => {
  for (const name of ["a.b", "BASH_FUNC_x%%", "PPID"]) {
    const strange = { ...env, [name]: "1" };
    const none = new ReadyShells(strange);
    const argv: [string, string] = ["cat", "/proc/self/environ"];
    for (let runs = 0; runs < 5; runs++) {
      const { stdout } = await runChild(scriptSpec("", { argv, env: strange, shells: none }));
      expect(stdout.bytes.toString().split("\0")).toContain(`${name}=1`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(none.idle).toBe(0);
  }
});

test("what begins like the shell's name is a program's output, and is heard", async () => {
  const heard: string[] = [];
  const onChunk = (_stream: string, _offset: number, bytes: Buffer): void => void heard.push(bytes.toString());
  const { stderr } = await runReady({ argv: ["sh", "-c", "printf stew >&2"], onChunk });
  expect([heard.join(""), stderr.bytes.toString()]).toEqual(["stew", "stew"]);
});

test("a shell that was killed while it waited is not used", async () => {
  const pids = (): number[] =>
    readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && processStat(pid)?.parent === process.pid);
  await untilReady(shells, env);
  for (const pid of pids()) process.kill(pid, "SIGKILL");
  await until(() => pids().every((pid) => !isRunning(pid)));
  expect(await runChild(scriptSpec("echo ran", { env, shells }))).toMatchObject({ exitCode: 0 });
});

test("shells that wait end with their process, however that ends", async () => {
  const script = fileURLToPath(new URL("ready-shells.script.ts", import.meta.url));
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
