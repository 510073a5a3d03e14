import { existsSync, readFileSync } from "node:fs";
import { isNotNow } from "../util/errno.ts";

/** Whether this system shows its processes as files; only Linux does. */
export const hasProc: boolean = existsSync("/proc/self/stat");

export interface ProcessStat {
  /** False for a zombie: it has ended, and only waits for its parent to notice. */
  readonly alive: boolean;
  readonly parent: number;
  readonly group: number;
  /** When it started, in the kernel's ticks since the boot. Distinguishes two processes with the same number. */
  readonly startTicks: string;
}

/**
 * The state of a process as the system reports it; undefined when the process does not exist, or without /proc (all
 * systems but Linux).
 * @throws the system's error when it lacks the memory or descriptors to answer
 */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // proc(5): "pid (name) state parent group …", where the name may hold anything, brackets too.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ", 20);
    const [state, parent, group] = fields;
    return { alive: state !== "Z", parent: Number(parent), group: Number(group), startTicks: fields[19] ?? "" };
  } catch (error) {
    if (isNotNow(error)) throw error;
    return undefined;
  }
}

/**
 * The status with which a process ends, as in wait(2), once it is ending. It is also 0 for a program that runs with
 * another user's rights. Undefined before that, and after the process was collected.
 */
export function exitStatus(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = Number(fields[49]);
    // While a process is stopped, this is the signal that stopped it.
    const isEnding = fields[0] === "Z" || (status !== 0 && fields[0]?.toUpperCase() !== "T");
    return isEnding ? status : undefined;
  } catch {
    return undefined;
  }
}
