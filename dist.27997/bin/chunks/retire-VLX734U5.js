const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  Lease,
  isGone,
  thisProcess
} from "./chunk-2Z36J6GN.js";
import "./chunk-7FO4PPIC.js";
import {
  unschedule
} from "./chunk-7AABH3PN.js";
import {
  removeFromGroups
} from "./chunk-SJNBHFZ7.js";
import "./chunk-A7TW25KK.js";
import {
  groupsOf
} from "./chunk-PWQTZJD3.js";
import "./chunk-7OGUAAKO.js";
import "./chunk-2CFWZEUP.js";
import {
  parsePresence
} from "./chunk-EYZB2UB4.js";
import "./chunk-RQDZDKP5.js";
import "./chunk-IJB2EIWW.js";
import "./chunk-3U2C6QZP.js";
import {
  bucketEntries,
  kvLast
} from "./chunk-6KZYLPZB.js";
import {
  cancelOnNode
} from "./chunk-E442WZG2.js";
import {
  purgeSubject
} from "./chunk-3VOMEKKA.js";
import {
  askNode
} from "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  Journal,
  assertNodeName,
  consumerInfo,
  countQueued,
  ensureConsumer,
  inParallel,
  newId,
  queuedSubjects,
  readSchedules,
  removeConsumer,
  streamInfo,
  unknownNode
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import "./chunk-7C3OR7HS.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import "./chunk-P6SB6KP3.js";
import "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  messageSubject,
  parseMessageSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/broker/read/state-bucket.ts
import { setTimeout as delay } from "node:timers/promises";
var graceMs = 1e3;
async function stateCaughtUp(broker, signal) {
  const { names } = broker;
  const { state } = await broker.untilAnswered(() => streamInfo(broker, names.acks), signal);
  const target = state?.last_seq ?? 0;
  for (let tries = 0; ; tries++) {
    const { sources = [] } = await broker.untilAnswered(() => streamInfo(broker, `KV_${names.nodesBucket}`), signal);
    const reached = sources.find(({ name }) => name === names.acks)?.seq;
    if (reached === void 0) return delay(graceMs, void 0, { signal });
    if (reached >= target) return;
    await broker.backOff(tries, signal);
  }
}

// src/operate/cancel-queued.ts
var atOnce = 50;
async function cancelQueued(broker, node, { by, say, signal }) {
  const { namespace, names } = broker;
  const journal = new Journal(broker, signal, say);
  const canceller = { broker, journal, by, instance: newId(), waitMs: 0, signal };
  for (let cancelled = 0; ; ) {
    const filter = `${namespace}.${node}.*.*.*`;
    const queued = await broker.untilAnswered(() => queuedSubjects(broker, filter), signal);
    const addresses = [...queued.keys()].map(parseMessageSubject).filter((address) => address !== void 0);
    if (addresses.length === 0) return cancelled;
    await inParallel(addresses, atOnce, async (address) => {
      const done = await cancelOnNode(address, canceller);
      if (done.kind === "undecided")
        throw new StewardError("notStored", `${address.id} was not cancelled: ${done.reason}`);
      if (!done.before) cancelled++;
      await broker.untilAnswered(
        () => purgeSubject(broker, names.messages, messageSubject(namespace, address)),
        signal
      );
    });
  }
}

// src/operate/forget.ts
var [presenceBeat, presenceTtl] = [5e3, 15e3];
async function tracesOf(broker, node) {
  const { names, namespace } = broker;
  const [presence, queued, schedules, groups, consumer, hasState] = await Promise.all([
    kvLast(broker, names.presenceBucket, node),
    countQueued(broker, `${namespace}.${node}.*.*.*`, () => node),
    readSchedules(broker, { node }),
    groupsOf(broker, node),
    consumerInfo(broker, node),
    isInState(broker, node),
    assertSilent(broker, node)
  ]);
  const holder = presence?.value && parsePresence(presence.value);
  if (holder !== void 0 && !isGone(holder)) throw isUp(node, `${whereOf(holder)} exists`);
  const traces2 = {
    queued: queued.get(node) ?? 0,
    schedules: [...new Set(schedules.map(({ address }) => address.id))].toSorted(),
    groups
  };
  const isKnown = consumer.error === void 0 || hasState || presence?.value !== void 0;
  return isKnown || traces2.queued + traces2.schedules.length + groups.length > 0 ? traces2 : void 0;
}
async function forgetNode(broker, node, { by, say = () => void 0, signal }) {
  const lost = new AbortController();
  const enough = AbortSignal.any([signal, lost.signal]);
  const lease = leaseOf(broker, node, { say, signal: enough }, (error) => lost.abort(error));
  await lease.acquire();
  try {
    return await removeAll(broker, node, { by, say, signal: enough });
  } finally {
    await lease.release();
    await removeGoodbye(broker, node);
  }
}
async function removeAll(broker, node, how) {
  const { by, signal } = how;
  const { names, namespace } = broker;
  const schedules = [...new Set((await readSchedules(broker, { node })).map(({ address }) => address.id))];
  for (const id of schedules) await unschedule(broker, id, { node, by, signal });
  const cancelled = await cancelQueued(broker, node, how);
  const groups = (await groupsOf(broker, node)).length > 0 ? await removeFromGroups(broker, node) : [];
  await stateCaughtUp(broker, signal);
  const { nodesBucket } = names;
  await broker.untilAnswered(() => purgeSubject(broker, `KV_${nodesBucket}`, `$KV.${nodesBucket}.${node}.>`), signal);
  await broker.untilAnswered(() => removeConsumer(broker, node), signal);
  const counts = await broker.untilAnswered(
    () => countQueued(broker, `${namespace}.${node}.*.*.*`, () => node),
    signal
  );
  const queuedMeanwhile = counts.get(node) ?? 0;
  if (queuedMeanwhile > 0) await broker.untilAnswered(() => ensureConsumer(broker, node), signal);
  return { cancelled, schedules, groups, queuedMeanwhile };
}
function leaseOf(broker, node, { say, signal }, lost) {
  const mine = { instance: newId(), startedAt: (/* @__PURE__ */ new Date()).toISOString(), lanes: [], ...thisProcess() };
  return new Lease({
    broker,
    settings: { name: node, presenceBeat, presenceTtl },
    presence: () => mine,
    log: { warn: say, error: say },
    signal,
    lost
  });
}
async function removeGoodbye(broker, node) {
  const { presenceBucket } = broker.names;
  const last = await kvLast(broker, presenceBucket, node, AbortSignal.timeout(2e3)).catch(() => void 0);
  if (last === void 0 || last.value !== void 0) return;
  const subject = `$KV.${presenceBucket}.${node}`;
  await purgeSubject(broker, `KV_${presenceBucket}`, subject, last.revision + 1).catch(() => void 0);
}
async function isInState(broker, node) {
  const { nodesBucket } = broker.names;
  for await (const { gone } of bucketEntries(broker, nodesBucket, [`${node}.>`], { headersOnly: true })) {
    if (gone === void 0) return true;
  }
  return false;
}
async function assertSilent(broker, node) {
  const { kind } = await askNode(broker, node, "status", 2e3);
  if (kind === "silent") throw isUp(node, "its daemon is connected but does not answer");
  if (kind !== "nobody") throw isUp(node, "its daemon answers");
}
function isUp(node, why) {
  const mend = `stop it first, with \`steward lanes ${node} stop\``;
  return new StewardError("nodeUp", `${node} is up: ${why}; ${mend}`);
}
function whereOf({ pid, host }) {
  return `the daemon's presence (process ${pid} on ${host})`;
}

// src/client/retire.ts
function traces(session, node, options = {}) {
  return session.run(options, async () => {
    assertNodeName(node);
    const found = await tracesOf(session.broker, node);
    if (found === void 0) throw await unknownNode(session.broker, node);
    return found;
  });
}
async function retire(session, node, options = {}) {
  const { from = session.from, onDelay = () => void 0 } = options;
  await traces(session, node, options);
  return session.run(options, (signal) => forgetNode(session.broker, node, { by: from, say: onDelay, signal }));
}
export {
  retire,
  traces
};
