import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../support/until.ts";

const script = join(import.meta.dirname, "../../scripts/demo");

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "steward-demo-"));
  await mkdir(join(home, "tmp"));
});

afterEach(async () => {
  await until(async () => (await processesOf(home)).length === 0, 5000, "no process of the demo is left");
  await rmdir(join(home, "tmp")); // Fails when something was left in it.
  await rm(home, { recursive: true });
});

test("shows everything and exits with 0, without a network once everything is installed", async () => {
  const demo = runDemo({ npm_config_offline: "true", PIP_NO_INDEX: "1", GOPROXY: "off" });
  const code = await demo.ended;
  expect(demo.output()).toMatch(/I am ship2[^]*all well on board[^]*back again[^]*== All of it worked\n$/);
  expect(code).toBe(0);
});

test("exits with 1 when a step fails, and says which", async () => {
  const bin = join(home, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "nats"), "#!/bin/sh\necho 'no such bucket'; exit 3\n", { mode: 0o755 });
  const demo = runDemo({ PATH: `${bin}${delimiter}${process.env["PATH"]}` });
  const code = await demo.ended;
  expect(demo.output()).toMatch(
    /\$ nats kv get .*\nno such bucket\n\n== This failed: it ended with exit code 3, not 0\n/,
  );
  expect(code).toBe(1);
});

test("stops what it started at Ctrl-C", async () => {
  const demo = runDemo();
  await Promise.race([demo.ended, until(() => demo.output().includes("Two nodes at once"), 20_000)]);
  expect(demo.output()).toContain("Two nodes at once");
  process.kill(-demo.pid, "SIGINT");
  expect(await demo.ended).toBe(130);
});

interface Demo {
  readonly pid: number;
  readonly ended: Promise<number | null>;
  /** The output so far. */
  output(): string;
}

/** Starts it in its own process group, like a terminal. All its processes have its TMPDIR. */
function runDemo(env: NodeJS.ProcessEnv = {}): Demo {
  const demo = spawn("/bin/sh", ["-c", `exec ${script} 2>&1`], {
    detached: true,
    env: { ...process.env, ...env, TMPDIR: join(home, "tmp") },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  demo.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = once(demo, "close").then(([code]: (number | null)[]) => code ?? null);
  return { pid: demo.pid ?? 0, ended, output: () => output };
}

/** The command lines of the processes whose environment has `folder` in it. Only Linux shows them. */
async function processesOf(folder: string): Promise<string[]> {
  const commands = (await readdir("/proc").catch(() => [])).map(async (pid) => {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (!environment.includes(`TMPDIR=${folder}`)) return [];
    return [(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ")];
  });
  return (await Promise.all(commands)).flat();
}
