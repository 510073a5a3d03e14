import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProc } from "./process-stat.ts";

/** For `open` on Linux: the descriptor stands for the file, which is not opened. */
const O_PATH = 0o10000000;
/** How many are made at once, at most, since it takes a process. */
const mostAtOnce = 256;
/** Each is a descriptor until it is taken: this part of all that the process may have. */
const partOfDescriptors = 1 / 16;
const mkfifoLimitMs = 2000;
/** In memory, or else where files for a moment belong. */
const places = ["/dev/shm", tmpdir()] as const;
/** Where none can be made, the next try is after this time, in milliseconds. */
const retryMs = 60_000;

/** From how few on more are made when there is time for it: what two runs need. */
const few = 6;

const spare: number[] = [];
let retryAt = 0;
let isMaking = false;

/**
 * A named pipe that nobody has opened yet, and that has no name any more: a descriptor to open it by, as
 * `/proc/self/fd/N`, and to close. Node itself makes no pipes.
 * @throws an error of the system's where there are none: all but Linux, without `mkfifo`, without a folder for them
 */
export function takeFifo(): number {
  if (spare.length === 0) make();
  const fifo = spare.pop();
  if (fifo === undefined) throw new Error("no named pipe can be made");
  return fifo;
}

/** Makes more if there are few, so that nobody has to wait for it. */
export async function prepareFifos(): Promise<void> {
  if (spare.length > few || isMaking || !mayMake()) return;
  isMaking = true;
  let folder: FifoFolder | undefined;
  try {
    folder = new FifoFolder(places[0]);
    await once(spawn("mkfifo", folder.args, { stdio: "ignore", timeout: mkfifoLimitMs }), "close");
  } catch {
    // Whoever needs one tries again, at other places too.
  } finally {
    folder?.take();
    isMaking = false;
  }
}

function make(): void {
  if (!mayMake()) return;
  for (const place of places) {
    try {
      const folder = new FifoFolder(place);
      spawnSync("mkfifo", folder.args, { stdio: "ignore", timeout: mkfifoLimitMs });
      folder.take();
      if (spare.length > 0) return;
    } catch {
      // The next place may do.
    }
  }
  retryAt = performance.now() + retryMs;
}

function madeAtOnce(): number {
  const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
  return Math.max(few, Math.min(mostAtOnce, Number(limit ?? Infinity) * partOfDescriptors));
}

function mayMake(): boolean {
  return hasProc && performance.now() >= retryAt;
}

/** A folder in which named pipes are made, and lose their names at once. */
class FifoFolder {
  readonly #path: string;
  readonly #files: readonly string[];

  constructor(place: string) {
    this.#path = mkdtempSync(join(place, "steward-pipes-"));
    this.#files = Array.from({ length: madeAtOnce() }, (_, number) => join(this.#path, `${number}`));
  }

  /** For `mkfifo`. */
  get args(): string[] {
    return ["-m", "600", ...this.#files];
  }

  /** Takes what was made: nobody else can open it then, and a process that is killed leaves nothing behind. */
  take(): void {
    try {
      for (const file of this.#files) {
        spare.push(openSync(file, O_PATH));
        unlinkSync(file);
      }
    } catch {
      // `mkfifo` did not come that far, or no descriptor is left.
    } finally {
      rmSync(this.#path, { recursive: true, force: true });
    }
  }
}
