import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";

const everyMs = 1000;

/**
 * Calls `left` when the reader of a pipe or a socket has left. Some systems do not show that. There, the next write
 * fails as usual.
 */
export function onReaderLeft(fd: number, left: () => void): void {
  const stat = fstatSync(fd);
  try {
    if (stat.isFIFO()) onPipeBroken(fd, left);
    if (stat.isSocket()) onSocketClosed(fd, left);
  } catch {
    // The system has no /proc, or this version of Node gives no access to its handles.
  }
}

/**
 * Detects that a pipe has lost its readers. Only a poll can detect this, and Node polls the writing end of a pipe only
 * while data waits to be written. So a TCP handle polls the pipe for reading. Its read fails with EBADF as soon as the
 * pipe is broken.
 */
function onPipeBroken(fd: number, left: () => void): void {
  const { TCP, constants: kinds } = binding("tcp_wrap") as TcpWrap;
  const handle = new TCP(kinds.SOCKET);
  // The pipe is opened again, because the end that other processes use must not become non-blocking.
  handle.open(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK));
  new Socket({ handle, readable: true, writable: false } as object).on("error", left).resume().unref();
}

/** Detects that a socket was closed, by writing zero bytes from time to time. */
function onSocketClosed(fd: number, left: () => void): void {
  const timer = setInterval(() => {
    try {
      writeSync(fd, Buffer.alloc(0));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return;
      clearInterval(timer);
      left();
    }
  }, everyMs);
  timer.unref();
}

interface TcpWrap {
  readonly TCP: new (kind: number) => { open(fd: number): number };
  readonly constants: { readonly SOCKET: number };
}

function binding(name: string): unknown {
  return (process as unknown as { binding(name: string): unknown }).binding(name);
}
