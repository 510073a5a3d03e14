import { isToken, nodeNameFault } from "../protocol/subjects.ts";
import { formatDuration, longestTimer, parseDuration, unitFault } from "../util/duration.ts";
import type { Bound } from "./options.ts";

/**
 * The error text for an invalid value; undefined if the value is valid. The caller puts the name or the place of the
 * value before the text.
 */
export function faultIn(bound: Bound, value: unknown): string | undefined {
  switch (bound.kind) {
    case "flag":
      return typeof value === "boolean" ? undefined : "must be true or false";
    case "wholeNumber":
      return wholeNumberFault(value, bound.least, bound.most);
    case "duration":
      return durationFault(value, bound.least);
    case "choice":
      return bound.choices.some((choice) => choice === value) ? undefined : `must be ${oneOf(bound.choices)}`;
    case "text":
    case "secret":
    case "token":
    case "nodeName":
    case "namespace":
    case "label":
    default:
      return typeof value === "string"
        ? textFault(bound.kind, value)
        : "must be a text; put numbers, true and false in quotes";
  }
}

function wholeNumberFault(value: unknown, least: number, most: number): string | undefined {
  if (typeof value !== "number" || Number.isNaN(value)) return "must be a number";
  if (!Number.isInteger(value)) return "must be a whole number";
  if (value < least) return least === 0 ? "must not be negative" : `must be at least ${least}`;
  return value > most ? `must be at most ${most}` : undefined;
}

function durationFault(value: unknown, least: number): string | undefined {
  const ms = typeof value === "string" ? parseDuration(value) : undefined;
  if (ms !== undefined && ms >= least && ms <= longestTimer) return undefined;
  const unit = unitFault(value);
  if (unit !== undefined) return unit;
  if (least > 1) return `must be a duration such as "30s" or "5m", at least ${formatDuration(least)} and at most 24d`;
  return `must be a duration ${least > 0 ? "longer than 0 " : ""}such as "30s" or "5m", at most 24d`;
}

function textFault(
  kind: "text" | "secret" | "token" | "nodeName" | "namespace" | "label",
  value: string,
): string | undefined {
  if (kind === "secret") return undefined;
  if (value === "") return "must not be empty";
  if (kind === "text") return value.includes("\0") ? "must not contain NUL" : undefined;
  if (kind === "nodeName") return nodeNameFault(value);
  if (kind === "token") return isToken(value) ? undefined : "may hold only A-Z a-z 0-9 _ - and at most 64 of them";
  // Stream names use capital letters only. Two namespaces that differ only in case would share their streams.
  if (kind === "namespace") {
    return isToken(value) && value === value.toLowerCase()
      ? undefined
      : "may hold only a-z 0-9 _ - and at most 64 of them, no capital letters";
  }
  return value.indexOf("=") > 0 ? undefined : "write it as key=value";
}

function oneOf(choices: readonly string[]): string {
  return `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}
