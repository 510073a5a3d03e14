import type { Readable } from "node:stream";
import { atMost } from "../util/at-most.ts";
import { unlessAborted } from "../util/unless-aborted.ts";
import { type CapturedOutput, OutputCapture, type OnChunk } from "./captured-output.ts";
import { killGroup } from "./kill-group.ts";
import { startProgram, type Program, type ProgramEnd, type ProgramSpec } from "./program.ts";
import { withoutRefusal } from "./refusal.ts";
import type { Starters } from "./starters.ts";

export interface ChildSpec extends ProgramSpec {
  /** Small processes that may start the program; without them it is started as a child of this process. */
  readonly starters?: Starters;
  /** Aborting ends the whole process group. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  /** How many bytes of each stream are kept. */
  readonly outputLimit: number;
  readonly onChunk?: OnChunk;
}

/** How the program ended: by `exitCode` or by `signal`; neither when the kernel could not end it. */
export interface ChildResult extends ProgramEnd {
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
}

/**
 * How long to wait for output after the program has ended. The program's own output has arrived by then. The wait is
 * for a child process that outlives it by a moment; one that stays (`sleep 100 &`) must not delay the result.
 */
const outputLingerMs = 250;

/**
 * Runs a program in a process group of its own, with no input. Resolves when it has ended and its output is closed, or
 * `outputLingerMs` after its end: a service that the command leaves running keeps running, but can no longer write to
 * this output.
 *
 * An abort ends the whole group, including what the program itself left running. The call still resolves: the caller
 * knows why it aborted, and the result holds what the program had printed and how it ended. When the signal is aborted
 * beforehand, nothing is started and the signal's reason is thrown. Throws `spawnFailed` when the program could not be
 * started.
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
 * Undefined when no starter is ready, or when its child could not become the program. In both cases nothing has run.
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
  // Usually the streams are closed by now. If not, the processes left must neither write to us nor keep this process
  // alive.
  program.leave();
  stdout.destroy();
  stderr.destroy();
  return end;
}

function closing(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.once("close", () => resolve()));
}
