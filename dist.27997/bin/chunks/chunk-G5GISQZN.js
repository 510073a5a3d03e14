const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  ago,
  table
} from "./chunk-B5MVZWQ5.js";
import {
  failedLanes,
  lastOutcome
} from "./chunk-2CFWZEUP.js";
import {
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";

// src/cli/render/nodes.ts
var head = ["NODE", "STATE", "SEEN", "QUEUED", "RUNNING", "LAST", "WHEN", "FAILING", "HELD", "VERSION", "HOST"];
function nodesTable(nodes) {
  return table(head, nodes.map(row));
}
function row(state) {
  const last = lastOutcome(state);
  const since = (at) => at === void 0 ? "-" : ago(Date.parse(at), state.asOf.getTime());
  return [
    state.node,
    stateWord(state),
    since(state.lastSeen),
    String(state.queued),
    String(state.running),
    last === void 0 ? "-" : `${typeAndSubject(last)} ${last.state}`,
    since(last?.at),
    String(failedLanes(state).length),
    heldText(state) || "-",
    infoText(state, "version") ?? "-",
    state.presence?.host ?? infoText(state, "host") ?? "-"
  ];
}
function stateWord({ up, troubles }) {
  if (!up) return "down";
  return troubles.length === 0 ? "up" : "degraded";
}
function heldText({ holds }) {
  const counts = /* @__PURE__ */ new Map([
    ["quarantined", 0],
    ["paused", 0]
  ]);
  for (const { state } of holds) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].flatMap(([kind, count]) => count === 0 ? [] : [`${kind} ${count}`]).join(", ");
}
function infoText({ info }, key) {
  const value = info?.[key];
  return typeof value === "string" ? value : void 0;
}
function nodeLine(state) {
  const last = lastOutcome(state);
  const counts = {
    queued: state.queued,
    running: state.running,
    failing: failedLanes(state).length,
    quarantined: state.holds.filter(({ state: held }) => held === "quarantined").length,
    // With the unknown kinds of holds of a newer version.
    paused: state.holds.filter(({ state: held }) => held !== "quarantined").length,
    last: last === void 0 ? "-" : `${typeAndSubject(last)}:${last.state}:${last.id}`,
    version: infoText(state, "version") ?? "-"
  };
  const parts = Object.entries(counts).map(([name, value]) => `${name}=${value}`);
  return [state.node, stateWord(state), ...parts].join(" ");
}
function nodeJson({ labels: _inInfo, asOf: _now, ...state }) {
  return stateJson(state);
}
function stateJson(state) {
  return { ...state, lastOutcome: lastOutcome(state), failures: failedLanes(state).length };
}

export {
  nodesTable,
  stateWord,
  infoText,
  nodeLine,
  nodeJson,
  stateJson
};
