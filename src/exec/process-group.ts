import { existsSync, readdirSync } from "node:fs";
import { isNotNow } from "../util/errno.ts";
import { processStat } from "./process-stat.ts";

/**
 * Sends a signal to every process of a group. The signal 0 only checks that the group exists. False if there is no such
 * group.
 */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  // kill(-1) sends the signal to all processes, and kill(-0) to the own group.
  if (!Number.isSafeInteger(pgid) || pgid < 2)
    throw new RangeError(`${pgid} is not a process group that a signal can be sent to`);
  try {
    return process.kill(-pgid, signal);
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    // The group exists, but all processes of the group belong to another user.
    if (isErrno(error, "EPERM")) return true;
    throw error;
  }
}

/**
 * The pid of a living process of the group; undefined if all have ended. The pid `guess` is checked first. If it lives
 * and belongs to the group, the call takes microseconds; otherwise the call reads all of /proc.
 *
 * Zombies do not count as living. An orphan stays a zombie until process 1 collects the orphan, and in a container this
 * may never happen. With signal 0, the kernel reports a group of zombies as existing, so /proc is read. If /proc does
 * not exist (macOS), or cannot be read now, the kernel's answer to signal 0 decides.
 */
export function livingMember(pgid: number, guess: number): number | undefined {
  if (!signalGroup(pgid, 0)) return undefined;
  try {
    if (livesIn(pgid, guess) || !existsSync("/proc/self/stat")) return guess;
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => livesIn(pgid, pid));
  } catch (error) {
    if (!isNotNow(error)) throw error;
    return guess;
  }
}

function livesIn(pgid: number, pid: number): boolean {
  const stat = processStat(pid);
  return stat?.group === pgid && stat.alive;
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
