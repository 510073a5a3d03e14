import type { Ack, OutputStream } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";

/** A step in a message's live output. The bytes of each stream come in order, and each byte once. */
export type LiveEvent = { readonly address: Address; readonly attempt: number } & (
  | { readonly kind: "output"; readonly stream: OutputStream; readonly offset: number; readonly bytes: Buffer }
  /** The bytes from `from` up to `to` are lost. */
  | { readonly kind: "gap"; readonly stream: OutputStream; readonly from: number; readonly to: number }
  /** The daemon ended during the attempt, so the attempt may have printed more than was received. */
  | { readonly kind: "cut" }
  /** An attempt starts. The output of the attempt starts at offset 0. `after` is the error of the attempt before. */
  | { readonly kind: "attempt"; readonly after: Ack["error"] }
  /** The attempt failed, and another attempt follows. */
  | { readonly kind: "retrying"; readonly error: Ack["error"] }
  /**
   * The message has ended, and all of its output came before this event. `ack` is the final ACK. Without `ack`, the
   * message has expired and its node has not written the final ACK yet.
   */
  | { readonly kind: "ended"; readonly ack: Ack | undefined }
);

/** Receives live events. The next one comes only after the returned promise has settled. */
export type LiveSink = (event: LiveEvent) => Promise<void> | void;
