import { isFinal, knownState, type Ack } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import type { Address } from "../protocol/subjects.ts";
import type { Ending } from "../protocol/targets.ts";

/**
 * The standing of a message: the current state of the message on its node. The standing is the same for every reader.
 */
export type Standing =
  /** The message is in the queue. Nothing shows that it has started. */
  | "queued"
  | "running"
  /** A run failed or was cut off, and another run follows. */
  | "retrying"
  /**
   * The message did not start in time, and will not start. Its node writes the final ACK when the turn of the message
   * comes.
   */
  | "expired"
  /** The message has a final ACK. */
  | "final";

/** The data that decides the standing of a message. */
export interface Evidence {
  /** The latest ACK of the message. */
  readonly ack: Ack | undefined;
  /** True if the time in which the message may start is over, by the broker's clock. */
  readonly isLate?: boolean | undefined;
  /**
   * True if the start of such a message is always recorded in an ACK. Then a message without an ACK has not started.
   */
  readonly startIsRecorded?: boolean | undefined;
  /**
   * The state of the message on its node. `running`: a daemon runs the message. `untaken`: no daemon can have the
   * message.
   */
  readonly onNode?: "running" | "untaken" | undefined;
}

/**
 * Returns the standing of a message. Every command and every call of the client uses this function. Only the node of a
 * message decides how it ends. A message counts as queued if there is no proof that it started or expired. So a message
 * that may still run is never reported as expired.
 */
export function standingOf({ ack, isLate = false, startIsRecorded = false, onNode }: Evidence): Standing {
  if (ack !== undefined) {
    if (isFinal(ack)) return "final";
    return ack.state === "retrying" ? "retrying" : "running";
  }
  if (onNode === "running") return "running";
  return isLate && (startIsRecorded || onNode === "untaken") ? "expired" : "queued";
}

/**
 * True if the start of such a message is always recorded in an ACK. Most events have no ACK for their start, because a
 * repeated event does little harm.
 */
export function recordsStart(
  { messageType }: Pick<Address, "messageType">,
  message?: Pick<Message, "delivery">,
): boolean {
  return messageType === "command" || message?.delivery === "atMostOnce";
}

/**
 * How a message ended, for `--only`: the state of its final ACK. An expired message counts as `expired` even before its
 * node writes the final ACK.
 */
export function endingOf({ ack, standing }: { readonly ack: Ack | undefined; readonly standing: Standing }): Ending {
  if (standing === "expired") return "expired";
  const state = ack !== undefined && isFinal(ack) ? knownState(ack) : "pending";
  return state === "started" || state === "retrying" ? "pending" : state;
}
