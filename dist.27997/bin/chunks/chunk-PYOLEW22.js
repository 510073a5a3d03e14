const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  readStandings
} from "./chunk-XDSV7F2Y.js";
import {
  inParallel,
  originalOf,
  placesOf,
  queuedAt,
  readStream
} from "./chunk-OMTY7AFQ.js";
import {
  isFinal,
  parseAck
} from "./chunk-U2N5OPV4.js";
import {
  ackSubject,
  keyOf,
  parseAckSubject
} from "./chunk-VKEXPMYZ.js";

// src/state/status.ts
function stateOf({ history, standing }) {
  return history.at(-1)?.ack.state ?? standing;
}
async function readStatus(broker, id) {
  const statuses = [];
  for await (const status of readStatuses(broker, await placesOf(broker, id))) statuses.push(status);
  return statuses;
}
var nodesAtOnce = 20;
var requestsAtOnce = 50;
async function* readStatuses(broker, places) {
  for (let at = 0; at < places.length; at += nodesAtOnce) {
    const part = places.slice(at, at + nodesAtOnce);
    const histories = await historiesOf(broker, part);
    const looked = await inParallel(
      part,
      requestsAtOnce,
      (place) => lookAt(broker, place, histories.get(keyOf(place.address)) ?? [])
    );
    yield* (await readStandings(broker, looked)).map(statusOf);
  }
}
async function historiesOf(broker, places) {
  const filters = places.map(({ address }) => ackSubject(broker.namespace, address));
  const histories = /* @__PURE__ */ new Map();
  for await (const { subject, data, storedAt } of readStream(broker, broker.names.acks, { filters, from: "first" })) {
    const [address, ack] = [parseAckSubject(subject), parseAck(data)];
    if (address === void 0 || ack === void 0) continue;
    const entry = { storedAt: new Date(storedAt).toISOString(), ack };
    histories.set(keyOf(address), [...histories.get(keyOf(address)) ?? [], entry]);
  }
  return histories;
}
async function lookAt(broker, place, history) {
  const { address } = place;
  const final = history.findLast(({ ack }) => isFinal(ack))?.ack;
  if (final !== void 0) return { place, address, history, ack: final, message: final.message };
  const queued = await queuedAt(broker, address);
  const message = queued && originalOf(queued.data).message;
  return { place, address, history, ack: history.at(-1)?.ack, queued, message };
}
function statusOf({ place, history, message, queued, standing, ack, ackedAt }) {
  const missed = ack === void 0 || ackedAt === void 0 ? [] : [{ storedAt: timeOf(ackedAt), ack }];
  const storedAt = queued && timeOf(queued.storedAt);
  return { ...place, standing, message: message ?? ack?.message, storedAt, history: [...history, ...missed] };
}
function timeOf(moment) {
  return new Date(moment).toISOString();
}

export {
  stateOf,
  readStatus,
  readStatuses
};
