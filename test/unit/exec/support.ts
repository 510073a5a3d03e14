import { readFileSync } from "node:fs";
import { onTestFinished, vi } from "vitest";
import type { Starters } from "../../../src/exec/starters.ts";
import { type ChildResult, type ChildSpec, runChild } from "../../../src/exec/run-child.ts";

export interface RunningScript {
  readonly pid: number;
  readonly controller: AbortController;
  readonly result: Promise<ChildResult>;
  /** All of stdout so far. */
  readonly printed: () => string;
}

/** A specification for tests: a shell script with short times and small limits. */
export function scriptSpec(script: string, changes: Partial<ChildSpec> = {}): ChildSpec {
  return {
    argv: ["sh", "-c", script],
    signal: new AbortController().signal,
    killGraceMs: 300,
    outputLimit: 65_536,
    ...changes,
  };
}

export function runScript(script: string, changes?: Partial<ChildSpec>): Promise<ChildResult> {
  return runChild(scriptSpec(script, changes));
}

/** Starts a script, resolves once it runs, and takes its whole group away after the test. It must not use stderr. */
export async function startScript(script: string, changes?: Partial<ChildSpec>): Promise<RunningScript> {
  const controller = new AbortController();
  const seen = { stdout: "", stderr: "" };
  const result = runScript(`echo $$ >&2; ${script}`, {
    signal: controller.signal,
    onChunk: (stream, _offset, bytes) => {
      seen[stream] += bytes.toString();
    },
    ...changes,
  });
  await until(() => seen.stderr.endsWith("\n"));
  const pid = Number(seen.stderr);
  endAfterTest(-pid);
  return { pid, controller, result, printed: () => seen.stdout };
}

/** Waits until the script has printed a line that is a pid, and returns it. */
export async function printedPid(script: RunningScript): Promise<number> {
  await until(() => script.printed().endsWith("\n"));
  return Number(script.printed());
}

/** Sends SIGKILL to a process, or with a negative number to a group, when the test is over. */
export function endAfterTest(pid: number): void {
  onTestFinished(() => {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended in the test.
    }
  });
}

/** The letter that the kernel gives for a process: R, S, T (stopped), Z (zombie) …; undefined when it is gone. */
export function stateOf(pid: number): string | undefined {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

/** Zombies have ended: only process 1 has not yet noticed. */
export function isRunning(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== "Z";
}

export async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 4000, interval: 5 });
}

/** Waits until a shell is there to become the next program that is run with `env`. */
export async function untilReady(starters: Starters, env: NodeJS.ProcessEnv): Promise<void> {
  if (starters.ready === 0) await runChild(scriptSpec("", { argv: ["true"], env, starters }));
  await until(() => starters.ready > 0);
}
