import type { Msg } from "nats";
import type { Broker } from "../connection/broker.ts";
import type { Stored } from "./direct-get.ts";
import { Reader } from "./reader.ts";

/** An entry of a bucket, or the marker that a deletion or an expiry left. */
export interface BucketEntry {
  readonly key: string;
  readonly revision: number;
  /** When the bucket stored it, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  /** Undefined for what is there; else `deleted` by somebody, or `expired`. */
  readonly gone: "deleted" | "expired" | undefined;
  /** Empty when only headers were asked for. */
  readonly data: Uint8Array;
  readonly headers: Msg["headers"];
}

export interface BucketReading {
  /** Leaves the values in the broker: those of ACKs may be large. */
  readonly headersOnly?: boolean;
  /** Every revision that is kept, oldest first, instead of the last of each key. */
  readonly history?: boolean;
}

/**
 * Reads entries of a bucket whose keys fit one of the filters, which must not overlap, as they stand with the stream's
 * leader. Through a consumer of its own, since a batched direct get ends at 1,024 keys. Rejects with silence when the
 * broker stops answering.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function* bucketEntries(
  broker: Broker,
  bucket: string,
  keys: readonly string[],
  { headersOnly = false, history = false }: BucketReading = {},
): AsyncGenerator<BucketEntry> {
  const filters = keys.map((key) => `$KV.${bucket}.${key}`);
  const from = history ? "first" : "lastOfEach";
  const reader = new Reader(broker, `KV_${bucket}`, { filters, from, headersOnly, follow: false });
  for await (const stored of reader.messages()) yield entryOf(stored, bucket);
}

function entryOf({ subject, sequence, storedAt, data, headers }: Stored, bucket: string): BucketEntry {
  const expired = headers?.has("Nats-Marker-Reason") === true;
  const deleted = headers?.has("KV-Operation") === true;
  return {
    key: subject.slice(`$KV.${bucket}.`.length),
    revision: sequence,
    storedAt,
    gone: expired ? "expired" : deleted ? "deleted" : undefined,
    data,
    headers,
  };
}
