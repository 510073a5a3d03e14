import type { Broker } from "../broker/broker.ts";
import { outlived } from "../broker/expiry.ts";
import { queuedSubjects } from "../broker/queue.ts";
import { laneName, parseMessageSubject, type Address } from "../protocol/subjects.ts";
import { readHistory, type HistoryEntry } from "./history.ts";

/** What became of one message on one node. */
export interface MessageStatus {
  readonly address: Address;
  /** In the queue: waiting, or running. */
  readonly queued: boolean;
  /** It expired in the queue before it began. The node records that, as its ACK, when it is back. */
  readonly expired: boolean;
  /** All its ACKs, in order; the last one is where it stands. */
  readonly history: readonly HistoryEntry[];
}

/** A message's fate on every node that it was sent to; empty when the id is neither in the queue nor in the log. */
export async function readStatus(broker: Broker, id: string): Promise<MessageStatus[]> {
  const found = new Map<string, { address: Address; queued: boolean; history: HistoryEntry[] }>();
  const entryOf = ({ node, messageType, subject }: Address): { queued: boolean; history: HistoryEntry[] } => {
    const address = { node, messageType, subject, id };
    const key = `${node}.${laneName(address)}`;
    const entry = found.get(key) ?? { address, queued: false, history: [] };
    found.set(key, entry);
    return entry;
  };
  for (const subject of (await queuedSubjects(broker, `${broker.namespace}.*.*.*.${id}`)).keys()) {
    const address = parseMessageSubject(subject);
    if (address !== undefined) entryOf(address).queued = true;
  }
  for await (const entry of readHistory(broker, { ids: [id] })) entryOf(entry.ack).history.push(entry);
  const waiting = [...found.values()].filter(({ queued, history }) => queued && history.length === 0);
  const expired = await outlived(
    broker,
    waiting.map(({ address }) => address),
  );
  const statuses = [...found.values()].map((entry) => ({ ...entry, expired: expired.includes(entry.address) }));
  return statuses.toSorted((a, b) => a.address.node.localeCompare(b.address.node));
}
