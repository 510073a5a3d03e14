import { setTimeout } from "node:timers/promises";
import { livingMember, signalGroup } from "./process-group.ts";

/**
 * The longest wait after a SIGKILL. Only a process that is stuck in the kernel, or that belongs to another user, needs
 * more time.
 */
const killWaitMs = 1000;
const longestPauseMs = 50;

/**
 * Ends every process of a group. Sends SIGTERM; after `graceMs` at most, sends SIGKILL to the processes that are left.
 * Resolves when no process is alive, or a second after the SIGKILL if the kernel cannot end a process. A group that has
 * already ended is not an error.
 */
export async function killGroup(pgid: number, graceMs: number): Promise<void> {
  signalGroup(pgid, "SIGTERM");
  await untilEmpty(pgid, graceMs);
  // SIGKILL is sent even if no living member is left, because /proc may not have shown a member that was just forking.
  signalGroup(pgid, "SIGKILL");
  await untilEmpty(pgid, killWaitMs);
}

/**
 * Resolves when no member is alive, or after `ms`. Checks again and again, because the system does not report the end
 * of a group.
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
