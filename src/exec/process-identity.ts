import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessIdentity } from "../protocol/presence.ts";
import { processStat } from "./process-stat.ts";

/** The identity of this process. Parts that the system does not show (all systems but Linux) are left out. */
export function thisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    pid: process.pid,
    bootId: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: attempt(() => readlinkSync("/proc/self/ns/pid")),
    startTicks: attempt(() => processStat(process.pid)?.startTicks),
  };
}

/** True when the process has certainly ended; false also when this host cannot know. */
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

/** The identity as text, for other processes on the host; `parseIdentity` reads it. */
export function identityText({ pidNamespace, pid, startTicks, bootId }: ProcessIdentity): string {
  return [pidNamespace, pid, startTicks, bootId].join("/");
}

/** Undefined for a text that does not identify one process exactly. */
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
