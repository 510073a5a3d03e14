import { nuid } from "nats";
import type { Broker } from "./broker.ts";
import { headersOf, publishOnce, type PublishResult } from "./publish.ts";

/** A message on its way into the queue. */
export interface Entry {
  readonly subject: string;
  readonly payload: Buffer;
}

/** The most messages that the server takes in one atomic batch. */
const batchLimit = 1000;
const batchBytes = 8 * 1024 * 1024;
/** How long the broker may take to store a batch, in milliseconds. */
const commitMs = 10_000;

/** Cuts entries into atomic batches, in their order. */
export function batchesOf(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let [batch, bytes]: [Entry[], number] = [[], 0];
  for (const entry of entries) {
    bytes += entry.payload.length;
    if (batch.length === 0 || batch.length === batchLimit || bytes > batchBytes) {
      batches.push((batch = []));
      bytes = entry.payload.length;
    }
    batch.push(entry);
  }
  return batches;
}

/**
 * Hands the broker all of a batch but its last message. Returns the commit, which publishes that one: the broker then
 * stores all or none. It forgets a batch that waits for its commit for longer than 10 s.
 */
export function stage(broker: Broker, batch: readonly Entry[]): () => Promise<PublishResult> {
  const id = nuid.next();
  let commit = async (): Promise<PublishResult> => ({ kind: "unknown", reason: "the batch is empty" });
  for (const [index, { subject, payload }] of batch.entries()) {
    const header = { "Nats-Msg-Id": subject, "Nats-Batch-Id": id, "Nats-Batch-Sequence": String(index + 1) };
    if (index < batch.length - 1) broker.nc.publish(subject, payload, { headers: headersOf(header) });
    else commit = () => publishOnce(broker, subject, payload, { ...header, "Nats-Batch-Commit": "1" }, commitMs);
  }
  return commit;
}
