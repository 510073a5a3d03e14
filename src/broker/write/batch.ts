import { nuid } from "nats";
import { unlessAborted } from "../../util/unless-aborted.ts";
import type { Broker } from "../connection/broker.ts";
import { headersOf, publishOnce, type PublishResult } from "./publish.ts";

/** A message on its way into the queue. */
export interface Entry {
  readonly subject: string;
  readonly payload: Buffer;
}

/** The most messages that the server takes in one atomic batch. */
const batchLimit = 1000;
const batchBytes = 8 * 1024 * 1024;
/** So many bytes a link carries in no time; more may take long, and are waited for. */
const fewBytes = 64 * 1024;
/** How long the broker may take to store a batch that it has, in milliseconds, and so much more for each one before it. */
const [commitMs, commitAheadMs] = [10_000, 2000];

/** What the entries share that have to be stored in their order: node, type and subject. */
export function orderKey({ subject }: Entry): string {
  return subject.slice(0, subject.lastIndexOf("."));
}

/** Whether no lane has entries in more than one of some batches. */
export function areApart(batches: readonly (readonly Entry[])[]): boolean {
  const lanes = batches.map((batch) => new Set(batch.map(orderKey)));
  return new Set(lanes.flatMap((each) => [...each])).size === lanes.reduce((sum, { size }) => sum + size, 0);
}

/** Cuts entries into atomic batches, in their order. */
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

/** Publishes the last message of a batch; `ahead` is how many other batches the broker stores before it. */
export type Commit = (ahead: number) => Promise<PublishResult>;

/**
 * Hands the broker all of a batch but its last message, and resolves once they are there, to the commit: it publishes
 * the last one, and the broker stores all or none. The broker forgets a batch that waits for longer than 10 s.
 * Rejects with the reason of `signal`.
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
    // A connection that is lost meanwhile shows at the commit.
    const handedOver = broker.flush().catch(() => undefined);
    await unlessAborted(signal, handedOver);
    signal?.throwIfAborted();
  }
  return commit;
}
