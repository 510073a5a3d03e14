import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** The program as users have it. */
export const program: string = join(process.cwd(), "dist/bin/steward.js");

export interface DaemonOptions {
  readonly url: string;
  readonly name: string;
  /** The folder for its data and its log. */
  readonly home: string;
  /** Options of Node's own. */
  readonly execArgv?: readonly string[];
  /** A channel to the module that is loaded into it. */
  readonly ipc?: boolean;
}

/** Starts `steward node`, which ends with this process. Resolves when it is ready. */
export async function startDaemon({
  url,
  name,
  home,
  execArgv = [],
  ipc = false,
}: DaemonOptions): Promise<ChildProcess> {
  const args = [...execArgv, program, "node", name, "--server", url, "--data-dir", join(home, name)];
  const log = join(home, `${name}.log`);
  const stderr = openSync(log, "w");
  const stdio: SpawnOptions["stdio"] = ["ignore", "ignore", stderr, ...(ipc ? (["ipc"] as const) : [])];
  const child = spawn(process.execPath, args, { env: environment(), stdio });
  closeSync(stderr);
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.removeListener("exit", end));
  while (!readFileSync(log, "utf8").includes('"ready"')) {
    if (child.exitCode !== null) throw new Error(`the daemon ended: ${readFileSync(log, "utf8")}`);
    await delay(20);
  }
  return child;
}

/** Stops a process in order, and waits for its end. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  if (child.kill()) await ended;
}

/** The environment without variables that would lead the programs to another broker. */
export function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(STEWARD_|NATS_)/.test(name)));
}
