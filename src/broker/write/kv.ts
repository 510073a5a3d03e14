import type { KV } from "@nats-io/kv";
import type { Broker } from "../connection/broker.ts";
import { bucketOf } from "../connection/packages.ts";
import { serverCodes } from "../connection/server-codes.ts";
import { kvSubject } from "../connection/stream-names.ts";
import { afterFailure, publishUntilKnown, untilKnown, type Refused, type Stored, type Unknown } from "./publish.ts";

export interface KvWrite {
  /** Refuses the write unless the key's last revision is this number. 0 means that the key has no revision. */
  readonly after?: number;
  /** The lifetime of the entry, in milliseconds. It is rounded to whole seconds, at least one. */
  readonly ttlMs?: number;
}

/** Writes a key. Tries until the outcome is known. */
export async function kvPut(
  broker: Broker,
  bucket: string,
  key: string,
  value: string,
  { after, ttlMs }: KvWrite = {},
  signal?: AbortSignal,
): Promise<Stored | Refused> {
  if (ttlMs === undefined) {
    const condition = after === undefined ? {} : { previousSeq: after };
    const put = async (kv: KV, timeout: number): Promise<Stored> => {
      const sequence = await kv.put(key, value, { ...condition, timeout });
      return { kind: "stored", sequence, duplicate: false };
    };
    return written(broker, bucket, put, signal);
  }
  // The package can set an expiry only when it creates a key, but the renewal of a lease must set an expiry too.
  const header = {
    ...(after === undefined ? {} : { "Nats-Expected-Last-Subject-Sequence": String(after) }),
    "Nats-TTL": `${Math.max(1, Math.round(ttlMs / 1000))}s`,
  };
  return publishUntilKnown(broker, kvSubject(bucket, key), value, header, signal);
}

/** Deletes a key if its last revision is `after`, and leaves a marker. Tries until the outcome is known. */
export async function kvDelete(
  broker: Broker,
  bucket: string,
  key: string,
  after: number,
  signal?: AbortSignal,
): Promise<{ readonly kind: "stored" } | Refused> {
  // The package reads 0 as "no condition".
  if (after === 0)
    return { kind: "refused", code: serverCodes.wrongLastSequence, reason: "there is nothing to delete" };
  const remove = async (kv: KV): Promise<{ readonly kind: "stored" }> => {
    await kv.delete(key, { previousSeq: after });
    return { kind: "stored" };
  };
  return written(broker, bucket, remove, signal);
}

async function written<T extends { readonly kind: "stored" }>(
  broker: Broker,
  bucket: string,
  write: (kv: KV, timeoutMs: number) => Promise<T>,
  signal?: AbortSignal,
): Promise<T | Refused> {
  const kv = await bucketOf(broker, bucket);
  const once = (timeoutMs: number): Promise<T | Refused | Unknown> =>
    write(kv, timeoutMs).catch((error: unknown) => afterFailure(broker, error));
  return untilKnown(broker, once, signal);
}
