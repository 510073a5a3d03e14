import { statfs } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { LogLine } from "./log.ts";

export interface DiskWatchOptions {
  readonly storeDir: string;
  readonly say: (line: string) => void;
  readonly restart: () => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/**
 * Watches the server's log for a full disk. The returned function receives each line of the log. If the line reports a
 * full disk, the function calls `say` and returns true. After a full disk, a stream stores nothing until the server is
 * restarted, even if there is space again. So this function waits for space, and then calls `restart`.
 */
export function watchDisk({ storeDir, say, restart, signal }: DiskWatchOptions): (line: LogLine) => boolean {
  let waiting = false;
  const waitForSpace = async (): Promise<void> => {
    waiting = true;
    say(`the disk of ${storeDir} is full: nothing is stored until space is freed; then the server is restarted`);
    do {
      await delay(1000, undefined, { signal });
    } while (!(await hasSpace(storeDir)));
    waiting = false;
    restart();
  };
  return ({ text }) => {
    if (text.includes("no space left on device")) {
      if (!waiting) waitForSpace().catch(() => {});
      return true;
    }
    if (!text.includes("file resource limits exceeded")) return false;
    say(
      `the store ${storeDir} cannot grow: the server leaves a quarter of the free disk unused. Nothing is ` +
        "stored until messages are removed, or space is freed and the broker restarted",
    );
    return true;
  };
}

async function hasSpace(folder: string): Promise<boolean> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return bavail * bsize > Math.min(64 * 1024 * 1024, (blocks * bsize) / 20);
}
