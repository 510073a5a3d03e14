import type { AckHead } from "../broker/read/ack-heads.ts";
import { isFinal } from "../protocol/ack.ts";
import type { Presence } from "../protocol/presence.ts";
import { laneOf } from "../protocol/subjects.ts";

/** What tells of the messages that a node runs. */
export interface Running {
  /** The last heartbeat, unless the node is down. */
  readonly beat: Presence | undefined;
  readonly beatAt: number;
  /** The latest ACK of each lane. */
  readonly acks: readonly Pick<AckHead, "messageType" | "subject" | "state" | "final" | "storedAt">[];
  /** How many messages stand in the queue, by lane. */
  readonly queued: ReadonlyMap<string, number>;
}

/**
 * How many messages a node runs. A heartbeat may be 20 s old: a lane's later ACK says that something began there since,
 * or ended. Where there is no heartbeat, what began and has not ended counts. What is not queued any more does not run.
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
