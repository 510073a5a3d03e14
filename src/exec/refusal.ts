import type { OnChunk } from "./captured-output.ts";

/**
 * Keeps the error message of a child that could not become the program away from the listener to that program's output.
 */
export interface Listening {
  readonly onChunk: OnChunk;
  /** Ask once, when the run is over: whether the child could not become the program. */
  readonly isRefused: () => boolean;
}

/** Listens to a child whose stderr begins with `name` if it cannot become the program. No program knows that name. */
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
