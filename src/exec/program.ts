import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { type OutputPipes, outputPipesIfAny } from "./output-pipes.ts";
import { exitStatus } from "./process-stat.ts";
import { spawnFailure } from "./spawn-failure.ts";

/** The program to run, its environment and its folder. */
export interface ProgramSpec {
  /**
   * The program and its arguments. No shell interprets them. A name without a slash is searched in the PATH of `env`.
   */
  readonly argv: readonly [string, ...string[]];
  /** The complete environment. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A running program, in a process group of its own. */
export interface Program {
  /** The pid of the program and of its group. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the program itself has ended. Its child processes may still run. */
  readonly ended: Promise<ProgramEnd>;
  /** Lets this process exit without waiting for the program. */
  readonly leave: () => void;
}

/** The end of a program. Either `exitCode` or `signal` is set. */
export interface ProgramEnd {
  readonly exitCode: number | null;
  /** The signal's name, such as SIGKILL. A signal without a name is written as `signal 37`. */
  readonly signal: string | null;
}

/** Starts a program as a child of this process. @throws StewardError spawnFailed */
export async function startProgram(spec: ProgramSpec): Promise<Program> {
  // If no pipes can be made, Node's sockets are used. If the program cannot start at all, the start below throws the
  // reason.
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

/** The child's pid. Throws the reason if the child was not started. */
async function pidOf(child: ChildProcess): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  const [error] = (await once(child, "error")) as unknown[];
  throw error;
}

/**
 * Resolves when the program has ended. If a signal without a name ended it, Node.js reports exit code 0, so the exit
 * status is read from the kernel. The kernel keeps the status until Node.js collects the process. In each turn of the
 * event loop, Node.js reads output before it collects processes, so the end of an output is early enough to read the
 * status.
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

/** The first real-time signal. Node has names for all signals with smaller numbers. */
const firstUnnamed = 32;
