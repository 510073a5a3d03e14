import type { Broker } from "./broker.ts";
import { lastOnSubject, type Stored } from "./direct-get.ts";
import { publishUntilKnown, type PublishResult } from "./publish.ts";
import { streamInfo } from "./queue.ts";

/** An entry of a bucket, or the marker that a deletion or an expiry left; `revision` is what a next write follows. */
export interface KvEntry {
  readonly revision: number;
  /** Undefined when the entry was deleted or has expired. */
  readonly value: Uint8Array | undefined;
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
  const gone = found.headers?.has("KV-Operation") === true || found.headers?.has("Nats-Marker-Reason") === true;
  return { revision: found.sequence, value: gone ? undefined : found.data };
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
  // A watch of what is not there would never say so.
  const { state } = await streamInfo(broker, `KV_${bucket}`, `$KV.${bucket}.${filter}`);
  if (Object.keys(state?.subjects ?? {}).length === 0) return entries;
  // Only where there is something to read: most daemons, which hold no lane, need neither in their memory.
  const [{ jetstream }, { Kvm }] = await Promise.all([import("@nats-io/jetstream"), import("@nats-io/kv")]);
  const kv = await new Kvm(jetstream(broker.nc)).open(bucket);
  const watch = await kv.watch({ key: filter });
  for await (const { key, value, operation, delta } of watch) {
    if (operation === "PUT") entries.set(key, value);
    if (delta === 0) break;
  }
  return entries;
}
