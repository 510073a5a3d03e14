import { nuid } from "nats";
import { unlessAborted } from "../../util/unless-aborted.ts";
import type { Broker } from "../connection/broker.ts";
import { headersOf, publishOnce, type PublishResult } from "./publish.ts";

/** A message on its way into the queue. */
export interface Entry {
  readonly subject: string;
  readonly payload: Buffer;
}

/** The most messages that the server accepts in one atomic batch. */
const batchLimit = 1000;
const batchBytes = 8 * 1024 * 1024;
/** This number of bytes needs no time on a link; more may take long, so the sender waits for them. */
const fewBytes = 64 * 1024;
/**
 * How long the broker may take to store a batch that it has received, and the additional time for each batch before it,
 * in milliseconds.
 */
const [commitMs, commitAheadMs] = [10_000, 2000];

/** The common part of the subjects of entries that have to be stored in their order: node, type and subject. */
export function orderKey({ subject }: Entry): string {
  return subject.slice(0, subject.lastIndexOf("."));
}

/** True when no lane has entries in more than one of the batches. */
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

/** Publishes the last message of a batch; `ahead` is the number of other batches that the broker stores first. */
export type Commit = (ahead: number) => Promise<PublishResult>;

/**
 * Sends the broker all of a batch but its last message. When they have arrived, it resolves to the commit, which
 * publishes the last one; then the broker stores all or none. The broker forgets a batch that waits for longer than 10
 * s. Rejects with the reason of `signal`.
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
    // If the connection is lost meanwhile, the commit shows it.
    const handedOver = broker.flush().catch(() => undefined);
    await unlessAborted(signal, handedOver);
    signal?.throwIfAborted();
  }
  return commit;
}
