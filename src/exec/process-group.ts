import { existsSync, readdirSync } from "node:fs";
import { isNotNow } from "../util/errno.ts";
import { processStat } from "./process-stat.ts";

/** Sends a signal to every process of a group (0 sends none and only checks). False when there is no such group. */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  // kill(-1) goes to every process there is, and kill(-0) to our own group.
  if (!Number.isSafeInteger(pgid) || pgid < 2)
    throw new RangeError(`${pgid} is not a process group that a signal can be sent to`);
  try {
    return process.kill(-pgid, signal);
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    // The group exists, but all its processes run as another user.
    if (isErrno(error, "EPERM")) return true;
    throw error;
  }
}

/**
 * The pid of a process of the group that has not ended, or undefined when there is none. `guess`, a pid, is checked
 * first: with a good guess the call costs microseconds, with a bad one it reads all of /proc.
 *
 * Zombies do not count. An orphan stays one until process 1 collects it, which in a container may never happen, and the
 * kernel's answer to signal 0 would call such a group alive. Without /proc (macOS), or without memory or descriptors to
 * read it, that answer is the only one.
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
