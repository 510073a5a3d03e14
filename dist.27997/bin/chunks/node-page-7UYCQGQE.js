const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  laneReason,
  laneState
} from "./chunk-SUQWLEH4.js";
import {
  infoText,
  stateJson,
  stateWord
} from "./chunk-G5GISQZN.js";
import {
  ago,
  table
} from "./chunk-B5MVZWQ5.js";
import "./chunk-WQBAR2TX.js";
import "./chunk-2CFWZEUP.js";
import "./chunk-EYZB2UB4.js";
import {
  labelsIn
} from "./chunk-XJF2EC2I.js";
import "./chunk-6KZYLPZB.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  byName
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
  laneOf,
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/cli/render/node-page.ts
function nodePageText(page) {
  const { state, asOf, lastFailures } = page;
  const [lanes, facts] = [lanesOf(page), factsOf(page)];
  const width = Math.max(...facts.map(([name]) => name.length));
  const parts = [facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`)];
  if (lanes.length > 0) {
    const head = ["LANE", "STATE", "WAITING", "RUNNING", "LAST", "WHEN", "HELD"];
    parts.push(
      table(
        head,
        lanes.map((lane) => laneRow(lane, asOf))
      )
    );
  }
  if (lastFailures.length > 0) {
    const lines = lastFailures.map(({ at, id, state: ended, error, ...lane }) => {
      const why = error === void 0 ? "" : ` (${error.code}) ${error.message}`;
      return `${at} ${typeAndSubject(lane)} ${id} ${ended}${why}`;
    });
    parts.push(["Last failures:", ...lines]);
  } else if (lanes.length === 0) parts.push([`nothing has run on ${state.node}`]);
  return parts.flatMap((part, index) => index === 0 ? part : ["", ...part]);
}
function nodePageJson(page) {
  const { state, now, groups, lastFailures } = page;
  const lanes = lanesOf(page).map((lane) => ({ ...lane, state: laneState(lane) }));
  return { ...stateJson(state), daemon: now.daemon, draining: now.draining, groups, lanes, lastFailures };
}
function lanesOf({ state, now }) {
  const lanes = new Map(now.lanes.map((lane) => [lane.name, lane]));
  for (const last of state.lanes) {
    const name = laneOf(last);
    const lane = lanes.get(name) ?? { name, waiting: 0, running: [] };
    if (lane.last === void 0 || lane.last.at < last.at) lanes.set(name, { ...lane, last });
  }
  return [...lanes.values()].toSorted((a, b) => byName(a.name, b.name));
}
function factsOf({ state, asOf, now, groups }) {
  const { node, up, lastSeen, presence, info, queued } = state;
  const text = (key) => infoText(state, key);
  const seen = lastSeen === void 0 ? "never seen" : `last seen ${ago(Date.parse(lastSeen), asOf)}, ${lastSeen}`;
  const doubt = up === (now.daemon === "up") ? "" : `; its daemon ${said[now.daemon]}`;
  const startedAt = presence?.startedAt ?? text("startedAt");
  const facts = [
    ["node", node],
    ["state", `${stateWord(state)}, ${seen}${doubt}${now.draining ? "; draining: starts no further message" : ""}`],
    ...state.troubles.map((trouble) => ["trouble", troubleText(trouble, asOf)]),
    ["host", presence?.host ?? text("host")],
    ["system", joined([text("os"), text("node") && `Node ${text("node")}`])],
    ["version", text("version")],
    ["instance", presence?.instance ?? text("instance")],
    ["process", presence && String(presence.pid)],
    ["started", startedAt && `${startedAt}, ${ago(Date.parse(startedAt), asOf)}`],
    ["labels", joined([...labelsIn(info)].map(([key, value]) => `${key}=${value}`))],
    ["groups", joined(groups.map((group) => `@${group}`))],
    [
      "serves",
      Array.isArray(info?.["subjects"]) ? joined(info["subjects"].filter((one) => typeof one === "string")) : void 0
    ],
    ["queued", String(queued)]
  ];
  return facts.flatMap(([name, value]) => value === void 0 ? [] : [[name, value]]);
}
function troubleText({ what, code, message, since }, asOf) {
  return `${what}, since ${lasting(since, asOf)}: ${message} (${code})`;
}
var said = { up: "answers", down: "is not connected", silent: "is connected but does not answer" };
function laneRow(lane, asOf) {
  const { name, waiting, running, last } = lane;
  return [
    name,
    laneState(lane),
    String(waiting),
    running.map(({ id, startedAt }) => `${id} for ${lasting(startedAt, asOf)}`).join(", ") || "-",
    last === void 0 ? "-" : `${last.state} ${last.id}`,
    last === void 0 ? "-" : ago(Date.parse(last.at), asOf),
    laneReason(lane)
  ];
}
function lasting(since, asOf) {
  return ago(Date.parse(since), asOf).replace(/ ago$/, "");
}
function joined(texts) {
  return texts.filter(Boolean).join(", ") || void 0;
}
export {
  nodePageJson,
  nodePageText
};
