import { existsSync, readFileSync } from "node:fs";
import { isNotNow } from "../util/errno.ts";

/** True if this system shows its processes as files. Only Linux does. */
export const hasProc: boolean = existsSync("/proc/self/stat");

export interface ProcessStat {
  /** False for a zombie, which is a process that has ended and whose parent has not collected it. */
  readonly alive: boolean;
  readonly parent: number;
  readonly group: number;
  /**
   * The time when the process started, in kernel ticks since the boot. Distinguishes two processes with the same pid.
   */
  readonly startTicks: string;
}

/**
 * The state of a process; undefined if the process does not exist, or if the system has no /proc (all systems except
 * Linux).
 * @throws the system's error if the system lacks the memory or descriptors to answer
 */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // proc(5): "pid (name) state parent group …". The name may contain any character, brackets too.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ", 20);
    const [state, parent, group] = fields;
    return { alive: state !== "Z", parent: Number(parent), group: Number(group), startTicks: fields[19] ?? "" };
  } catch (error) {
    if (isNotNow(error)) throw error;
    return undefined;
  }
}

/**
 * The exit status of a process that is ending, as in wait(2). The kernel shows 0 instead if the program runs with
 * another user's rights. Undefined before the process ends, and after its parent has collected it.
 */
export function exitStatus(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = Number(fields[49]);
    // For a stopped process, this number is the signal that stopped the process.
    const isEnding = fields[0] === "Z" || (status !== 0 && fields[0]?.toUpperCase() !== "T");
    return isEnding ? status : undefined;
  } catch {
    return undefined;
  }
}
