import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { environment } from "./daemon.ts";

/** The resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  if (kib === undefined) throw new Error(`process ${pid} has no memory any more`);
  return Number(kib) / 1024;
}

/** The CPU time that a process has used since its start, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // User and system time, in ticks of 10 ms on every Linux that Node runs on.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The size of a folder on the disk, in MiB. Files that vanish meanwhile do not count. */
export function diskMiB(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const bytes = entries.filter((entry) => entry.isFile()).map((entry) => blocksOf(join(entry.parentPath, entry.name)));
  return bytes.reduce((sum, one) => sum + one, 0) / 2 ** 20;
}

function blocksOf(file: string): number {
  return (statSync(file, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

/** How long a Node program runs, from start to exit, in milliseconds; `url` is the address of its broker. */
export function durationOf(args: readonly string[], url?: string): number {
  // In the environment, so that programs which need no broker run with exactly the given arguments.
  const env = { ...environment(), ...(url === undefined ? {} : { NATS_URL: url }) };
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 2 ** 26, env });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}
