import { StewardError } from "../protocol/errors.ts";
import { readQueueLengths, type QueueLength } from "../state/queue-lengths.ts";
import { readQueue, type QueuePart } from "../state/queue.ts";
import { selectionOf, type Filter } from "./filter.ts";
import type { Session } from "./session.ts";

export interface QueueFilter extends Filter {
  /** The largest number of messages to return. Default: 100. */
  readonly limit?: number | undefined;
}

/**
 * The messages in the queue, oldest first: waiting, running, or ended and not yet removed by their nodes.
 * @throws StewardError badName, streamsMissing
 */
export function queue(session: Session, filter: QueueFilter = {}): Promise<QueuePart> {
  return session.run(filter, async () => {
    const { limit = 100 } = filter;
    if (!(limit >= 1)) throw new StewardError("usage", "limit must be 1 or more");
    return readQueue(session.broker, await selectionOf(session, filter), limit);
  });
}

/** The number of messages in the queue of each node, whatever their state. The largest number comes first. */
export interface QueueLengths {
  readonly lengths: readonly QueueLength[];
  /** The broker's clock, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * Counts the queued messages of each node. The broker does the counting, and it can only count whole subjects, so
 * `subject` must not be a pattern.
 * @throws StewardError usage, badName, streamsMissing
 */
export function queueLengths(session: Session, filter: Filter = {}): Promise<QueueLengths> {
  return session.run(filter, async () => {
    const selection = await selectionOf(session, filter);
    if (selection.subjects?.some((name) => name.includes("*")) === true) {
      throw new StewardError(
        "usage",
        "a subject must be a whole name here, without *, because the broker counts the messages",
      );
    }
    return readQueueLengths(session.broker, selection);
  });
}
