import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessIdentity } from "../protocol/presence.ts";
import { processStat } from "./process-stat.ts";

/** The identity of this process. Only Linux shows all parts. On other systems, the missing parts are left out. */
export function thisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    pid: process.pid,
    bootId: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: attempt(() => readlinkSync("/proc/self/ns/pid")),
    startTicks: attempt(() => processStat(process.pid)?.startTicks),
  };
}

/** True if the process has certainly ended. False if the process runs, or if this host cannot know. */
export function isGone(other: ProcessIdentity): boolean {
  const here = thisProcess();
  if (other.bootId === undefined || other.pidNamespace === undefined || other.host !== here.host) return false;
  if (other.bootId !== here.bootId) return true;
  if (other.pidNamespace !== here.pidNamespace) return false;
  try {
    const stat = processStat(other.pid);
    return stat?.alive !== true || stat.startTicks !== other.startTicks;
  } catch {
    return false;
  }
}

/** The identity as text, for other processes on the host. `parseIdentity` reads this text. */
export function identityText({ pidNamespace, pid, startTicks, bootId }: ProcessIdentity): string {
  return [pidNamespace, pid, startTicks, bootId].join("/");
}

/** Reads the text of `identityText`. Undefined if the text does not identify one process exactly. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [, pidNamespace, pid, startTicks, bootId] = /^(pid:\[\d+\])\/(\d+)\/(\d+)\/([0-9a-f-]+)$/.exec(text) ?? [];
  if (pidNamespace === undefined) return undefined;
  return { host: hostname(), pid: Number(pid), bootId, pidNamespace, startTicks };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
