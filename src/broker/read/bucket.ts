import type { Msg } from "nats";
import type { Broker } from "../connection/broker.ts";
import { bucketOf } from "../connection/packages.ts";
import { kvKey, kvSubject } from "../connection/stream-names.ts";
import { lastOnSubject, type Stored } from "./direct-get.ts";
import { Reader } from "./reader.ts";
import { subjectsIn } from "./stream-info.ts";

/** An entry of a bucket, or the marker of a deletion or an expiry. */
export interface BucketEntry {
  readonly key: string;
  readonly revision: number;
  /** The time when the bucket stored the entry, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  /** Undefined for an entry. For a marker, `deleted` or `expired`. */
  readonly gone: "deleted" | "expired" | undefined;
  /** Empty if only headers were requested. */
  readonly data: Uint8Array;
  readonly headers: Msg["headers"];
}

export interface BucketReading {
  /** If true, reads no values. The values of ACKs may be large. */
  readonly headersOnly?: boolean;
  /** If true, reads every kept revision, oldest first. If false, reads the last revision of each key. */
  readonly history?: boolean;
}

/**
 * Reads the entries of a bucket whose keys match a filter, from the stream's leader. The filters must not overlap. The
 * reading uses its own consumer, because a batched direct get ends at 1,024 keys. Rejects with silence (see
 * `isSilence`) if the broker stops answering.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function* bucketEntries(
  broker: Broker,
  bucket: string,
  keys: readonly string[],
  { headersOnly = false, history = false }: BucketReading = {},
): AsyncGenerator<BucketEntry> {
  const filters = keys.map((key) => kvSubject(bucket, key));
  const from = history ? "first" : "lastOfEach";
  const reader = new Reader(broker, `KV_${bucket}`, { filters, from, headersOnly, follow: false });
  for await (const stored of reader.messages()) yield entryOf(stored, bucket);
}

/** The existing entries of a bucket whose keys match the filter: key → value. @throws StewardError streamsMissing */
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
    key: kvKey(bucket, subject),
    revision: sequence,
    storedAt,
    gone: expired ? "expired" : deleted ? "deleted" : undefined,
    data,
    headers,
  };
}

/** The last entry of a key, or the marker of a deletion or an expiry. The next write of the key uses `revision`. */
export interface KvEntry {
  readonly revision: number;
  /** Undefined if the entry was deleted or has expired. */
  readonly value: Uint8Array | undefined;
  /** True if the entry was deleted. False if the entry exists or has expired. */
  readonly isDeleted: boolean;
}

/**
 * The last entry of a key. Undefined if the replica that answers has no entry of the key. Asks until an answer comes.
 */
export async function kvLast(
  broker: Broker,
  bucket: string,
  key: string,
  signal?: AbortSignal,
): Promise<KvEntry | undefined> {
  return broker.untilAnswered(() => kvGet(broker, bucket, key), signal);
}

/** Does the same as `kvLast`, but asks only once. Rejects with silence (see `isSilence`) if no answer comes. */
export async function kvGet(broker: Broker, bucket: string, key: string): Promise<KvEntry | undefined> {
  const entry = await (await bucketOf(broker, bucket)).get(key);
  if (entry === null) return undefined;
  const { revision, operation, value } = entry;
  return { revision, value: operation === "PUT" ? value : undefined, isDeleted: operation === "DEL" };
}

/**
 * The value of a key, read with one request. Does not load the packages, because the shell completion has no time for
 * that.
 */
export async function kvValue(broker: Broker, bucket: string, key: string): Promise<Uint8Array | undefined> {
  const found = await lastOnSubject(broker, `KV_${bucket}`, kvSubject(bucket, key));
  return found === undefined || found.data.length === 0 ? undefined : found.data;
}

/** The keys of a bucket that match a filter, deleted keys included. @throws StewardError streamsMissing */
export async function kvKeys(broker: Broker, bucket: string, filter: string): Promise<string[]> {
  const subjects = await subjectsIn(broker, `KV_${bucket}`, kvSubject(bucket, filter));
  return [...subjects.keys()].map((subject) => kvKey(bucket, subject));
}
