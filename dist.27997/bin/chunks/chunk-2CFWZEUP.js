const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  parsePresence
} from "./chunk-EYZB2UB4.js";
import {
  bucketEntries
} from "./chunk-6KZYLPZB.js";
import {
  parseLaneHold
} from "./chunk-2PVYTS73.js";
import {
  byName,
  countQueued,
  firstFrom,
  inParallel,
  streamInfo
} from "./chunk-OMTY7AFQ.js";
import {
  finalHeader,
  isFinal,
  isKnownState,
  parseAck,
  stateHeader
} from "./chunk-U2N5OPV4.js";
import {
  laneOf,
  parseAckSubject,
  parseMessageSubject,
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";

// src/broker/read/ack-heads.ts
var bodiesAtOnce = 50;
async function ackHeads(broker, { node = "*", history = false }) {
  const heads = [];
  const headless = [];
  const keys = [`${node}.command.*`, `${node}.event.*`];
  for await (const entry of bucketEntries(broker, broker.names.nodesBucket, keys, { headersOnly: true, history })) {
    const head = headOf(entry);
    if (head !== void 0) heads.push(head);
    else if (entry.gone === void 0) headless.push(entry);
  }
  const read = await inParallel(headless, bodiesAtOnce, async (entry) => {
    const ack = await ackInState(broker, entry);
    if (ack === void 0) return [];
    const { id, node: on, messageType, subject, state, final } = ack;
    const { storedAt, revision } = entry;
    return [{ id, node: on, messageType, subject, state, final, storedAt, revision }];
  });
  return read.length === 0 ? heads : [...heads, ...read.flat()].toSorted((a, b) => a.revision - b.revision);
}
async function ackOfHead(broker, { node, messageType, subject, revision }) {
  return ackInState(broker, { key: `${node}.${messageType}.${subject}`, revision });
}
async function ackInState(broker, { key, revision }) {
  const { nodesBucket } = broker.names;
  const place = { sequence: revision, subject: `$KV.${nodesBucket}.${key}` };
  const found = await firstFrom(broker, `KV_${nodesBucket}`, place);
  return found?.sequence === revision ? parseAck(found.data) : void 0;
}
function headOf({ headers, storedAt, revision }) {
  const state = headers?.get(stateHeader) ?? "";
  const source = headers?.last("Nats-Stream-Source") ?? "";
  const address = parseAckSubject(source.split(" ")[4] ?? "");
  const said = headers?.get(finalHeader) ?? "";
  const final = said === "" ? void 0 : said === "true";
  if (address === void 0 || state === "" || final === void 0 && !isKnownState(state)) return void 0;
  return { ...address, state, final, storedAt, revision };
}

// src/state/running.ts
function runningIn({ beat, beatAt, acks, queued }) {
  const counts = new Map(beat?.lanes.map(({ name, running }) => [name, running]));
  for (const ack of acks) {
    const lane = laneOf(ack);
    const count = counts.get(lane) ?? 0;
    if (beat !== void 0 && ack.storedAt <= beatAt) continue;
    counts.set(lane, isFinal(ack) ? Math.max(0, count - 1) : Math.max(1, count));
  }
  return [...counts].reduce((sum, [lane, count]) => sum + Math.min(count, queued.get(lane) ?? 0), 0);
}

// src/state/nodes.ts
async function readNodes(broker, node = "*") {
  const { names, namespace } = broker;
  const known = /* @__PURE__ */ new Map();
  const of = (name) => {
    const found = known.get(name) ?? { acks: [], holds: [], queued: /* @__PURE__ */ new Map() };
    known.set(name, found);
    return found;
  };
  const readPresences = async () => {
    for await (const entry of bucketEntries(broker, names.presenceBucket, [node])) of(entry.key).presence = entry;
  };
  const readEntries = async () => {
    for await (const entry of bucketEntries(broker, names.nodesBucket, [`${node}.info`, `${node}.lane.*.*`])) {
      if (entry.gone === void 0) takeEntry(of, entry);
    }
  };
  const readAcks = async () => {
    for (const head of await ackHeads(broker, { node })) of(head.node).acks.push(head);
  };
  const readQueue = async () => {
    const counts = await countQueued(broker, `${namespace}.${node}.*.*.*`, queueOf);
    for (const [queue, count] of counts) {
      const [name = "", ...lane] = queue.split(".");
      of(name).queued.set(lane.join("."), count);
    }
  };
  const [{ ts = "" }] = await Promise.all([
    streamInfo(broker, names.messages),
    readPresences(),
    readEntries(),
    readAcks(),
    readQueue()
  ]);
  const nodes = [...known].filter(([, its]) => isNode(its)).map(([name, its]) => stateOf(name, its));
  return { asOf: Date.parse(ts), nodes: nodes.toSorted((a, b) => byName(a.node, b.node)) };
}
function lastOutcome({ lanes }) {
  return lanes.filter(isFinal).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
}
function failedLanes({ lanes }) {
  return lanes.filter(isFailure);
}
function isFailure(ack) {
  return isFinal(ack) && ack.state !== "succeeded" && ack.state !== "cancelled";
}
function takeEntry(of, { key, data, storedAt }) {
  const [name = "", kind, ...lane] = key.split(".");
  if (kind === "info") {
    of(name).info = { value: readObject(data), storedAt };
    return;
  }
  const hold = parseLaneHold(data);
  if (hold !== void 0) of(name).holds.push({ lane: lane.join("."), ...hold });
}
function queueOf(subject) {
  const address = parseMessageSubject(subject);
  return address === void 0 ? "" : `${address.node}.${laneOf(address)}`;
}
function isNode({ presence, info, acks, holds, queued }) {
  const isUp = presence !== void 0 && presence.gone === void 0;
  return isUp || info !== void 0 || holds.length > 0 || queued.size > 0 || acks.some(isSignOfLife);
}
function isSignOfLife({ state }) {
  return state !== "cancelled";
}
function stateOf(node, { presence, info, acks, holds, queued }) {
  const up = presence !== void 0 && presence.gone === void 0;
  const beat = up ? parsePresence(presence.data) : void 0;
  const goodbye = presence?.gone === "deleted" ? presence.storedAt : 0;
  const signs = up ? [presence.storedAt] : [goodbye, info?.storedAt ?? 0, ...acks.filter(isSignOfLife).map(({ storedAt }) => storedAt)];
  const lastSeen = signs.reduce((latest, sign) => Math.max(latest, sign), 0);
  return {
    node,
    up,
    lastSeen: lastSeen === 0 ? void 0 : new Date(lastSeen).toISOString(),
    queued: [...queued.values()].reduce((sum, count) => sum + count, 0),
    running: runningIn({ beat, beatAt: presence?.storedAt ?? 0, acks, queued }),
    lanes: acks.map(laneState).toSorted((a, b) => byName(typeAndSubject(a), typeAndSubject(b))),
    holds: holds.toSorted((a, b) => byName(a.lane, b.lane)),
    troubles: beat?.troubles ?? [],
    presence: beat,
    info: info?.value
  };
}
function laneState({ messageType, subject, id, state, final, storedAt }) {
  return { messageType, subject, id, state, final, at: new Date(storedAt).toISOString() };
}
function readObject(bytes) {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString());
    return value !== null && typeof value === "object" ? { ...value } : {};
  } catch {
    return {};
  }
}

export {
  ackHeads,
  ackOfHead,
  readNodes,
  lastOutcome,
  failedLanes,
  isFailure
};
