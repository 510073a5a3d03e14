import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./until.ts";

/** The program as users have it; the global set-up builds it. */
export const program: string = join(import.meta.dirname, "../../dist/bin/steward.js");

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the real program, or that of another version, to its end. */
export async function steward(
  url: string,
  args: readonly string[],
  input: string = "",
  from: string = program,
): Promise<CliResult> {
  const child = spawn(process.execPath, [from, ...args], { env: cleanEnvironment(url) });
  const output = collect(child);
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output() };
}

export interface TestNode extends AsyncDisposable {
  readonly name: string;
  readonly dataDir: string;
  readonly pid: number;
  /** What the daemon has logged so far. */
  log(): string;
  /** Its exit code, once it has ended by itself. */
  exitCode(): number | null;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /**
   * Starts it again on the same data folder; resolves when it is ready. What is added to the environment holds once, and
   * so does another version of the program.
   */
  restart(added?: Readonly<Record<string, string>>, from?: string): Promise<void>;
}

/** A daemon as a process of its own, on a data folder of its own. Resolves when it is ready. */
export async function startNode(
  url: string,
  name: string,
  args: readonly string[] = [],
  version: string = program,
): Promise<TestNode> {
  const dataDir = await mkdtemp(join(tmpdir(), "steward-node-"));
  let child: ChildProcess;
  let output: () => { stdout: string; stderr: string };
  const launch = async (added: Readonly<Record<string, string>> = {}, from: string = version): Promise<void> => {
    child = spawn(process.execPath, [from, "node", name, "--data-dir", dataDir, ...args], {
      env: { ...cleanEnvironment(url), ...added },
      stdio: ["ignore", "pipe", "pipe"],
    });
    output = collect(child);
    await until(() => output().stderr.includes('"msg":"ready"') || child.exitCode !== null, 20_000);
    if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}: ${output().stderr}`);
  };
  const kill = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  };
  await launch();
  return {
    name,
    dataDir,
    get pid(): number {
      return child.pid ?? 0;
    },
    log: () => output().stderr,
    exitCode: () => child.exitCode,
    kill,
    restart: async (added, from) => {
      await kill();
      await launch(added, from);
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The environment without what would lead the program to another broker. */
export function cleanEnvironment(url: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(STEWARD_|NATS_)/.test(name));
  return { ...Object.fromEntries(kept), NATS_URL: url };
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  const chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.on("data", (chunk: Buffer) => chunks[stream].push(chunk));
  }
  return () => ({
    stdout: Buffer.concat(chunks.stdout).toString(),
    stderr: Buffer.concat(chunks.stderr).toString(),
  });
}
