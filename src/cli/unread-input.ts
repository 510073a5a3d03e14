import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { StewardError } from "../protocol/errors.ts";

/**
 * Refuses to send while something waits on standard input that no command would get: whoever is used to `ssh` expects
 * that it does, and would write empty files on a fleet. What is empty, closed, a terminal or a device is fine, and so is
 * a file that somebody has begun to read, as in `while read … done < file`.
 * @throws StewardError usage
 */
export function refuseUnreadInput(): void {
  if (!somethingWaits()) return;
  const way = "if it is not meant for them, add `< /dev/null`";
  throw new StewardError("usage", `something waits on standard input, and commands get none of it; ${way}`);
}

function somethingWaits(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFile() ? stat.size > 0 && position() === 0 : stat.isFIFO() && pipeHolds();
  } catch {
    return false; // Where it cannot be known.
  }
}

function position(): number {
  const [, at] = /^pos:\s*(\d+)$/m.exec(readFileSync("/proc/self/fdinfo/0", "utf8")) ?? [];
  return Number(at);
}

/**
 * Reading alone tells. From an empty pipe it takes nothing; from one that holds something it takes a byte, but then
 * nothing is sent. The pipe is opened anew, since one that does not block would surprise others who read from it.
 */
function pipeHolds(): boolean {
  const pipe = openSync("/proc/self/fd/0", constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readSync(pipe, Buffer.alloc(1)) > 0;
  } finally {
    closeSync(pipe);
  }
}
