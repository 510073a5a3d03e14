import type { OnChunk } from "./captured-output.ts";

/**
 * Listens to the output of a child. If the child cannot execute the program, the listener does not get the child's
 * error message.
 */
export interface Listening {
  readonly onChunk: OnChunk;
  /** True if the child could not execute the program. Call this once, after the run. */
  readonly isRefused: () => boolean;
}

/**
 * Listens to a child of a starter. If the child cannot execute the program, its stderr begins with `name`. No program
 * knows this name.
 */
export function withoutRefusal(name: string, listener: OnChunk = () => undefined): Listening {
  let held = Buffer.alloc(0);
  let isDecided = false;
  const onChunk: OnChunk = (stream, offset, bytes) => {
    if (stream === "stdout" || isDecided) return listener(stream, offset, bytes);
    held = Buffer.concat([held, bytes]);
    const length = Math.min(held.length, name.length);
    if (held.toString("latin1", 0, length) === name.slice(0, length)) return;
    isDecided = true;
    listener("stderr", 0, held);
  };
  const isRefused = (): boolean => {
    if (isDecided || held.length === 0) return false;
    if (held.length >= name.length) return true;
    listener("stderr", 0, held);
    return false;
  };
  return { onChunk, isRefused };
}
