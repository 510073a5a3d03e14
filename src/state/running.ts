import type { AckHead } from "../broker/read/ack-heads.ts";
import { isFinal } from "../protocol/ack.ts";
import type { Presence } from "../protocol/presence.ts";
import { laneOf } from "../protocol/subjects.ts";

/** The data from which the number of running messages is found. */
export interface Running {
  /** The last heartbeat. Undefined if the node is down. */
  readonly beat: Presence | undefined;
  readonly beatAt: number;
  /** The latest ACK of each lane. */
  readonly acks: readonly Pick<AckHead, "messageType" | "subject" | "state" | "final" | "storedAt">[];
  /** The number of messages in the queue, by lane. */
  readonly queued: ReadonlyMap<string, number>;
}

/**
 * The number of messages that a node runs. A heartbeat may be 40 s old. So the number is corrected by the ACKs that
 * were stored after the heartbeat. Without a heartbeat, messages that started and did not end are counted. A message
 * that is no longer in the queue does not run.
 */
export function runningIn({ beat, beatAt, acks, queued }: Running): number {
  const counts = new Map(beat?.lanes.map(({ name, running }) => [name, running]));
  for (const ack of acks) {
    const lane = laneOf(ack);
    const count = counts.get(lane) ?? 0;
    if (beat !== undefined && ack.storedAt <= beatAt) continue;
    counts.set(lane, isFinal(ack) ? Math.max(0, count - 1) : Math.max(1, count));
  }
  return [...counts].reduce((sum, [lane, count]) => sum + Math.min(count, queued.get(lane) ?? 0), 0);
}
