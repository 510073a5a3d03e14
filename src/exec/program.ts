import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { type OutputPipes, outputPipesIfAny } from "./output-pipes.ts";
import { exitStatus } from "./process-stat.ts";
import { spawnFailure } from "./spawn-failure.ts";

/** The program to run, and its surroundings. */
export interface ProgramSpec {
  /** The program and its arguments; nothing is interpreted. A name without a slash is looked up in `env`'s PATH. */
  readonly argv: readonly [string, ...string[]];
  /** The complete environment; this process's own when absent. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A running program, in a process group of its own. */
export interface Program {
  /** The pid of the program and of its group. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the program itself has ended. */
  readonly ended: Promise<ProgramEnd>;
  /** Lets this process exit without waiting for the program. */
  readonly leave: () => void;
}

/** How a program ended: either by `exitCode` or by `signal`. */
export interface ProgramEnd {
  readonly exitCode: number | null;
  /** Its name, such as SIGKILL; `signal 37` for one that has none. */
  readonly signal: string | null;
}

/** Starts a program as a child of this process. @throws StewardError spawnFailed */
export async function startProgram(spec: ProgramSpec): Promise<Program> {
  // Without pipes, Node's sockets are used. If something prevents the program from starting at all, the start reports
  // it.
  const pipes = outputPipesIfAny("opened");
  let program: Program;
  try {
    program = pipes ? await startOnPipes(spec, pipes) : await startOnSockets(spec);
  } catch (error) {
    pipes?.discard();
    throw spawnFailure(error, spec.argv[0], spec.cwd);
  }
  pipes?.given();
  return program;
}

async function startOnPipes({ argv: [program, ...args], env, cwd }: ProgramSpec, pipes: OutputPipes): Promise<Program> {
  const stdio: StdioOptions = ["ignore", pipes.stdout.writer, pipes.stderr.writer];
  const child = spawn(program, args, { env, cwd, detached: true, stdio });
  return programOf(child, await pidOf(child), pipes.stdout.reader, pipes.stderr.reader);
}

async function startOnSockets({ argv: [program, ...args], env, cwd }: ProgramSpec): Promise<Program> {
  const child = spawn(program, args, { env, cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  return programOf(child, await pidOf(child), child.stdout, child.stderr);
}

function programOf(child: ChildProcess, pid: number, stdout: Readable, stderr: Readable): Program {
  return { pid, stdout, stderr, ended: endOf(child, pid, [stdout, stderr]), leave: () => child.unref() };
}

/** Throws the reason when the child was not started. */
async function pidOf(child: ChildProcess): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  const [error] = (await once(child, "error")) as unknown[];
  throw error;
}

/**
 * Resolves when the program has ended. For a signal without a name Node reports the same as for exit code 0, so the
 * kernel is asked. It keeps the exit status until Node collects the process, which Node does after it has read all
 * output of that turn.
 */
function endOf(child: ChildProcess, pid: number, outputs: readonly Readable[]): Promise<ProgramEnd> {
  let status: number | undefined;
  for (const output of outputs) output.once("end", () => (status ??= exitStatus(pid)));
  return new Promise((resolve) => {
    child.once("exit", (exitCode, signal) => {
      const number = (status ?? 0) & 0x7f;
      const isUnnamed = exitCode === 0 && number >= firstUnnamed;
      resolve(isUnnamed ? { exitCode: null, signal: `signal ${number}` } : { exitCode, signal });
    });
  });
}

/** The first real-time signal; Node has names for those before it. */
const firstUnnamed = 32;
