import type { Broker } from "../connection/broker.ts";
import { publishUntilKnown, type PublishResult } from "./publish.ts";

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
