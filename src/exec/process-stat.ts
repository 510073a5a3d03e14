import { existsSync, readFileSync } from "node:fs";
import { isNotNow } from "../util/errno.ts";

/** Whether this system shows its processes as files; only Linux does. */
export const hasProc: boolean = existsSync("/proc/self/stat");

export interface ProcessStat {
  /** False for a zombie: it has ended, and only waits for its parent to notice. */
  readonly alive: boolean;
  readonly parent: number;
  readonly group: number;
  /** When it started, in the kernel's ticks since the boot; tells two processes with the same number apart. */
  readonly startTicks: string;
}

/**
 * What the system tells of a process; undefined when there is none, or no /proc (all but Linux).
 * @throws the system's error when it lacks room to tell
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
 * The status with which a process ends, as wait(2) has it, once it is ending; 0 also of a program that runs with another
 * user's rights. Undefined before that, and when it has been collected.
 */
export function exitStatus(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = Number(fields[49]);
    // Of one that is stopped it is the signal that stopped it.
    const isEnding = fields[0] === "Z" || (status !== 0 && fields[0]?.toUpperCase() !== "T");
    return isEnding ? status : undefined;
  } catch {
    return undefined;
  }
}
