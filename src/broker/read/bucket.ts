import type { Msg } from "nats";
import type { Broker } from "../connection/broker.ts";
import { lastOnSubject, type Stored } from "./direct-get.ts";
import { Reader } from "./reader.ts";

/** An entry of a bucket, or the marker of a deletion or an expiry. */
export interface BucketEntry {
  readonly key: string;
  readonly revision: number;
  /** When the bucket stored it, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  /** Undefined for an entry; for a marker `deleted` or `expired`. */
  readonly gone: "deleted" | "expired" | undefined;
  /** Empty when only headers were requested. */
  readonly data: Uint8Array;
  readonly headers: Msg["headers"];
}

export interface BucketReading {
  /** Leaves the values in the broker: those of ACKs may be large. */
  readonly headersOnly?: boolean;
  /** Every revision that is kept, oldest first, instead of the last one of each key. */
  readonly history?: boolean;
}

/**
 * Reads the entries of a bucket whose keys match one of the filters, from the stream's leader; the filters must not
 * overlap. It uses a consumer of its own, since a batched direct get ends at 1,024 keys. Rejects with silence when the
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

/**
 * The entries of a bucket that exist and whose keys match the filter: key → value. @throws StewardError streamsMissing
 */
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

/** The last entry of a key, or the marker of a deletion or an expiry. The next write uses `revision`. */
export interface KvEntry {
  readonly revision: number;
  /** Undefined when the entry was deleted or has expired. */
  readonly value: Uint8Array | undefined;
  /** It was deleted, and did not expire. */
  readonly isDeleted: boolean;
}

/** The last entry of a key; undefined when it never had one, as far as one replica knows. */
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
