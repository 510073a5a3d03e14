import type { Msg } from "nats";
import type { Broker } from "../connection/broker.ts";
import { lastOnSubject, type Stored } from "./direct-get.ts";
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

/** The living entries of a bucket whose keys fit the filter: key → value. @throws StewardError streamsMissing */
export async function kvEntries(
  broker: Broker,
  bucket: string,
  filter: string = ">",
): Promise<Map<string, Uint8Array>> {
  const entries = new Map<string, Uint8Array>();
  for await (const { key, gone, data } of bucketEntries(broker, bucket, [filter])) {
    if (gone === undefined) entries.set(key, data);
  }
  return entries;
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

/** The last entry of a key, or the marker that a deletion or an expiry left; a next write follows `revision`. */
export interface KvEntry {
  readonly revision: number;
  /** Undefined when the entry was deleted or has expired. */
  readonly value: Uint8Array | undefined;
  /** It was deleted by somebody. */
  readonly isDeleted: boolean;
}

/** The last entry of a key; undefined when there was never one, as far as one replica knows. */
export async function kvLast(
  broker: Broker,
  bucket: string,
  key: string,
  signal?: AbortSignal,
): Promise<KvEntry | undefined> {
  const ask = (): Promise<Stored | undefined> => lastOnSubject(broker, `KV_${bucket}`, `$KV.${bucket}.${key}`);
  const found = await broker.untilAnswered(ask, signal);
  if (found === undefined) return undefined;
  const isDeleted = found.headers?.has("KV-Operation") === true;
  const gone = isDeleted || found.headers?.has("Nats-Marker-Reason") === true;
  return { revision: found.sequence, value: gone ? undefined : found.data, isDeleted };
}
