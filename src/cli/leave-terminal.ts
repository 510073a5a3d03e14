import { closeSync } from "node:fs";
import { isatty } from "node:tty";

/*
 * At its end, Node restores the modes that the terminal had when the process started. Meanwhile another program may have
 * set its own modes: the shell, if this process ran in the background, or a pager that shows the output. These modes
 * would be lost, and the person would no longer see what they type.
 */

/** Closes the terminals, so that Node does not change their modes. This must be the last call of the process. */
export function leaveTerminal(): void {
  for (const fd of [0, 1, 2]) if (isatty(fd)) closeSync(fd);
}

/** Lets SIGTERM end the process directly if no command handles SIGTERM. */
export function leaveTerminalWhenKilled(): void {
  process.once("SIGTERM", () => {
    if (process.listenerCount("SIGTERM") > 0) return;
    // An open question has set raw mode on the terminal.
    if (isatty(0) && process.stdin.isRaw) process.stdin.setRawMode(false);
    process.kill(process.pid, "SIGTERM");
  });
}
