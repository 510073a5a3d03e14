const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  kvEntries
} from "./chunk-6KZYLPZB.js";
import {
  byName
} from "./chunk-OMTY7AFQ.js";
import {
  toJson
} from "./chunk-VLDOLLNL.js";
import {
  parseBytes
} from "./chunk-U2N5OPV4.js";
import {
  array,
  nodeSchema,
  object
} from "./chunk-WUYJTG4S.js";

// src/protocol/group.ts
var groupSchema = object({ nodes: array(nodeSchema) });
function parseGroup(bytes) {
  const group = parseBytes(groupSchema, bytes);
  return group && { nodes: inOrder(group.nodes) };
}
function encodeGroup(nodes) {
  return toJson({ nodes });
}
function inOrder(nodes) {
  return [...new Set(nodes)].toSorted(byName);
}

// src/state/groups.ts
async function readGroups(broker) {
  const entries = await kvEntries(broker, broker.names.groupsBucket);
  const groups = [...entries].map(([name, value]) => [name, parseGroup(value)?.nodes ?? []]);
  return new Map(groups.toSorted(([a], [b]) => byName(a, b)));
}

export {
  parseGroup,
  encodeGroup,
  inOrder,
  readGroups
};
