const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  version
} from "./chunk-RQDZDKP5.js";
import {
  fitting
} from "./chunk-U2N5OPV4.js";
import {
  requiresSchema
} from "./chunk-WUYJTG4S.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/protocol/features.ts
var protocol = 1;
var meanings = {
  requires: "a message that requires what is not known here is rejected, and not run",
  encoding: "the data of a message may be bytes, in base64"
};
var features = Object.keys(meanings);
function assertUnderstood(message) {
  if (typeof message !== "object" || message === null || !("requires" in message)) return;
  const requires = fitting(requiresSchema, message.requires) ?? [];
  const unknown = requires.filter((name) => !features.includes(name));
  if (unknown.length === 0) return;
  const names = unknown.map((name) => `"${name}"`).join(", ");
  throw new StewardError(
    "notUnderstood",
    `the message requires ${names}, which Steward ${version} does not know; update Steward on this node`
  );
}

export {
  protocol,
  features,
  assertUnderstood
};
