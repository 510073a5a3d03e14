const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  brokerTime
} from "./chunk-FQVRHUKF.js";
import {
  queueStates
} from "./chunk-BC7DHNX4.js";
import "./chunk-UEFXNOJM.js";
import {
  scheduleMessages,
  unschedule
} from "./chunk-7AABH3PN.js";
import "./chunk-W2TYMEDE.js";
import {
  readStandings
} from "./chunk-XDSV7F2Y.js";
import "./chunk-6KZYLPZB.js";
import "./chunk-3VOMEKKA.js";
import "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  assertAhead,
  byName,
  inParallel,
  lastAck,
  nextWithoutCron,
  oneOffExpiry,
  parseAt,
  parseEvery,
  prepare,
  readSchedules,
  resultOf,
  waitOf
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
import {
  formatDuration
} from "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/state/schedules.ts
var requestsAtOnce = 100;
async function readScheduleStates(broker, wanted) {
  const schedules = (await readSchedules(broker, wanted)).toSorted(byIdAndNode);
  const now = await brokerTime(broker);
  const outcomes = await outcomesOf(broker, schedules);
  return Promise.all(
    schedules.map(async (schedule, at) => ({
      ...schedule,
      next: await nextOf(schedule, now),
      outcome: outcomes[at]
    }))
  );
}
async function outcomesOf(broker, schedules) {
  const asked = await inParallel(schedules, requestsAtOnce, async ({ address, last }) => {
    if (last === void 0) return [];
    const firing = { ...address, id: last.id };
    return [{ address: firing, ack: await lastAck(broker, firing) }];
  });
  const standings = await readStandings(broker, asked.flat());
  const outcomes = standings.map(({ ack, standing }) => ack?.state ?? queueStates[standing]);
  return asked.map((one) => one.length === 0 ? void 0 : outcomes.shift());
}
async function nextOf({ rule, last, storedAt }, now) {
  const moment = last?.next !== void 0 && last.next > now ? last.next : await nextFiring(rule, storedAt, now);
  return moment === void 0 || moment < now ? void 0 : timeText(moment);
}
async function nextFiring(rule, storedAt, now) {
  if (rule.kind !== "cron") return nextWithoutCron(rule, storedAt, now);
  const { nextByCron } = await import("./cron-X4MVICNX.js");
  return nextByCron(rule, now);
}
function timeText(moment) {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}
function byIdAndNode({ address: a }, { address: b }) {
  return byName(a.id, b.id) || byName(a.node, b.node);
}

// src/client/schedules.ts
var longestId = 28;
function putSchedule(session, what, rule, options = {}) {
  const { knownOnly = false, onStored, wait } = options;
  const storeMs = waitOf(wait ?? "30s");
  return session.run(options, async (signal) => {
    const parsed = await parsedRule(rule);
    const { messages, nodes, seen } = await prepare(session, what);
    const [{ id } = { id: "" }] = messages;
    if (id.length > longestId) {
      throw new StewardError("usage", `the id of a schedule has at most ${longestId} characters`, { id });
    }
    const now = await brokerTime(session.broker);
    const { expiresMs, ...plan } = await planOf(parsed, now);
    let unseen = [];
    const expires = await scheduleMessages(session.broker, messages, {
      rule: parsed,
      expiresMs,
      seen,
      knownOnly,
      onNeverSeen: (names, meant) => unseen = names.map((node) => ({ node, meant: meant.get(node) })),
      storeMs,
      signal
    });
    onStored?.({ ...plan, id, nodes, unseen, expires });
    return id;
  });
}
function planRule(session, rule, options = {}) {
  return session.run(options, async () => {
    const { expiresMs, ...plan } = await planOf(await parsedRule(rule), await brokerTime(session.broker));
    return { ...plan, expires: formatDuration(expiresMs) };
  });
}
function listSchedules(session, { id, node, ...options } = {}) {
  return session.run(options, async () => {
    const byId = /* @__PURE__ */ new Map();
    for (const state of await readScheduleStates(session.broker, { id, node })) {
      const states = byId.get(state.address.id) ?? [];
      byId.set(state.address.id, [...states, state]);
    }
    return [...byId].map(([key, states]) => scheduleOf(key, states));
  });
}
function removeSchedule(session, id, options = {}) {
  const { node, from = session.from } = options;
  return session.run(options, async (signal) => {
    const removals = await unschedule(session.broker, id, { node, by: from, signal });
    const pending = removals.filter(({ running }) => running.length > 0).map(({ address }) => address.node);
    return { ...resultOf([]), pending, removals };
  });
}
async function parsedRule(rule) {
  if (["every", "cron", "at"].filter((key) => key in rule).length !== 1) {
    throw new StewardError("usage", "a rule has one of `every`, `cron` and `at`");
  }
  if ("cron" in rule) return (await import("./cron-X4MVICNX.js")).parseCron(rule.cron, rule.tz);
  if ("every" in rule) return parseEvery(rule.every);
  return parseAt(rule.at instanceof Date ? rule.at.toISOString() : rule.at);
}
async function planOf(rule, now) {
  assertAhead(rule, now);
  const moment = await nextFiring(rule, now, now);
  const next = moment === void 0 ? void 0 : new Date(moment);
  if (rule.kind === "at") return { next, expiresMs: oneOffExpiry };
  if (rule.kind === "every") return { next, expiresMs: rule.everyMs };
  const { clockNotice, shortestGap } = await import("./cron-X4MVICNX.js");
  return { next, expiresMs: shortestGap(rule, now), notice: clockNotice(rule, now) };
}
function scheduleOf(id, states) {
  const [first] = states;
  const next = states.flatMap((state) => state.next ?? []).toSorted()[0];
  return {
    id,
    nodes: states.map(({ address }) => address.node),
    rule: ruleOf(first?.rule ?? { kind: "cron", cron: "" }),
    next: next === void 0 ? void 0 : new Date(next),
    states
  };
}
function ruleOf(rule) {
  if (rule.kind === "every") return { every: formatDuration(rule.everyMs) };
  return rule.kind === "at" ? { at: rule.at } : { cron: rule.cron.replace(/^0 /, ""), tz: rule.timeZone };
}
export {
  listSchedules,
  planRule,
  putSchedule,
  removeSchedule
};
