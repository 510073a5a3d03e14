import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessIdentity } from "../protocol/presence.ts";

/** The identity of this process. What the system does not tell (all but Linux) is left out. */
export function thisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    pid: process.pid,
    bootId: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: attempt(() => readlinkSync("/proc/self/ns/pid")),
    startTicks: startTicks(process.pid),
  };
}

/** True when the process is certainly not running any more; false also when this host cannot know. */
export function isGone(other: ProcessIdentity): boolean {
  const here = thisProcess();
  if (other.bootId === undefined || other.pidNamespace === undefined || other.host !== here.host) return false;
  if (other.bootId !== here.bootId) return true;
  if (other.pidNamespace !== here.pidNamespace) return false;
  return startTicks(other.pid) !== other.startTicks;
}

/** Field 22 of /proc/<pid>/stat (proc(5)), counted behind the name, which may hold anything. */
function startTicks(pid: number): string | undefined {
  return attempt(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
