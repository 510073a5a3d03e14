import { StewardError } from "../protocol/errors.ts";
import { longestTimer, parseDuration } from "../util/duration.ts";
import type { Arguments } from "./command.ts";

/** An option's text; undefined when it was not given. */
export function textOf(args: Arguments, name: string): string | undefined {
  const value = onlyOne(args, name);
  return value === undefined ? undefined : String(value);
}

/** The value of an option that means one thing only. @throws StewardError usage when it was given more often */
export function onlyOne(args: Arguments, name: string): string | number | boolean | undefined {
  const value = args[name];
  if (typeof value === "object") throw new StewardError("usage", `--${name} may be given once`);
  return value;
}

/** An option that may be given several times, or a positional that takes several words. */
export function listOf(args: Arguments, name: string): readonly string[] {
  const value = args[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

export function flagOf(args: Arguments, name: string): boolean {
  return args[name] === true;
}

/** An option's duration in milliseconds; undefined when it was not given. */
export function durationOf(args: Arguments, name: string): number | undefined {
  const text = textOf(args, name);
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new StewardError("usage", `--${name} ${text} is no duration; write one such as 30s or 5m`);
  return ms;
}

/** As `durationOf`, for a wait of this process itself: at most 24 days. */
export function timerOf(args: Arguments, name: string): number | undefined {
  const ms = durationOf(args, name);
  if (ms === undefined || ms <= longestTimer) return ms;
  throw new StewardError("usage", `--${name} is at most 24d, not ${textOf(args, name)}`);
}

/** An option's number, which must be whole and not negative; undefined when it was not given. */
export function wholeNumberOf(args: Arguments, name: string): number | undefined {
  const value = args[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new StewardError("usage", `--${name} must be a whole number, 0 or more`);
}
