import { closeSync } from "node:fs";
import { isatty } from "node:tty";

/*
 * At its end Node gives the terminal the modes that it had at its start. By then somebody else may have set others: the
 * shell whose prompt waits for a line while this ran in the background, or a pager that shows what this prints. They
 * would be left without their modes, and a person with a terminal that shows nothing of what is typed.
 */

/** To be called last: a terminal that is closed here is not touched. */
export function leaveTerminal(): void {
  for (const fd of [0, 1, 2]) if (isatty(fd)) closeSync(fd);
}

/** Lets a SIGTERM end the process as the system does, unless a command handles it. */
export function leaveTerminalWhenKilled(): void {
  process.once("SIGTERM", () => {
    if (process.listenerCount("SIGTERM") > 0) return;
    // A question that waits for its answer has set modes of its own.
    if (isatty(0) && process.stdin.isRaw) process.stdin.setRawMode(false);
    process.kill(process.pid, "SIGTERM");
  });
}
