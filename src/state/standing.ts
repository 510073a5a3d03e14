import { isFinal, knownState, type Ack } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import type { Address } from "../protocol/subjects.ts";
import type { Ending } from "../protocol/targets.ts";

/** The standing of a message on its node: its current state, for every reader alike. */
export type Standing =
  /** In the queue, with no sign that it has started. */
  | "queued"
  | "running"
  /** A run failed or was cut off, and another one follows. */
  | "retrying"
  /** It did not start in time and will not start. Its node writes the ACK for this when its turn comes. */
  | "expired"
  /** It has a final ACK. */
  | "final";

/** What decides the standing of a message. */
export interface Evidence {
  /** Its latest ACK. */
  readonly ack: Ack | undefined;
  /** The time in which it may start is over, by the broker's clock. */
  readonly isLate?: boolean | undefined;
  /** Its start would be recorded by an ACK. So without an ACK, it has not started. */
  readonly startIsRecorded?: boolean | undefined;
  /** What is known from its node: a daemon runs it, or no daemon can have it. */
  readonly onNode?: "running" | "untaken" | undefined;
}

/**
 * The standing of a message. Only this function decides it for readers; the node alone decides how the message ends.
 * Without proof that it started or expired, a message counts as queued, so that one that may still run is never
 * reported as expired.
 */
export function standingOf({ ack, isLate = false, startIsRecorded = false, onNode }: Evidence): Standing {
  if (ack !== undefined) {
    if (isFinal(ack)) return "final";
    return ack.state === "retrying" ? "retrying" : "running";
  }
  if (onNode === "running") return "running";
  return isLate && (startIsRecorded || onNode === "untaken") ? "expired" : "queued";
}

/** True when an ACK records the start of such a message. Events have none, because repeating them does no harm. */
export function recordsStart(
  { messageType }: Pick<Address, "messageType">,
  message?: Pick<Message, "delivery">,
): boolean {
  return messageType === "command" || message?.delivery === "atMostOnce";
}

/** The ending of a message, for selections by ending: the state of its final ACK, now or later. */
export function endingOf({ ack, standing }: { readonly ack: Ack | undefined; readonly standing: Standing }): Ending {
  if (standing === "expired") return "expired";
  const state = ack !== undefined && isFinal(ack) ? knownState(ack) : "pending";
  return state === "started" || state === "retrying" ? "pending" : state;
}
