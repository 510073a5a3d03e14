const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  parseBytes
} from "./chunk-U2N5OPV4.js";
import {
  check,
  literal,
  looseObject,
  notValue,
  number,
  optional,
  pipe,
  string,
  transform,
  union
} from "./chunk-WUYJTG4S.js";
import {
  isToken
} from "./chunk-VKEXPMYZ.js";

// src/protocol/lane-hold.ts
var longestReason = 500;
var longestEntry = 4096;
function cut(text, length) {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}
var atMost = (length) => pipe(
  string(),
  transform((text) => cut(text, length))
);
var common = { since: atMost(64), by: atMost(64), behind: optional(number()) };
var laneHoldSchema = looseObject({
  state: pipe(string(), check(isToken), notValue("resumed")),
  reason: atMost(longestReason),
  ...common
});
var schema = union([
  looseObject({ state: literal("resumed"), ...common }),
  laneHoldSchema
]);
function parseLaneEntry(bytes) {
  const entry = parseBytes(schema, bytes);
  return entry === void 0 || bytes.length <= longestEntry ? entry : knownOf(entry);
}
function knownOf(entry) {
  const { since, by, behind } = entry;
  if (isResumed(entry)) return { state: "resumed", since, by, behind };
  return { state: entry.state, since, by, reason: entry.reason, behind };
}
function parseLaneHold(bytes) {
  return holdOf(parseLaneEntry(bytes));
}
function holdOf(entry) {
  return entry === void 0 || isResumed(entry) ? void 0 : entry;
}
function isResumed(entry) {
  return entry.state === "resumed";
}
function laneHoldKey(node, lane) {
  return `${node}.lane.${lane}`;
}

export {
  longestReason,
  cut,
  laneHoldSchema,
  parseLaneEntry,
  parseLaneHold,
  holdOf,
  laneHoldKey
};
