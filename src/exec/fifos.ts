import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProc } from "./process-stat.ts";

/** For `open` on Linux: the descriptor stands for the file, which is not opened. */
const O_PATH = 0o10000000;
/** How many are made at once, since it takes a process; each is a descriptor until it is taken. */
const madeAtOnce = 48;
const mkfifoLimitMs = 2000;
/** Where none can be made, the next try is after this time, in milliseconds. */
const retryMs = 60_000;

const spare: number[] = [];
let retryAt = 0;

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

function make(): void {
  if (!hasProc || performance.now() < retryAt) return;
  for (const folder of ["/dev/shm", tmpdir()]) {
    try {
      return makeIn(folder);
    } catch {
      for (const fifo of spare.splice(0)) closeSync(fifo);
    }
  }
  retryAt = performance.now() + retryMs;
}

/** Their names are gone at once: nobody else can open them, and a process that is killed leaves nothing behind. */
function makeIn(parent: string): void {
  const folder = mkdtempSync(join(parent, "steward-pipes-"));
  try {
    const paths = Array.from({ length: madeAtOnce }, (_, number) => join(folder, `${number}`));
    const { error, status } = spawnSync("mkfifo", ["-m", "600", ...paths], { stdio: "ignore", timeout: mkfifoLimitMs });
    if (error !== undefined || status !== 0) throw error ?? new Error(`mkfifo ended with ${status}`);
    for (const path of paths) {
      spare.push(openSync(path, O_PATH));
      unlinkSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
