import * as v from "valibot";
import { runChild } from "../exec/run-child.ts";
import { startFolder } from "../exec/start-folder.ts";
import { Starters } from "../exec/starters.ts";
import { defineHandler, RunError, type Handler, type RunContext, type RunResult } from "./define.ts";
import { toOutput } from "./output.ts";

/** The settings for child processes. */
export interface ExecSettings {
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  /** The largest number of bytes of each output stream in the ACK. */
  readonly outputLimit: number;
  /** The environment that all runs share. If `env` is set, small processes (starters) start the programs. */
  readonly env?: NodeJS.ProcessEnv;
}

type Argv = readonly [string, ...string[]];

const noProgram = "data must hold the program and its arguments";
const noScript = "data must hold one string, the script; a program with arguments goes to exec";

const argv: v.GenericSchema<unknown, [string, ...string[]]> = v.tupleWithRest(
  [v.pipe(v.string(noProgram), v.nonEmpty("the first string of data is the program and must not be empty"))],
  v.string(),
);

const script: v.GenericSchema<unknown, [string]> = v.strictTuple(
  [v.pipe(v.string(noScript), v.nonEmpty("the script must not be empty"))],
  noScript,
);

/**
 * The handlers that run programs. `exec`, and `shellCommand` of the original program, take an argument vector. `shell`
 * takes a script.
 */
export function execHandlers(settings: ExecSettings): Handler[] {
  const starters = settings.env && new Starters(settings.env);
  const run = async (context: RunContext<Argv>): Promise<RunResult> =>
    runProgram(context.data, context, settings, starters);
  return [
    defineHandler({
      messageType: "command",
      subject: "exec",
      describe: "runs a program; data is its argument vector, nothing is interpreted",
      data: argv,
      run,
    }),
    defineHandler({
      messageType: "command",
      subject: "shellCommand",
      describe: "the original program's name for exec",
      data: argv,
      run,
    }),
    defineHandler({
      messageType: "command",
      subject: "shell",
      describe: "runs one script line with /bin/sh -c",
      data: script,
      run: async (context) => runProgram(["/bin/sh", "-c", context.data[0]], context, settings, starters),
    }),
  ];
}

async function runProgram(
  program: Argv,
  { env, signal, output }: Pick<RunContext, "env" | "signal" | "output">,
  { killGraceMs, outputLimit }: ExecSettings,
  starters: Starters | undefined,
): Promise<RunResult> {
  const cwd = startFolder();
  const ended = await runChild({
    argv: program,
    env,
    ...(cwd === undefined ? {} : { cwd }),
    ...(starters && { starters }),
    signal,
    killGraceMs,
    outputLimit,
    onChunk: (stream, _offset, bytes) => output?.write(stream, bytes),
  });
  const result: RunResult = {
    output: toOutput(ended.stdout, ended.stderr),
    ...(ended.exitCode === null ? {} : { exitCode: ended.exitCode }),
    ...(ended.signal === null ? {} : { signal: ended.signal }),
  };
  if (ended.exitCode === 0) return result;
  if (ended.exitCode !== null) throw new RunError("exitCode", `exit code ${ended.exitCode}`, result);
  if (ended.signal !== null) throw new RunError("killedBySignal", `ended by ${ended.signal}`, result);
  throw new RunError("notEnded", "the program could not be ended and may still run", result);
}
