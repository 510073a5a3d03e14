import { closeSync } from "node:fs";
import { isatty } from "node:tty";

/*
 * When Node ends, Node sets the modes of the terminal back to the modes at the start of the process. Another program
 * may have set its own modes after that start. Examples are the shell, if this process ran in the background, and a
 * pager that shows our output. The other program would lose its modes, and the person would type without seeing
 * anything.
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
