import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { program } from "../support/steward.ts";
import { until } from "../support/until.ts";

/** The result of a run. Stdout is bytes, because output need not be text. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Its duration, in milliseconds. */
  readonly ms: number;
}

/** A run of the real program that has not ended. */
export interface Run {
  readonly stdin: Writable;
  readonly ended: Promise<Ended>;
  interrupt(): void;
  /** Reads no more of its output, until `resume`. */
  pause(): void;
  resume(): void;
  /** Waits for a text on stdout or stderr. */
  hasSaid(text: string): Promise<void>;
}

/** Starts the real program with only the given environment. */
export function start(args: readonly string[], env: Readonly<Record<string, string>>): Run {
  const startedAt = performance.now();
  const { PATH, HOME, TMPDIR, XDG_CONFIG_HOME } = process.env;
  const child = spawn(process.execPath, [program, ...args], { env: { PATH, HOME, TMPDIR, XDG_CONFIG_HOME, ...env } });
  const output: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].on("data", (chunk: Buffer) => output[stream].push(chunk));
  }
  const said = (): string => Buffer.concat([...output.stdout, ...output.stderr]).toString();
  const end = async (): Promise<Ended> => {
    const [code] = (await once(child, "close")) as [number | null];
    const ms = performance.now() - startedAt;
    return { code, stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr).toString(), ms };
  };
  return {
    stdin: child.stdin,
    ended: end(),
    interrupt: () => void child.kill("SIGINT"),
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    hasSaid: (text) => until(() => said().includes(text), 10_000, `${args.join(" ")} says ${text}`),
  };
}

/** Runs the real program to its end. */
export async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { stdin, ended } = start(args, env);
  stdin.end();
  return ended;
}
