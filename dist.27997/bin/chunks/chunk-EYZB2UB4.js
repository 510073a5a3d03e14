const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  troubleSchema
} from "./chunk-KBGVZMHU.js";
import {
  byName
} from "./chunk-OMTY7AFQ.js";
import {
  parseBytes
} from "./chunk-U2N5OPV4.js";
import {
  array,
  fallback,
  number,
  object,
  optional,
  string
} from "./chunk-WUYJTG4S.js";

// src/protocol/presence.ts
var lanesNamed = 100;
function lanesInBeat(all) {
  const counts = { lanes: all.length, waiting: 0, running: 0 };
  for (const { waiting, running } of all) {
    counts.waiting += waiting;
    counts.running += running;
  }
  const busiest = all.toSorted((a, b) => b.running - a.running || b.waiting - a.waiting).slice(0, lanesNamed);
  return { lanes: busiest.toSorted((a, b) => byName(a.name, b.name)), counts };
}
var presenceSchema = object({
  protocol: optional(number()),
  instance: string(),
  host: string(),
  pid: number(),
  bootId: optional(string()),
  pidNamespace: optional(string()),
  startTicks: optional(string()),
  startedAt: string(),
  // The owner of the node must be readable, even if the lanes are not.
  lanes: fallback(array(object({ name: string(), waiting: number(), running: number() })), []),
  counts: fallback(optional(object({ lanes: number(), waiting: number(), running: number() })), void 0),
  troubles: fallback(optional(array(troubleSchema)), void 0)
});
function parsePresence(bytes) {
  return parseBytes(presenceSchema, bytes);
}

export {
  lanesInBeat,
  parsePresence
};
