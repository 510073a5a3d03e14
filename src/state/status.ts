import type { Broker } from "../broker/connect.ts";
import { queuedSubjects } from "../broker/queue.ts";
import { readStream } from "../broker/read-stream.ts";
import { parseAck, type Ack } from "../protocol/ack.ts";
import { ackFilter, laneName, parseMessageSubject, type Address } from "../protocol/subjects.ts";

/** What became of one message on one node. */
export interface MessageStatus {
  readonly address: Address;
  /** In the queue: waiting, or running. */
  readonly queued: boolean;
  /** All its ACKs, in order; the last one is where it stands. */
  readonly acks: readonly Ack[];
}

/** A message's fate on every node that it was sent to; empty when the id is neither in the queue nor in the log. */
export async function readStatus(broker: Broker, id: string): Promise<MessageStatus[]> {
  const { names, namespace } = broker;
  const found = new Map<string, { address: Address; queued: boolean; acks: Ack[] }>();
  const entryOf = ({ node, messageType, subject }: Address): { queued: boolean; acks: Ack[] } => {
    const address = { node, messageType, subject, id };
    const key = `${address.node}.${laneName(address)}`;
    const entry = found.get(key) ?? { address, queued: false, acks: [] };
    found.set(key, entry);
    return entry;
  };
  for (const subject of (await queuedSubjects(broker, `${namespace}.*.*.*.${id}`)).keys()) {
    const address = parseMessageSubject(subject);
    if (address !== undefined) entryOf(address).queued = true;
  }
  const filters = [ackFilter(namespace, { id })];
  for await (const { data } of readStream(broker, names.acks, { filters, from: "first" })) {
    const ack = parseAck(data);
    if (ack !== undefined) entryOf(ack).acks.push(ack);
  }
  return [...found.values()].toSorted((a, b) => a.address.node.localeCompare(b.address.node));
}
