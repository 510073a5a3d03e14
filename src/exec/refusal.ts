import type { OnChunk } from "./captured-output.ts";

/** What a child that was to become a program says of itself is kept from who listens to that program. */
export interface Listening {
  readonly onChunk: OnChunk;
  /** To be asked once, when the run is over: whether the child could not become the program. */
  readonly isRefused: () => boolean;
}

/** Listens to a child that begins its stderr with its name if it cannot become the program; no program knows that. */
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
