const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  Reader,
  lastOnSubject
} from "./chunk-OMTY7AFQ.js";

// src/broker/read/bucket.ts
async function* bucketEntries(broker, bucket, keys, { headersOnly = false, history = false } = {}) {
  const filters = keys.map((key) => `$KV.${bucket}.${key}`);
  const from = history ? "first" : "lastOfEach";
  const reader = new Reader(broker, `KV_${bucket}`, { filters, from, headersOnly, follow: false });
  for await (const stored of reader.messages()) yield entryOf(stored, bucket);
}
async function kvEntries(broker, bucket, filter = ">") {
  const entries = /* @__PURE__ */ new Map();
  for await (const { key, gone, data } of bucketEntries(broker, bucket, [filter])) {
    if (gone === void 0) entries.set(key, data);
  }
  return entries;
}
function entryOf({ subject, sequence, storedAt, data, headers }, bucket) {
  const expired = headers?.has("Nats-Marker-Reason") === true;
  const deleted = headers?.has("KV-Operation") === true;
  return {
    key: subject.slice(`$KV.${bucket}.`.length),
    revision: sequence,
    storedAt,
    gone: expired ? "expired" : deleted ? "deleted" : void 0,
    data,
    headers
  };
}
async function kvLast(broker, bucket, key, signal) {
  const ask = () => lastOnSubject(broker, `KV_${bucket}`, `$KV.${bucket}.${key}`);
  const found = await broker.untilAnswered(ask, signal);
  if (found === void 0) return void 0;
  const isDeleted = found.headers?.has("KV-Operation") === true;
  const gone = isDeleted || found.headers?.has("Nats-Marker-Reason") === true;
  return { revision: found.sequence, value: gone ? void 0 : found.data, isDeleted };
}

export {
  bucketEntries,
  kvEntries,
  kvLast
};
