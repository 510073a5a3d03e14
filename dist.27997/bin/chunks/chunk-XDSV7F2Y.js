const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  bucketEntries
} from "./chunk-6KZYLPZB.js";
import {
  askNode,
  outputAnswerSchema
} from "./chunk-HDCA3CCY.js";
import {
  consumerInfo,
  inParallel,
  lastAckOnLeader,
  originalOf,
  queuedAt,
  recordsStart,
  standingOf,
  streamInfo
} from "./chunk-OMTY7AFQ.js";
import {
  serverCodes
} from "./chunk-TZGZTI2Z.js";
import {
  safeParse
} from "./chunk-WUYJTG4S.js";
import {
  parseDuration
} from "./chunk-CFOZLGDG.js";
import {
  keyOf
} from "./chunk-VKEXPMYZ.js";

// src/state/on-node.ts
var requestsAtOnce = 100;
var patience = 2e3;
var mostAsked = 1e3;
var fewNodes = 20;
async function runningNow(broker, addresses) {
  const deadline = performance.now() + patience;
  const running = /* @__PURE__ */ new Set();
  await inParallel(addresses.slice(0, mostAsked), requestsAtOnce, async (address) => {
    const left = deadline - performance.now();
    if (left > 0 && await runs(broker, address, left).catch(() => false)) running.add(keyOf(address));
  });
  return running;
}
async function runs(broker, { node, messageType, subject, id }, ms) {
  const request = { messageType, subject, id, attempt: 1, stream: "stdout", offset: 0, limit: 0 };
  const answer = await askNode(broker, node, "output", ms, request);
  if (answer.kind !== "answered") return false;
  const read = safeParse(outputAnswerSchema, answer.body);
  return read.success && !read.output.ended;
}
async function untaken(broker, messages) {
  const nodes = [...new Set(messages.map(({ address }) => address.node))];
  const presences = await presencesOf(broker, nodes);
  const away = nodes.filter((node) => presences.get(node) !== "there");
  const handedOut = /* @__PURE__ */ new Map();
  await inParallel(away, requestsAtOnce, async (node) => {
    handedOut.set(node, presences.get(node) === "ended" ? 0 : await handedOutTo(broker, node));
  });
  const left = messages.filter(({ address, queued }) => (handedOut.get(address.node) ?? Infinity) < queued.sequence);
  return new Set(left.map(({ address }) => keyOf(address)));
}
async function presencesOf(broker, nodes) {
  const found = /* @__PURE__ */ new Map();
  const keys = nodes.length > fewNodes ? [">"] : nodes;
  for await (const { key, gone } of bucketEntries(broker, broker.names.presenceBucket, keys, { headersOnly: true })) {
    if (gone !== "expired") found.set(key, gone === void 0 ? "there" : "ended");
  }
  return found;
}
async function handedOutTo(broker, node) {
  const { error, delivered } = await consumerInfo(broker, node);
  if (error !== void 0) return error.err_code === serverCodes.consumerNotFound ? 0 : Infinity;
  return delivered?.stream_seq ?? Infinity;
}

// src/state/read-standings.ts
var requestsAtOnce2 = 100;
async function readStandings(broker, asked, { asksDaemons = true } = {}) {
  if (asked.every(({ ack }) => ack !== void 0)) return asked.map((one) => ({ ...one, standing: standingOf(one) }));
  const now = asked.some(mayExpire) ? Date.parse((await streamInfo(broker, broker.names.messages)).ts ?? "") : 0;
  const looked = await inParallel(asked, requestsAtOnce2, (one) => look(broker, one, now));
  const unclear = looked.filter(({ ack, startIsRecorded }) => ack === void 0 && startIsRecorded !== true);
  const late = unclear.flatMap(
    ({ one: { address }, queued, isLate }) => isLate === true && queued !== void 0 ? [{ address, queued }] : []
  );
  const addresses = unclear.map(({ one: { address } }) => address);
  const [run, left] = await Promise.all([
    asksDaemons ? runningNow(broker, addresses) : /* @__PURE__ */ new Set(),
    late.length > 0 ? untaken(broker, late).catch(() => /* @__PURE__ */ new Set()) : /* @__PURE__ */ new Set()
  ]);
  return looked.map(({ one, ack, ackedAt, isLate, startIsRecorded }) => {
    const key = keyOf(one.address);
    const onNode = run.has(key) ? "running" : left.has(key) ? "untaken" : void 0;
    return { ...one, ack, ackedAt, standing: standingOf({ ack, isLate, startIsRecorded, onNode }) };
  });
}
function mayExpire({ ack, message }) {
  return ack === void 0 && (message === void 0 || message.expires !== void 0);
}
async function look(broker, one, now) {
  const { address, ack } = one;
  if (!mayExpire(one)) return { one, ack, startIsRecorded: recordsStart(address, one.message) };
  const queued = one.queued ?? await queuedAt(broker, address);
  const message = one.message ?? (queued && originalOf(queued.data).message);
  const isLate = queued !== void 0 && now > queued.storedAt + (parseDuration(message?.expires ?? "") ?? Infinity);
  const common = { one, queued, isLate, startIsRecorded: recordsStart(address, message) };
  if (queued !== void 0 && !isLate) return { ...common, ack };
  const last = await lastAckOnLeader(broker, address);
  return { ...common, ack: last?.ack, ackedAt: last?.storedAt };
}

export {
  readStandings
};
