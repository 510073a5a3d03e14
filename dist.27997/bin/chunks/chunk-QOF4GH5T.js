const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  parseTargets,
  resolve
} from "./chunk-OMTY7AFQ.js";
import {
  parseDuration
} from "./chunk-CFOZLGDG.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/client/filter.ts
async function selectionOf(session, { nodes, subject, type, id }) {
  return {
    messageType: type,
    subjects: listOf(subject),
    ids: listOf(id),
    nodes: nodes === void 0 ? [] : await patternsOf(session, nodes)
  };
}
async function patternsOf(session, nodes) {
  const words = typeof nodes === "string" || Array.isArray(nodes) ? listOf(nodes) : void 0;
  const targets = words?.flatMap(parseTargets);
  if (targets?.some(({ kind }) => kind === "all") === true) return [];
  if (words !== void 0 && targets?.every(({ kind }) => kind !== "group") === true) return words;
  return (await resolve(session, nodes)).nodes;
}
function listOf(names) {
  return [names ?? []].flat().flatMap((text) => text.split(",").map((name) => name.trim()));
}
function momentOf(moment, name) {
  if (moment === void 0 || moment instanceof Date) return moment;
  const agoMs = parseDuration(moment);
  if (agoMs !== void 0) return { agoMs };
  throw new StewardError(
    "usage",
    `${name} ${JSON.stringify(moment)} is not a duration; write one such as "2h", or a date`
  );
}

export {
  selectionOf,
  momentOf
};
