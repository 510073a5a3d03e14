const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  askApi
} from "./chunk-OMTY7AFQ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/broker/write/purge.ts
async function purgeQueued(broker, subject) {
  await purgeSubject(broker, broker.names.messages, subject);
}
async function purgeSubject(broker, stream, subject, before) {
  const api = `$JS.API.STREAM.PURGE.${stream}`;
  const body = JSON.stringify({ filter: subject, seq: before });
  const { error } = await askApi(broker, api, body);
  if (error === void 0) return;
  throw new StewardError("brokerRefused", `the broker does not remove ${subject} from ${stream}: ${error.description}`);
}

export {
  purgeQueued,
  purgeSubject
};
