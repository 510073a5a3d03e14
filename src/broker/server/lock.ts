import { spawnSync } from "node:child_process";
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StewardError } from "../../protocol/errors.ts";

/** The time for the server of a killed supervisor to end, in milliseconds. */
const patienceMs = 3000;

/**
 * Locks the store folder for one broker. The kernel keeps the lock while any process has the returned handle open. A
 * child process can inherit the handle. So the lock is free when all these processes have ended, even by `kill -9`.
 * @throws StewardError storeLocked if another broker has the lock
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

/**
 * Tries once to take the lock. Undefined if another process has the lock. Node has no call for flock(2). On macOS, the
 * call that opens the file takes the lock. On Linux, the program `flock` takes the lock.
 */
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
