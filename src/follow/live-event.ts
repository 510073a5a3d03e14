import type { Ack, OutputStream } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";

/** What a reader is told of a message's live output: each stream's bytes in their order, each once. */
export type LiveEvent = { readonly address: Address; readonly attempt: number } & (
  | { readonly kind: "output"; readonly stream: OutputStream; readonly offset: number; readonly bytes: Buffer }
  /** The bytes from `from` up to `to` are nowhere to be had any more. */
  | { readonly kind: "gap"; readonly stream: OutputStream; readonly from: number; readonly to: number }
  /** Nobody knows whether the attempt printed more: it ended with its daemon. */
  | { readonly kind: "cut" }
  /** An attempt begins, whose output starts at 0; `after` is what became of the one before. */
  | { readonly kind: "attempt"; readonly after: Ack["error"] }
  /** The attempt failed, and another one follows. */
  | { readonly kind: "retrying"; readonly error: Ack["error"] }
  /** All was handed on; this is the final ACK. */
  | { readonly kind: "ended"; readonly ack: Ack }
);

/** Takes events; what comes behind one waits until the promise that it returned is kept. */
export type LiveSink = (event: LiveEvent) => Promise<void> | void;
