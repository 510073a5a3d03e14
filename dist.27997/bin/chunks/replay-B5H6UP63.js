const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  assertUnderstood
} from "./chunk-7FO4PPIC.js";
import {
  readStatus
} from "./chunk-PYOLEW22.js";
import "./chunk-RQDZDKP5.js";
import "./chunk-XDSV7F2Y.js";
import "./chunk-6KZYLPZB.js";
import "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  endingOf,
  isNames,
  newId,
  originalOf,
  queuedAt,
  resolve,
  unknownId
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
import {
  isFinal
} from "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  keyOf,
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/operate/replay.ts
async function replayOf(broker, id, options) {
  const { node, to, only } = options;
  const all = (await readStatus(broker, id)).filter(({ address }) => node === void 0 || address.node === node);
  if (all.length === 0) throw unknownId(id, node);
  const wanted = all.filter(({ history, standing }) => {
    const ending = endingOf({ ack: history.at(-1)?.ack, standing });
    return only === void 0 || only.some((state) => state === ending);
  });
  if (wanted.length === 0)
    throw new StewardError("notFound", `not found: ${id} has the state ${only?.join(" or ")} on no node`);
  const made = { id: newId(), createdAt: (/* @__PURE__ */ new Date()).toISOString(), replayOf: id };
  const messages = /* @__PURE__ */ new Map();
  for (const status of wanted) {
    const original = await originalMessage(broker, status);
    const message = { ...original, ...made, node: to ?? original.node };
    messages.set(keyOf(message), message);
  }
  return [...messages.values()];
}
async function originalMessage(broker, status) {
  const { address, history } = status;
  const final = history.map(({ ack }) => ack).findLast(isFinal);
  const queued = final === void 0 && status.message === void 0 ? await queuedAt(broker, address) : void 0;
  const { message = status.message, raw } = final ?? (queued === void 0 ? {} : originalOf(queued.data));
  if (message !== void 0) {
    assertUnderstood(message);
    return message;
  }
  const what = `${address.id} on ${address.node} ${typeAndSubject(address)}`;
  const none = "is not a message that this version of Steward can read, so it cannot be sent again";
  if (raw !== void 0) throw new StewardError("badMessage", `${what} ${none}`);
  throw new StewardError("notFound", `the log does not contain the original of ${what}, so it cannot be sent again`);
}

// src/client/replay.ts
function prepareReplay(session, id, options = {}) {
  const { only, nodes, to } = options;
  return session.run(options, async () => {
    const node = nodes === void 0 ? void 0 : nameOf(nodes);
    if (to !== void 0 && nodes !== void 0 && node === void 0) {
      throw new StewardError("usage", "with `to`, `nodes` must be the name of one node");
    }
    const messages = await replayOf(session.broker, id, { node, to, only });
    const went = [...new Set(messages.map((message) => message.node))];
    if (nodes === void 0 || node !== void 0) return preparedOf(messages, { nodes: went, unmatched: [] });
    const isNarrowed = !isNames(nodes) && !("unmatched" in nodes);
    const meant = await resolve(session, isNarrowed ? { nodes: went, ...nodes } : nodes);
    return preparedOf(
      messages.filter((message) => meant.nodes.includes(message.node)),
      meant
    );
  });
}
function preparedOf(messages, { unmatched, seen = /* @__PURE__ */ new Set() }) {
  if (messages.length === 0)
    throw new StewardError("noMatch", "no matching node: the message was sent to none of these nodes");
  const nodes = [...new Set(messages.map(({ node }) => node))];
  return { messages, nodes, unmatched, known: false, seen };
}
function nameOf(targets) {
  if (isNames(targets)) {
    const [name = "", another] = [targets].flat();
    return another === void 0 && /^[\w-]+$/.test(name) && name !== "all" ? name : void 0;
  }
  const { nodes, ...rest } = targets;
  return Object.values(rest).every((value) => value === void 0) && nodes !== void 0 ? nameOf(nodes) : void 0;
}
export {
  prepareReplay
};
