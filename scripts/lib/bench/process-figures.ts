import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  if (kib === undefined) throw new Error(`process ${pid} has no memory any more`);
  return Number(kib) / 1024;
}

/** What a folder takes on the disk, in MiB. Files that vanish meanwhile count nothing. */
export function diskMiB(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const bytes = entries.filter((entry) => entry.isFile()).map((entry) => blocksOf(join(entry.parentPath, entry.name)));
  return bytes.reduce((sum, one) => sum + one, 0) / 2 ** 20;
}

function blocksOf(file: string): number {
  return (statSync(file, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

/** How long a Node program runs, from start to exit, in milliseconds. */
export function durationOf(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}
