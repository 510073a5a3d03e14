const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  readGroups
} from "./chunk-3U2C6QZP.js";
import {
  hasLabel,
  labelsIn
} from "./chunk-XJF2EC2I.js";
import {
  readStandings
} from "./chunk-XDSV7F2Y.js";
import {
  kvEntries
} from "./chunk-6KZYLPZB.js";
import "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  addressesOf,
  byName,
  endingOf,
  limited,
  readStream
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import "./chunk-7C3OR7HS.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import {
  closest
} from "./chunk-EUBKYWQP.js";
import "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import "./chunk-P6SB6KP3.js";
import "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import {
  parseAck,
  parseJson
} from "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  ackFilter,
  keyOf
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/send/targets.ts
async function resolveTargets(broker, spec) {
  const { include, exclude, labels, only, limit, seed } = spec;
  const named = [...include, ...exclude].some(({ kind }) => kind === "group");
  const [seen, groups, endings] = await Promise.all([
    seenNodes(broker),
    named ? readGroups(broker) : /* @__PURE__ */ new Map(),
    only === void 0 ? void 0 : endingsOf(broker, only.id)
  ]);
  const names = [...seen.keys()].toSorted(byName);
  const namesOf = (target) => expanded(target, names, groups);
  const excluded = new Set(exclude.flatMap(namesOf));
  const meant = [...new Set(include.flatMap(namesOf))].filter((name) => {
    const its = seen.get(name) ?? /* @__PURE__ */ new Map();
    return !excluded.has(name) && labels.every((label) => hasLabel(its, label)) && (only === void 0 || endedSo(endings?.get(name), only));
  });
  const nodes = limited(meant, limit, seed);
  if (nodes.length === 0) {
    throw new StewardError("noMatch", "no matching node; `steward nodes` lists the known ones");
  }
  const patterns = include.filter((target) => target.kind === "glob");
  const empty = patterns.filter((target) => namesOf(target).length === 0).map(({ source }) => source);
  const unknown = labels.length === 0 ? [] : include.flatMap(namesOf).filter((name) => !seen.has(name));
  return { nodes, seen: new Set(seen.keys()), unmatched: [...empty, ...new Set(unknown)] };
}
async function seenNodes(broker) {
  const entries = await kvEntries(broker, broker.names.nodesBucket, "*.info");
  return new Map([...entries].map(([key, info]) => [key.split(".")[0] ?? "", labelsIn(parseJson(info))]));
}
function expanded(target, names, groups) {
  if (target.kind === "name") return [target.name];
  if (target.kind === "all") return names;
  if (target.kind === "glob") return names.filter(target.fits);
  const group = groups.get(target.name);
  if (group !== void 0) return group;
  const meant = closest(target.name, groups.keys());
  const hint = meant === void 0 ? "`steward group ls` lists the groups" : `did you mean @${meant}?`;
  throw new StewardError("noMatch", `group @${target.name} not found; ${hint}`);
}
async function endingsOf(broker, id) {
  const { names, namespace } = broker;
  const addresses = await addressesOf(broker, id);
  const acks = /* @__PURE__ */ new Map();
  const filters = [ackFilter(namespace, { id })];
  for await (const { data } of readStream(broker, names.acks, { filters, from: "first" })) {
    const ack = parseAck(data);
    if (ack !== void 0) acks.set(keyOf(ack), ack);
  }
  const asked = addresses.map((address) => ({ address, ack: acks.get(keyOf(address)) }));
  const standings = await readStandings(broker, asked, { asksDaemons: false });
  const endings = /* @__PURE__ */ new Map();
  for (const [at, { node }] of addresses.entries()) {
    const one = standings[at];
    endings.set(node, [...endings.get(node) ?? [], one === void 0 ? "pending" : endingOf(one)]);
  }
  return endings;
}
function endedSo(endings, { states }) {
  return endings?.some((ending) => states.includes(ending)) === true;
}
export {
  resolveTargets
};
