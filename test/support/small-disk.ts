import { execFile } from "node:child_process";
import { mkdtemp, rmdir, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const size = "1g";

export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
}

/** A file system of its own, in memory, that can be filled; undefined for who may not mount, as most may not but root. */
export async function mountSmallDisk(): Promise<SmallDisk | undefined> {
  const path = await mkdtemp(join(tmpdir(), "steward-disk-"));
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "steward-test", path]);
  } catch {
    await rmdir(path);
    return undefined;
  }
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await run("umount", [path]);
      await rmdir(path);
    },
  };
}

export async function isSmallDisk(path: string): Promise<boolean> {
  return (await stat(path)).dev !== (await stat(dirname(path))).dev;
}

/** Leaves no room for one more page, by making the disk as small as what is on it. */
export async function fillSmallDisk(path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { blocks, bfree, bsize } = await statfs(path);
    try {
      await run("mount", ["-o", `remount,size=${(blocks - bfree) * bsize}`, path]);
      return;
    } catch (error) {
      // More has been written meanwhile.
      if (tries === 20) throw error;
    }
  }
}

export async function makeRoom(path: string): Promise<void> {
  await run("mount", ["-o", `remount,size=${size}`, path]);
}
