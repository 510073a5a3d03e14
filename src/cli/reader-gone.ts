import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";

const everyMs = 1000;

/**
 * Calls when nobody can read any more what is written to a pipe or a socket. Where that cannot be known, it is found out
 * with the next write, as usual.
 */
export function onReaderGone(fd: number, gone: () => void): void {
  const stat = fstatSync(fd);
  try {
    if (stat.isFIFO()) onPipeBroken(fd, gone);
    if (stat.isSocket()) onSocketClosed(fd, gone);
  } catch {
    // A system without /proc, or a Node that no longer lets anybody at its handles.
  }
}

/**
 * Only a poll tells that a pipe has lost its readers, and Node polls a pipe's writing end only while something waits to
 * be written. A handle that does not look at what it is given polls it for reading: that fails with EBADF, but not before
 * the pipe is broken.
 */
function onPipeBroken(fd: number, gone: () => void): void {
  const { TCP, constants: kinds } = binding("tcp_wrap") as TcpWrap;
  const handle = new TCP(kinds.SOCKET);
  // Opened anew, so that no other process finds its end set to not block.
  handle.open(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK));
  new Socket({ handle, readable: true, writable: false } as object).on("error", gone).resume().unref();
}

/** A socket is asked by writing nothing. */
function onSocketClosed(fd: number, gone: () => void): void {
  const timer = setInterval(() => {
    try {
      writeSync(fd, Buffer.alloc(0));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return;
      clearInterval(timer);
      gone();
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
