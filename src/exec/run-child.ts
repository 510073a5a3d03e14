import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { atMost } from "../protocol/at-most.ts";
import { unlessAborted } from "../protocol/unless-aborted.ts";
import { type CapturedOutput, OutputCapture } from "./captured-output.ts";
import { killGroup } from "./kill-group.ts";
import { spawnFailure } from "./spawn-failure.ts";

export interface ChildSpec {
  /** The program and its arguments; nothing is interpreted. A name without a slash is looked for in `env`'s PATH. */
  readonly argv: readonly [string, ...string[]];
  /** The complete environment; this process's own when absent. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Aborting ends the whole process group. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  /** Bytes kept of each stream. */
  readonly outputLimit: number;
  /** Sees all output as it comes, `offset` bytes into its stream; the bytes are its own to keep. Must not throw. */
  readonly onChunk?: (stream: "stdout" | "stderr", offset: number, bytes: Buffer) => void;
}

/** How the program ended: one of `exitCode` and `signal`, or neither when the kernel did not let go of it. */
export interface ChildResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * How long output is still awaited once the program has ended. What it wrote itself is there by then; this is for a
 * child that outlives it by a moment. One that stays (`sleep 100 &`) must not hold up the result.
 */
const outputLingerMs = 250;

/**
 * Runs a program in a process group of its own, with no input, and resolves when it has ended and its output is closed
 * (or `outputLingerMs` later: a service that a command leaves running lives on, but must not write to this output).
 *
 * An abort ends the whole group, also what the program itself left behind, and still resolves: the caller knows why it
 * aborted, and the result says what the program had printed and how it ended. Aborted beforehand, nothing is started
 * and the signal's reason is thrown. Throws `spawnFailed` when the program could not be started.
 */
export async function runChild(spec: ChildSpec): Promise<ChildResult> {
  spec.signal.throwIfAborted();
  const child = start(spec);
  if (child.pid === undefined) {
    const [error] = (await once(child, "error")) as unknown[];
    throw spawnFailure(error, spec.argv[0], spec.cwd);
  }
  const stdout = capture("stdout", child.stdout, spec);
  const stderr = capture("stderr", child.stderr, spec);
  await untilEnded(child, child.pid, spec);
  const { exitCode, signalCode: signal } = child;
  return { exitCode, signal, stdout: stdout.captured(), stderr: stderr.captured() };
}

function start({ argv: [program, ...args], env, cwd }: ChildSpec): Child {
  try {
    return spawn(program, args, { env, cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw spawnFailure(error, program, cwd);
  }
}

function capture(name: "stdout" | "stderr", stream: Readable, { outputLimit, onChunk }: ChildSpec): OutputCapture {
  const output = new OutputCapture(outputLimit);
  stream.on("data", (bytes: Buffer) => {
    onChunk?.(name, output.total, bytes);
    output.add(bytes);
  });
  return output;
}

async function untilEnded(child: Child, pid: number, { signal, killGraceMs }: ChildSpec): Promise<void> {
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ended = exited.then(() => atMost(outputLingerMs, closed));
  await unlessAborted(signal, ended);
  if (signal.aborted) {
    await killGroup(pid, killGraceMs);
    await atMost(outputLingerMs, closed);
  }
  // Nothing to do as a rule; else what is left must neither write to us nor keep this process alive.
  child.unref();
  child.stdout.destroy();
  child.stderr.destroy();
}
