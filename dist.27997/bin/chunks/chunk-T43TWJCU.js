const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  formatDuration,
  longestTimer,
  parseDuration
} from "./chunk-CFOZLGDG.js";
import {
  isToken,
  nodeNameFault
} from "./chunk-VKEXPMYZ.js";

// src/config/bounds.ts
function faultIn(bound, value) {
  switch (bound.kind) {
    case "flag":
      return typeof value === "boolean" ? void 0 : "must be true or false";
    case "wholeNumber":
      return wholeNumberFault(value, bound.least, bound.most);
    case "duration":
      return durationFault(value, bound.least);
    case "choice":
      return bound.choices.some((choice) => choice === value) ? void 0 : `must be ${oneOf(bound.choices)}`;
    case "text":
    case "secret":
    case "token":
    case "nodeName":
    case "namespace":
    case "label":
    default:
      return typeof value === "string" ? textFault(bound.kind, value) : "must be a text; put numbers, true and false in quotes";
  }
}
function wholeNumberFault(value, least, most) {
  if (typeof value !== "number" || Number.isNaN(value)) return "must be a number";
  if (!Number.isInteger(value)) return "must be a whole number";
  if (value < least) return least === 0 ? "must not be negative" : `must be at least ${least}`;
  return value > most ? `must be at most ${most}` : void 0;
}
function durationFault(value, least) {
  const ms = typeof value === "string" ? parseDuration(value) : void 0;
  if (ms !== void 0 && ms >= least && ms <= longestTimer) return void 0;
  if (least > 1) return `must be a duration such as "30s" or "5m", at least ${formatDuration(least)} and at most 24d`;
  return `must be a duration ${least > 0 ? "longer than 0 " : ""}such as "30s" or "5m", at most 24d`;
}
function textFault(kind, value) {
  if (kind === "secret") return void 0;
  if (value === "") return "must not be empty";
  if (kind === "text") return value.includes("\0") ? "must not contain NUL" : void 0;
  if (kind === "nodeName") return nodeNameFault(value);
  if (kind === "token") return isToken(value) ? void 0 : "may hold only A-Z a-z 0-9 _ - and at most 64 of them";
  if (kind === "namespace") {
    return isToken(value) && value === value.toLowerCase() ? void 0 : "may hold only a-z 0-9 _ - and at most 64 of them, no capital letters";
  }
  return value.indexOf("=") > 0 ? void 0 : "write it as key=value";
}
function oneOf(choices) {
  return `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}

export {
  faultIn
};
