const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  publishUntilKnown
} from "./chunk-OMTY7AFQ.js";

// src/broker/write/kv.ts
async function kvPut(broker, bucket, key, value, { after, ttlMs, operation } = {}, signal) {
  const header = {
    ...after === void 0 ? {} : { "Nats-Expected-Last-Subject-Sequence": String(after) },
    ...ttlMs === void 0 ? {} : { "Nats-TTL": `${Math.max(1, Math.round(ttlMs / 1e3))}s` },
    ...operation === void 0 ? {} : { "KV-Operation": operation }
  };
  return publishUntilKnown(broker, `$KV.${bucket}.${key}`, value, header, signal);
}

export {
  kvPut
};
