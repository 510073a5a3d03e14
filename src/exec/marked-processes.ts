import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isNotNow } from "../util/errno.ts";
import { signalGroup } from "./process-group.ts";
import { processStat } from "./process-stat.ts";

/** A living process, with some of the environment variables that it was started with. */
export interface MarkedProcess {
  readonly pid: number;
  readonly group: number;
  readonly startTicks: string;
  readonly marks: Readonly<Record<string, string>>;
}

/**
 * Whether this system shows the environment of processes. Where it does not (all systems but Linux), none are found.
 */
export const showsEnvironments: boolean = existsSync("/proc/self/environ");

/**
 * How long to wait for killed processes to end, in milliseconds; only a process that is stuck in the kernel takes
 * longer.
 */
const endWaitMs = 2000;
const pauseMs = 20;

/**
 * The living processes that were started with environment variables whose names begin with `prefix`. It leaves out
 * processes that this process may not read (they belong to another user). It also leaves out this process, its
 * ancestors, and all processes in their process groups: we must not kill what started us.
 * @throws the system's error when it lacks the memory or descriptors to answer
 */
export function markedProcesses(prefix: string): MarkedProcess[] {
  if (!showsEnvironments) return [];
  const own = ownGroups();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const marks = marksOf(name, prefix);
      const stat = marks && processStat(Number(name));
      if (marks === undefined || stat?.alive !== true || own.has(stat.group)) return [];
      return [{ pid: Number(name), group: stat.group, startTicks: stat.startTicks, marks }];
    });
}

/**
 * Ends the processes that `find` returns with SIGKILL, each with its process group if it leads that group. It repeats
 * this until `find` returns none, so that processes that were just being forked, or have left their group, are found as
 * well. Resolves to all that it killed, and to those of them that were still alive after 2 s.
 */
export async function endProcesses<T extends MarkedProcess>(
  find: () => readonly T[],
): Promise<{ killed: T[]; left: T[] }> {
  const killed = new Map<number, T>();
  for (const deadline = performance.now() + endWaitMs; ;) {
    const left = [...find()];
    if (left.length === 0 || performance.now() > deadline) return { killed: [...killed.values()], left };
    for (const one of left) killed.set(one.pid, one);
    for (const one of left) kill(one, killed.has(one.group));
    await delay(pauseMs);
  }
}

/**
 * A group is ended with a process when that process leads it, or when its leader has ended; a group with another leader
 * contains other work too. The pid may have been reused by now, but a process that started at the same moment is the
 * same process.
 */
function kill({ pid, group, startTicks }: MarkedProcess, withLeader: boolean): void {
  const stat = processStat(pid);
  if (stat?.startTicks !== startTicks || stat.group !== group) return;
  if (withLeader || processStat(group)?.alive !== true) signalGroup(group, "SIGKILL");
  else signalProcess(pid);
}

function signalProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile, or belongs to another user: the next look shows which.
  }
}

/**
 * The process groups of this process and its ancestors, and the numbers that are not groups: 0 means outside of a
 * container.
 */
function ownGroups(): Set<number> {
  const groups = new Set([0, 1]);
  for (let stat = processStat(process.pid); stat !== undefined; stat = processStat(stat.parent)) groups.add(stat.group);
  return groups;
}

function marksOf(pid: string, prefix: string): Record<string, string> | undefined {
  const environment = attemptRead(`/proc/${pid}/environ`);
  if (environment?.includes(prefix) !== true) return undefined;
  const variables = environment.split("\0").filter((variable) => variable.startsWith(prefix));
  if (variables.length === 0) return undefined;
  return Object.fromEntries(
    variables.map((variable) => {
      const [name = ""] = variable.split("=", 1);
      return [name, variable.slice(name.length + 1)];
    }),
  );
}

function attemptRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // Otherwise a process that still runs would be missed.
    if (isNotNow(error)) throw error;
    return undefined; // it has ended meanwhile, or belongs to another user
  }
}
