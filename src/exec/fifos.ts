import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, lstatSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProc } from "./process-stat.ts";

/** A flag of `open` on Linux. The descriptor refers to the file, but the file is not opened. */
const O_PATH = 0o10000000;
/** The largest number of pipes that are made together. Pipes are made together because making pipes needs a process. */
const mostAtOnce = 256;
/** Each spare pipe needs a descriptor. Spare pipes may use this part of all descriptors that the process may have. */
const partOfDescriptors = 1 / 16;
const mkfifoLimitMs = 2000;
/** The folders for the pipes: in memory if possible, or else the folder for temporary files. */
const places = ["/dev/shm", tmpdir()] as const;
/** If no pipe can be made, the next try is after this time, in milliseconds. */
const retryMs = 60_000;

const folderPrefix = "steward-pipes-";
/**
 * In milliseconds. A folder normally exists for a few milliseconds. A folder that is older than this was left by a
 * killed process.
 */
const leftAfterMs = 60_000;

/**
 * If at most this number of spare pipes is left, new pipes are made in the background. This number of pipes is enough
 * for two runs.
 */
const few = 6;

const spare: number[] = [];
const cleaned = new Set<string>();
let retryAt = 0;
let isMaking = false;

/**
 * Returns the descriptor of a named pipe. No process has opened this pipe, and its name is already removed. The caller
 * opens `/proc/self/fd/N` and then closes the descriptor. Named pipes are used because Node itself cannot make pipes.
 * @throws an error if no pipe can be made: on a system other than Linux, without `mkfifo`, or without a folder for
 * pipes
 */
export function takeFifo(): number {
  if (spare.length === 0) make();
  const fifo = spare.pop();
  if (fifo === undefined) throw new Error("no named pipe can be made");
  return fifo;
}

/** Makes more pipes if few are left, so that no run has to wait for a pipe. */
export async function prepareFifos(): Promise<void> {
  if (spare.length > few || isMaking || !mayMake()) return;
  isMaking = true;
  let folder: FifoFolder | undefined;
  try {
    folder = new FifoFolder(places[0]);
    await once(spawn("mkfifo", folder.args, { stdio: "ignore", timeout: mkfifoLimitMs }), "close");
  } catch {
    // If no pipe is left, the next run calls `make`, which tries the other folder too.
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
      // Pipes may be possible in the other folder.
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

/** A folder in which named pipes are made. The names of the pipes are removed at once. */
class FifoFolder {
  readonly #path: string;
  readonly #files: readonly string[];

  constructor(place: string) {
    removeLeftFolders(place);
    this.#path = mkdtempSync(join(place, folderPrefix));
    this.#files = Array.from({ length: madeAtOnce() }, (_, number) => join(this.#path, `${number}`));
  }

  /** The arguments for `mkfifo`. */
  get args(): string[] {
    return ["-m", "600", ...this.#files];
  }

  /**
   * Takes the new pipes and removes their names. After that, no other process can open the pipes, and nothing is left
   * if this process is killed.
   */
  take(): void {
    try {
      for (const file of this.#files) {
        spare.push(openSync(file, O_PATH));
        unlinkSync(file);
      }
    } catch {
      // `mkfifo` did not make this pipe, or no descriptor is free. Most spare pipes are closed, because other parts of
      // the daemon need the descriptors more.
      for (const fifo of spare.splice(few)) closeSync(fifo);
    }
    removeFolder(this.#path);
  }
}

/** Removes the folders that killed processes left in a place. Does this once for each place. */
function removeLeftFolders(place: string): void {
  if (cleaned.has(place)) return;
  cleaned.add(place);
  const folders = readdirSync(place).filter((name) => name.startsWith(folderPrefix));
  for (const folder of folders.map((name) => join(place, name))) {
    try {
      const { uid, mtimeMs } = lstatSync(folder);
      // Only a folder of this user is removed, because no other user can replace a file in this folder during the
      // removal.
      if (uid === process.getuid?.() && mtimeMs < Date.now() - leftAfterMs) removeFolder(folder);
    } catch {
      // Another process has removed it.
    }
  }
}

/** Removes a folder. If the system has no free descriptor, the folder stays, and a later process removes the folder. */
function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // No descriptor is free to read the folder.
  }
}
