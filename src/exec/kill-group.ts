import { setTimeout } from "node:timers/promises";
import { livingMember, signalGroup } from "./process-group.ts";

/** How long the kernel gets to carry out a SIGKILL; only a process stuck in it, or another user's, takes longer. */
const killWaitMs = 1000;
const longestPauseMs = 50;

/**
 * Ends every process of a group: SIGTERM, and after `graceMs` SIGKILL to what is left. Resolves when none lives any
 * more, or a second after the SIGKILL when the kernel does not let go of one. A group that is already gone is fine.
 */
export async function killGroup(pgid: number, graceMs: number): Promise<void> {
  signalGroup(pgid, "SIGTERM");
  await untilEmpty(pgid, graceMs);
  // Always: a member that was forking may have escaped the look at /proc.
  signalGroup(pgid, "SIGKILL");
  await untilEmpty(pgid, killWaitMs);
}

/** Resolves when no member lives, at the latest after `ms`. Nothing tells when a group empties, so it has to ask. */
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
