import { onAbort } from "../../util/on-abort.ts";
import type { Broker } from "../connection/broker.ts";
import { bucketEntries } from "../read/bucket.ts";
import { lastOnSubject, type Stored } from "../read/direct-get.ts";
import { streamInfo } from "../read/stream-info.ts";
import { publishUntilKnown, type PublishResult } from "./publish.ts";

/** An entry of a bucket, or the marker that a deletion or an expiry left; `revision` is what a next write follows. */
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

export interface KvWrite {
  /** Refuse the write unless this is the key's last revision (0: none). */
  readonly after?: number;
  /** How long the entry stays, in milliseconds; whole seconds, at least one. */
  readonly ttlMs?: number;
  readonly operation?: "DEL";
}

/** Writes a key, trying until the outcome is known. */
export async function kvPut(
  broker: Broker,
  bucket: string,
  key: string,
  value: string,
  { after, ttlMs, operation }: KvWrite = {},
  signal?: AbortSignal,
): Promise<Exclude<PublishResult, { kind: "unknown" }>> {
  const header = {
    ...(after === undefined ? {} : { "Nats-Expected-Last-Subject-Sequence": String(after) }),
    ...(ttlMs === undefined ? {} : { "Nats-TTL": `${Math.max(1, Math.round(ttlMs / 1000))}s` }),
    ...(operation === undefined ? {} : { "KV-Operation": operation }),
  };
  return publishUntilKnown(broker, `$KV.${bucket}.${key}`, value, header, signal);
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

/**
 * Calls back at each change of a bucket, until `signal`. What changes while the connection is lost, or just when the
 * bucket is made anew, may not be told.
 * @throws StewardError streamsMissing
 */
export async function onBucketChange(
  broker: Broker,
  bucket: string,
  signal: AbortSignal,
  changed: () => void,
): Promise<void> {
  // Only who watches needs them in memory.
  const [{ jetstream }, { Kvm, KvWatchInclude }] = await Promise.all([
    import("@nats-io/jetstream"),
    import("@nats-io/kv"),
  ]);
  const options = { include: KvWatchInclude.UpdatesOnly, headers_only: true };
  for (let tries = 0; !signal.aborted; tries++) {
    const watch = await broker.untilAnswered(async () => {
      await streamInfo(broker, `KV_${bucket}`);
      return (await new Kvm(jetstream(broker.nc)).open(bucket)).watch(options);
    }, signal);
    const forget = onAbort(signal, () => watch.stop());
    const changes = watch[Symbol.asyncIterator]();
    while ((await changes.next()).done !== true) changed();
    forget();
    // The bucket is gone, or was made anew.
    await broker.backOff(tries, signal).catch(() => undefined);
  }
}
