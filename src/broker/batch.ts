import { nuid } from "nats";
import { unlessAborted } from "../protocol/unless-aborted.ts";
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
/** So many bytes a link carries in no time; more may take long, and are waited for. */
const fewBytes = 64 * 1024;
/** How long the broker may take to store a batch that it has, in milliseconds. */
const commitMs = 10_000;

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

/**
 * Hands the broker all of a batch but its last message, and resolves once they are there, to the commit: it publishes
 * the last one, and the broker stores all or none. The broker forgets a batch that waits for longer than 10 s.
 * Rejects with the reason of `signal`.
 */
export async function stage(
  broker: Broker,
  batch: readonly Entry[],
  signal?: AbortSignal,
): Promise<() => Promise<PublishResult>> {
  signal?.throwIfAborted();
  const id = nuid.next();
  let commit = async (): Promise<PublishResult> => ({ kind: "unknown", reason: "the batch is empty" });
  let bytes = 0;
  for (const [index, { subject, payload }] of batch.entries()) {
    const header = { "Nats-Msg-Id": subject, "Nats-Batch-Id": id, "Nats-Batch-Sequence": String(index + 1) };
    if (index < batch.length - 1) broker.nc.publish(subject, payload, { headers: headersOf(header) });
    else commit = () => publishOnce(broker, subject, payload, { ...header, "Nats-Batch-Commit": "1" }, commitMs);
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
