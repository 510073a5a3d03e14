import type { Readable } from "node:stream";
import { atMost } from "../util/at-most.ts";
import { unlessAborted } from "../util/unless-aborted.ts";
import { type CapturedOutput, OutputCapture, type OnChunk } from "./captured-output.ts";
import { killGroup } from "./kill-group.ts";
import { startProgram, type Program, type ProgramEnd, type ProgramSpec } from "./program.ts";
import { withoutRefusal } from "./refusal.ts";
import type { Starters } from "./starters.ts";

export interface ChildSpec extends ProgramSpec {
  /**
   * The starters, which are small shells that start programs. Without `starters`, the program is started as a child of
   * this process.
   */
  readonly starters?: Starters;
  /** Aborting ends the whole process group. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  /** The largest number of bytes to keep of each output stream. */
  readonly outputLimit: number;
  readonly onChunk?: OnChunk;
}

/**
 * The end of the program, and its output. `exitCode` or `signal` is set. Neither is set if the kernel could not end the
 * program.
 */
export interface ChildResult extends ProgramEnd {
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
}

/**
 * The longest wait for output after the program has ended, in milliseconds. The program's own output has already
 * arrived. The wait is for a child process that ends a moment later than the program. A child process that stays
 * (`sleep 100 &`) must not delay the result.
 */
const outputLingerMs = 250;

/**
 * Runs a program in its own process group, without input. Resolves when the program has ended and its output is closed,
 * or `outputLingerMs` after the program's end. If the program started a service, the service continues to run, but can
 * no longer write to this output.
 *
 * An abort ends the whole process group, including processes that the program left running. The call still resolves,
 * because the caller knows the reason of the abort. The result contains the program's output and end. If the signal is
 * already aborted, nothing is started and the signal's reason is thrown. Throws `spawnFailed` if the program could not
 * be started.
 */
export async function runChild(spec: ChildSpec): Promise<ChildResult> {
  spec.signal.throwIfAborted();
  try {
    if (spec.starters !== undefined) {
      const done = await runByStarter(spec.starters, spec);
      if (done !== undefined) return done;
      spec.signal.throwIfAborted();
    }
    return await run(await startProgram(spec), spec, spec.onChunk);
  } finally {
    spec.starters?.refill();
  }
}

/**
 * Undefined if no starter is ready, or if the starter's child could not become the program. In both cases nothing has
 * run.
 */
async function runByStarter(starters: Starters, spec: ChildSpec): Promise<ChildResult | undefined> {
  const program = await starters.start(spec, spec.signal);
  if (program === undefined) return undefined;
  const { isRefused, onChunk } = withoutRefusal(program.name, spec.onChunk);
  const result = await run(program, spec, onChunk);
  return isRefused() || program.isRefused() ? undefined : result;
}

async function run(program: Program, spec: ChildSpec, onChunk: OnChunk | undefined): Promise<ChildResult> {
  const stdout = capture("stdout", program.stdout, spec.outputLimit, onChunk);
  const stderr = capture("stderr", program.stderr, spec.outputLimit, onChunk);
  const end = await untilEnded(program, spec);
  return { ...end, stdout: stdout.captured(), stderr: stderr.captured() };
}

function capture(
  name: "stdout" | "stderr",
  stream: Readable,
  limit: number,
  onChunk: OnChunk | undefined,
): OutputCapture {
  const output = new OutputCapture(limit);
  stream.on("data", (bytes: Buffer) => {
    onChunk?.(name, output.total, bytes);
    output.add(bytes);
  });
  return output;
}

async function untilEnded(program: Program, { signal, killGraceMs }: ChildSpec): Promise<ProgramEnd> {
  const { pid, stdout, stderr } = program;
  let end: ProgramEnd = { exitCode: null, signal: null };
  const exited = program.ended.then((how) => void (end = how));
  const closed = Promise.all([stdout, stderr].map(closing)).then(() => exited);
  const over = exited.then(() => atMost(outputLingerMs, closed));
  await unlessAborted(signal, over);
  if (signal.aborted) {
    await killGroup(pid, killGraceMs);
    await atMost(outputLingerMs, closed);
  }
  // Usually the streams are closed by now. If a stream is open, the remaining processes must neither write to this
  // process nor keep this process alive.
  program.leave();
  stdout.destroy();
  stderr.destroy();
  return end;
}

function closing(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.once("close", () => resolve()));
}
