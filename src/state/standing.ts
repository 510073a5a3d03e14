import { isFinal, knownState, type Ack } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import type { Address } from "../protocol/subjects.ts";
import type { Ending } from "../protocol/targets.ts";

/** How a message stands on its node. */
export type Standing =
  /** It is in the queue, and nothing tells that it has begun. */
  | "queued"
  | "running"
  /** A run of it failed or was cut off, and another one follows. */
  | "retrying"
  /** It did not begin in time and will not begin any more: its node records that as its ACK when its turn comes. */
  | "expired"
  /** It has its final ACK. */
  | "final";

/** What tells how a message stands. */
export interface Evidence {
  /** Its latest ACK. */
  readonly ack: Ack | undefined;
  /** The time within which it may begin is over, by the broker's clock. */
  readonly isLate?: boolean | undefined;
  /** An ACK tells of its beginning, so that none means that it has not begun. */
  readonly startIsTold?: boolean | undefined;
  /** What is known of it on its node: a daemon runs it, or none can have it. */
  readonly onNode?: "running" | "untaken" | undefined;
}

/**
 * How a message stands: the one place that decides it for whoever reads, while its node decides what becomes of it. What
 * is not known to have begun or expired counts as queued. So nothing is told as expired that may run yet.
 */
export function standingOf({ ack, isLate = false, startIsTold = false, onNode }: Evidence): Standing {
  if (ack !== undefined) {
    if (isFinal(ack)) return "final";
    return ack.state === "retrying" ? "retrying" : "running";
  }
  if (onNode === "running") return "running";
  return isLate && (startIsTold || onNode === "untaken") ? "expired" : "queued";
}

/** True when an ACK tells that a message begins: of events, where a repeat does no harm, none does. */
export function tellsStart(
  { messageType }: Pick<Address, "messageType">,
  message?: Pick<Message, "delivery">,
): boolean {
  return messageType === "command" || message?.delivery === "atMostOnce";
}

/** As what a message counts where endings are chosen: as its final ACK counts, or will. */
export function endingOf({ ack, standing }: { readonly ack: Ack | undefined; readonly standing: Standing }): Ending {
  if (standing === "expired") return "expired";
  const state = ack !== undefined && isFinal(ack) ? knownState(ack) : "pending";
  return state === "started" || state === "retrying" ? "pending" : state;
}
