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
 * A taker for the lines of the server's log, which says it when one tells of a full disk, and answers then with true. A
 * stream that met a full disk stores nothing more, also when there is space again, until the server is started anew: so
 * this waits for the space and has it restarted.
 */
export function watchDisk({ storeDir, say, restart, signal }: DiskWatchOptions): (line: LogLine) => boolean {
  let waiting = false;
  const waitForSpace = async (): Promise<void> => {
    waiting = true;
    say(`the disk of ${storeDir} is full: nothing is stored until space is freed; the server is restarted then`);
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
      `the store ${storeDir} may not grow more, since the server leaves a quarter of the free disk alone: nothing is ` +
        "stored until messages are removed, or space is freed and the broker restarted",
    );
    return true;
  };
}

async function hasSpace(folder: string): Promise<boolean> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return bavail * bsize > Math.min(64 * 1024 * 1024, (blocks * bsize) / 20);
}
