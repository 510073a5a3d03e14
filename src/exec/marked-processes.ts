import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isNotNow } from "../util/errno.ts";
import { signalGroup } from "./process-group.ts";
import { processStat } from "./process-stat.ts";

/** A living process, with some environment variables from its start. */
export interface MarkedProcess {
  readonly pid: number;
  readonly group: number;
  readonly startTicks: string;
  readonly marks: Readonly<Record<string, string>>;
}

/**
 * True if this system shows the environment of processes. Only Linux does. On other systems, no processes are found.
 */
export const showsEnvironments: boolean = existsSync("/proc/self/environ");

/**
 * The longest wait for the end of killed processes, in milliseconds. Only a process that is stuck in the kernel needs
 * more time.
 */
const endWaitMs = 2000;
const pauseMs = 20;

/**
 * The living processes that were started with environment variables whose names begin with `prefix`. Processes of other
 * users are left out, because this process may not read their environment. This process, its ancestors, and all
 * processes in their process groups are left out too, because this process must not kill its ancestors.
 * @throws the system's error if the system lacks the memory or descriptors to answer
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
 * Ends the processes that `find` returns, with SIGKILL. If a process leads its process group, the whole group is ended.
 * Repeats this until `find` returns no process, because a process may just be forking, or may have left its group.
 * Resolves to all killed processes, and to the processes that are still alive after 2 s.
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
 * Kills a process. Its whole group is killed if the process leads the group, or if the group's leader has ended. A
 * group with another living leader may contain other work, so only the process is killed. The pid may belong to a new
 * process by now, so the start time is compared.
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
    // The process has ended, or belongs to another user. In the second case, the next call of `find` returns it again.
  }
}

/**
 * The process groups of this process and its ancestors. The groups 0 and 1 are added, because no signal may be sent to
 * them. In a container, 0 means a group outside of the container.
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
    // The error is thrown, because otherwise a running process would be missed.
    if (isNotNow(error)) throw error;
    return undefined; // it has ended meanwhile, or belongs to another user
  }
}
