import type { Broker } from "../broker/connection/broker.ts";
import { lastOnSubject } from "../broker/read/direct-get.ts";
import { getPage } from "../broker/read/page.ts";
import { queuedAddress } from "../broker/read/queued.ts";
import { isFinal, parseAck } from "../protocol/ack.ts";
import { ackSubject, type Address } from "../protocol/subjects.ts";
import { inParallel } from "../util/in-parallel.ts";

/** A message that has ended, but that its node has not removed from the queue. */
export interface EndedInQueue {
  readonly address: Address;
  /** The time at which the final ACK was stored, in milliseconds since 1970 by the broker's clock. */
  readonly endedAt: number;
}

/** The largest number of messages that are looked at. For each of them, one ACK is read. */
const mostLooked = 300;
const requestsAtOnce = 50;

/**
 * The ended messages among the oldest 300 messages that match a filter, oldest first. Each lane runs its messages in
 * the order of the queue, so ended messages are usually at the front. `looked` is the number of messages that were
 * looked at.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function endedInQueue(
  broker: Broker,
  filter: string,
): Promise<{ readonly ended: readonly EndedInQueue[]; readonly looked: number }> {
  const { names, namespace } = broker;
  const { messages } = await getPage(broker, names.messages, { filter, from: 1, most: mostLooked });
  const ended = await inParallel(messages, requestsAtOnce, async (stored): Promise<EndedInQueue[]> => {
    const address = queuedAddress(stored);
    if (address === undefined) return [];
    const last = await lastOnSubject(broker, names.acks, ackSubject(namespace, address));
    const ack = last && parseAck(last.data);
    return last !== undefined && ack !== undefined && isFinal(ack) ? [{ address, endedAt: last.storedAt }] : [];
  });
  return { ended: ended.flat(), looked: messages.length };
}
