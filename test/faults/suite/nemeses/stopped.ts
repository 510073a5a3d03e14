import { setTimeout as delay } from "node:timers/promises";

/** Stops a process for a while: it is there, and its connections are open, but it does nothing. */
export async function stopped(pid: number, ms: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  try {
    await delay(ms);
  } finally {
    process.kill(pid, "SIGCONT");
  }
}
