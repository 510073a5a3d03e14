import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, lstatSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProc } from "./process-stat.ts";

/** For `open` on Linux: the descriptor refers to the file without opening it. */
const O_PATH = 0o10000000;
/** How many are made at once, at most: making them takes a process. */
const mostAtOnce = 256;
/** Each takes a descriptor until it is used. They may take this part of all descriptors that the process may have. */
const partOfDescriptors = 1 / 16;
const mkfifoLimitMs = 2000;
/** In memory if possible, else in the folder for temporary files. */
const places = ["/dev/shm", tmpdir()] as const;
/** When none can be made, the next try is after this time, in milliseconds. */
const retryMs = 60_000;

const folderPrefix = "steward-pipes-";
/** A folder exists for a few milliseconds. An older one, in milliseconds, was left by a process that was killed. */
const leftAfterMs = 60_000;

/** When fewer than this are left, more are made in the background: two runs need this many. */
const few = 6;

const spare: number[] = [];
const cleaned = new Set<string>();
let retryAt = 0;
let isMaking = false;

/**
 * A named pipe that no process has opened and whose name is already removed. It is a descriptor, to be opened as
 * `/proc/self/fd/N` and then closed. Node itself cannot make pipes.
 * @throws an error of the system's where none can be made: on systems other than Linux, without `mkfifo`, without a
 * folder for them
 */
export function takeFifo(): number {
  if (spare.length === 0) make();
  const fifo = spare.pop();
  if (fifo === undefined) throw new Error("no named pipe can be made");
  return fifo;
}

/** Makes more if few are left, so that no run has to wait for one. */
export async function prepareFifos(): Promise<void> {
  if (spare.length > few || isMaking || !mayMake()) return;
  isMaking = true;
  let folder: FifoFolder | undefined;
  try {
    folder = new FifoFolder(places[0]);
    await once(spawn("mkfifo", folder.args, { stdio: "ignore", timeout: mkfifoLimitMs }), "close");
  } catch {
    // The next run that needs one tries again, in other folders too.
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
      // Another folder may work.
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

/** A folder in which named pipes are made. Their names are removed at once. */
class FifoFolder {
  readonly #path: string;
  readonly #files: readonly string[];

  constructor(place: string) {
    removeLeftFolders(place);
    this.#path = mkdtempSync(join(place, folderPrefix));
    this.#files = Array.from({ length: madeAtOnce() }, (_, number) => join(this.#path, `${number}`));
  }

  /** For `mkfifo`. */
  get args(): string[] {
    return ["-m", "600", ...this.#files];
  }

  /**
   * Takes the pipes that were made. After that no other process can open them, and a process that is killed leaves
   * nothing behind.
   */
  take(): void {
    try {
      for (const file of this.#files) {
        spare.push(openSync(file, O_PATH));
        unlinkSync(file);
      }
    } catch {
      // `mkfifo` did not make this one, or no descriptor is free. Then others need the descriptors more.
      for (const fifo of spare.splice(few)) closeSync(fifo);
    }
    removeFolder(this.#path);
  }
}

/** Removes the folders that killed processes left in a place, once in this process. */
function removeLeftFolders(place: string): void {
  if (cleaned.has(place)) return;
  cleaned.add(place);
  const folders = readdirSync(place).filter((name) => name.startsWith(folderPrefix));
  for (const folder of folders.map((name) => join(place, name))) {
    try {
      const { uid, mtimeMs } = lstatSync(folder);
      // In a folder of its own user no other user can replace anything while it is removed.
      if (uid === process.getuid?.() && mtimeMs < Date.now() - leftAfterMs) removeFolder(folder);
    } catch {
      // Another process has removed it.
    }
  }
}

/** Without room for it, the folder stays: a later process removes it. */
function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // No descriptor is free to read it.
  }
}
