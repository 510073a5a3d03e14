import { spawnSync } from "node:child_process";
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StewardError } from "../../protocol/errors.ts";

/** How long the server of a killed supervisor may take to end, in milliseconds. */
const patienceMs = 3000;

/**
 * Locks the store folder for one broker. The kernel holds the lock for the returned handle and for each process that
 * inherits it, so it is free when all of them have ended, in whatever way.
 * @throws StewardError storeLocked when another broker has it
 */
export async function lockStore(storeDir: string): Promise<FileHandle> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const handle = await tryLock(join(storeDir, "broker.lock"));
    if (handle !== undefined) return handle;
    if (performance.now() > deadline) {
      throw new StewardError(
        "storeLocked",
        `another broker uses the store ${storeDir}: stop it, or name another folder`,
        { about: "storeFolder" },
      );
    }
    await delay(100);
  }
}

/** Node has no call for flock(2): macOS takes the lock when the file is opened, Linux has a program for it. */
async function tryLock(path: string): Promise<FileHandle | undefined> {
  const { O_RDWR, O_CREAT, O_NONBLOCK } = constants;
  if (process.platform === "darwin") {
    const O_EXLOCK = 0x20;
    try {
      return await open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_EXLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
      throw error;
    }
  }
  const handle = await open(path, O_RDWR | O_CREAT);
  const { status, error } = spawnSync("flock", ["-n", "3"], { stdio: ["ignore", "ignore", "ignore", handle.fd] });
  if (status === 0) return handle;
  await handle.close();
  if (error === undefined) return undefined;
  throw new StewardError("serverFailed", "the store cannot be locked: the program `flock` (of util-linux) is missing");
}
