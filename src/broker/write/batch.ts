import { nuid } from "nats";
import { unlessAborted } from "../../util/unless-aborted.ts";
import type { Broker } from "../connection/broker.ts";
import { headersOf, publishOnce, type PublishResult } from "./publish.ts";

/** A message on its way into the queue. */
export interface Entry {
  readonly subject: string;
  readonly payload: Buffer;
}

/** The maximum number of messages that the server accepts in one atomic batch. */
const batchLimit = 1000;
const batchBytes = 8 * 1024 * 1024;
/**
 * A batch of at most this number of bytes is sent in almost no time. Sending a larger batch may take long, so `stage`
 * waits until the broker has received it.
 */
const fewBytes = 64 * 1024;
/**
 * The time in which the broker must store a batch that it has received, and the additional time for each earlier batch,
 * in milliseconds.
 */
const [commitMs, commitAheadMs] = [10_000, 2000];

/** The part of a subject with node, type and subject. Entries with the same part have to be stored in their order. */
export function orderKey({ subject }: Entry): string {
  return subject.slice(0, subject.lastIndexOf("."));
}

/** True if each lane has entries in only one of the batches. */
export function areApart(batches: readonly (readonly Entry[])[]): boolean {
  const lanes = batches.map((batch) => new Set(batch.map(orderKey)));
  return new Set(lanes.flatMap((each) => [...each])).size === lanes.reduce((sum, { size }) => sum + size, 0);
}

/** Divides entries into atomic batches, in their order. */
export function* batchesOf(entries: Iterable<Entry>): Generator<Entry[], undefined> {
  let batch: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (batch.length === batchLimit || (batch.length > 0 && bytes + entry.payload.length > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += entry.payload.length;
  }
  if (batch.length > 0) yield batch;
}

/** Publishes the last message of a batch. `ahead` is the number of batches that the broker stores before this batch. */
export type Commit = (ahead: number) => Promise<PublishResult>;

/**
 * Sends all messages of a batch to the broker, except the last message. For a large batch, waits until the broker has
 * received them. Resolves to a function that publishes the last message; the broker then stores all messages of the
 * batch or none. The broker forgets a batch that waits for more than 10 s. Rejects with the reason of `signal`.
 */
export async function stage(broker: Broker, batch: readonly Entry[], signal?: AbortSignal): Promise<Commit> {
  signal?.throwIfAborted();
  const id = nuid.next();
  let commit: Commit = async () => ({ kind: "unknown", reason: "the batch is empty" });
  let bytes = 0;
  for (const [index, { subject, payload }] of batch.entries()) {
    const header = { "Nats-Msg-Id": subject, "Nats-Batch-Id": id, "Nats-Batch-Sequence": String(index + 1) };
    if (index < batch.length - 1) broker.nc.publish(subject, payload, { headers: headersOf(header) });
    else {
      const last = { ...header, "Nats-Batch-Commit": "1" };
      commit = (ahead) => publishOnce(broker, subject, payload, last, commitMs + ahead * commitAheadMs);
    }
    bytes += payload.length;
  }
  if (bytes > fewBytes) {
    // If the connection is lost here, the commit fails and shows the loss.
    const handedOver = broker.flush().catch(() => undefined);
    await unlessAborted(signal, handedOver);
    signal?.throwIfAborted();
  }
  return commit;
}
