import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { StewardError } from "../protocol/errors.ts";

/**
 * Refuses to send while data waits on standard input, because no command on a node would get the data. Users of `ssh`
 * expect that commands get it, and could write empty files on a whole fleet. An empty or closed input, a terminal and a
 * device are allowed. A partly read file is allowed too, as in `while read … done < file`.
 * @throws StewardError usage
 */
export function refuseUnreadInput(): void {
  if (!somethingWaits()) return;
  const way = "if this is intended, add `< /dev/null`";
  throw new StewardError("usage", `there is data on standard input, but commands on nodes do not get it; ${way}`);
}

function somethingWaits(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFile() ? stat.size > 0 && position() === 0 : stat.isFIFO() && pipeHolds();
  } catch {
    return false; // The pipe is empty, or this system does not show it.
  }
}

function position(): number {
  const [, at] = /^pos:\s*(\d+)$/m.exec(readFileSync("/proc/self/fdinfo/0", "utf8")) ?? [];
  return Number(at);
}

/**
 * True if data waits in the pipe. Only a read can detect this. From an empty pipe, the read takes nothing. If the pipe
 * has data, the read takes one byte, but then no message is sent. The pipe is opened again, because the end that other
 * readers use must not become non-blocking.
 */
function pipeHolds(): boolean {
  const pipe = openSync("/proc/self/fd/0", constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readSync(pipe, Buffer.alloc(1)) > 0;
  } finally {
    closeSync(pipe);
  }
}
