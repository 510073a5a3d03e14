import { closeSync } from "node:fs";
import { isatty } from "node:tty";

/*
 * When Node ends, it gives the terminal the modes that it had at the start. But another program may have set its own modes
 * in the meantime: the shell, if this process ran in the background, or a pager that shows our output. It would lose them,
 * and the person would type without seeing anything.
 */

/** To be called last. It closes the terminals, so that Node does not change them. */
export function leaveTerminal(): void {
  for (const fd of [0, 1, 2]) if (isatty(fd)) closeSync(fd);
}

/** Lets SIGTERM end the process directly, unless a command handles it. */
export function leaveTerminalWhenKilled(): void {
  process.once("SIGTERM", () => {
    if (process.listenerCount("SIGTERM") > 0) return;
    // While it waits for an answer, a question has set modes of its own.
    if (isatty(0) && process.stdin.isRaw) process.stdin.setRawMode(false);
    process.kill(process.pid, "SIGTERM");
  });
}
