import { setTimeout } from "node:timers/promises";
import { livingMember, signalGroup } from "./process-group.ts";

/**
 * How long to wait after a SIGKILL. Only a process that is stuck in the kernel, or that belongs to another user, takes
 * longer.
 */
const killWaitMs = 1000;
const longestPauseMs = 50;

/**
 * Ends every process of a group: SIGTERM, and after `graceMs` SIGKILL to those that are left. Resolves when none is
 * alive, or a second after the SIGKILL when the kernel cannot end one. A group that has already ended is not an error.
 */
export async function killGroup(pgid: number, graceMs: number): Promise<void> {
  signalGroup(pgid, "SIGTERM");
  await untilEmpty(pgid, graceMs);
  // Always, because a member that was just forking may have been missed in /proc.
  signalGroup(pgid, "SIGKILL");
  await untilEmpty(pgid, killWaitMs);
}

/**
 * Resolves when no member is alive, at the latest after `ms`. The system does not report that a group is empty, so this
 * polls.
 */
async function untilEmpty(pgid: number, ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  let member = livingMember(pgid, pgid);
  for (let pause = 1; member !== undefined; pause = Math.min(2 * pause, longestPauseMs)) {
    const left = deadline - performance.now();
    if (left <= 0) return;
    await setTimeout(Math.min(pause, left));
    member = livingMember(pgid, member);
  }
}
