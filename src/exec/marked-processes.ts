import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isNotNow } from "../util/errno.ts";
import { signalGroup } from "./process-group.ts";
import { processStat } from "./process-stat.ts";

/** A living process, with some of the variables that it was started with. */
export interface MarkedProcess {
  readonly pid: number;
  readonly group: number;
  readonly startTicks: string;
  readonly marks: Readonly<Record<string, string>>;
}

/** Whether this system shows the environment of processes; where not (all but Linux), none are found. */
export const showsEnvironments: boolean = existsSync("/proc/self/environ");

/** How long the kernel gets to end what was killed, in milliseconds; only a process stuck in it takes longer. */
const endWaitMs = 2000;
const pauseMs = 20;

/**
 * The living processes in whose environment (as it was when they were started) there are variables whose names begin
 * with `prefix`. Left out are those that this process may not read, which are another user's, and this process and its
 * ancestors, with all that share a process group with one of them: whoever started us must not end by our hand.
 * @throws the system's error when it lacks room to tell
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
 * Ends with SIGKILL what `find` finds, each with its process group if that is its own, and looks again until it finds
 * nothing: what was just being forked, or has left its group, is found then. Resolves to all that were found, and to
 * those of them that the kernel has not let go of after 2 s.
 */
export async function endProcesses<T extends MarkedProcess>(
  find: () => readonly T[],
): Promise<{ met: T[]; left: T[] }> {
  const met = new Map<number, T>();
  for (const deadline = performance.now() + endWaitMs; ;) {
    const left = [...find()];
    if (left.length === 0 || performance.now() > deadline) return { met: [...met.values()], left };
    for (const one of left) met.set(one.pid, one);
    for (const one of left) kill(one, met.has(one.group));
    await delay(pauseMs);
  }
}

/**
 * A group belongs to what is ended when its leader does, or has ended; another leader runs other things in it too. The
 * pid may be another's by now, but not that of a process which started at the same moment.
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
    // It has ended meanwhile, or is another user's: the next look tells.
  }
}

/** The process groups of this process and its ancestors, and those that are none: 0 is outside of a container. */
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
    // Else a process would be missed that still runs.
    if (isNotNow(error)) throw error;
    return undefined; // it has ended meanwhile, or is another user's
  }
}
