import { longestTimer, parseDuration, unitFault } from "../util/duration.ts";
import { StewardError } from "../protocol/errors.ts";
import { idFault, nodeNameFault } from "../protocol/subjects.ts";
import type { Arguments } from "./command.ts";

/** The duration of an option, in milliseconds. Undefined if the option was not given. @throws StewardError usage */
export function durationOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  const fault = unitFault(text) ?? "is not a duration; write one such as 30s or 5m";
  throw new StewardError("usage", `--${option} ${text} ${fault}`);
}

/**
 * Like `durationOf`, for a time that this process waits. The time may be at most 24 days.
 * @throws StewardError usage
 */
export function timerOf(option: string, text: string | undefined): number | undefined {
  const ms = durationOf(option, text);
  if (ms === undefined || ms <= longestTimer) return ms;
  throw new StewardError("usage", `--${option} ${text} is too long; it may be at most 24d`);
}

/**
 * The name of the first of these options and positionals that was given. Callers use it to refuse options that exclude
 * each other.
 */
export function firstGiven<Args extends Arguments>(
  args: Args,
  names: readonly (keyof Args & string)[],
): string | undefined {
  return names.find((name) => args[name] !== undefined && args[name] !== false && [args[name]].flat().length > 0);
}

/** Checks the id of a message and returns the id. @throws StewardError usage */
export function messageIdOf(text: string): string {
  const fault = idFault(text);
  if (fault !== undefined) throw new StewardError("usage", fault);
  return text;
}

/** Checks the name of one node and returns the name. Undefined if no name was given. @throws StewardError badName */
export function nodeOf<Name extends string | undefined>(name: Name): Name {
  const fault = name === undefined ? undefined : nodeNameFault(name);
  if (fault !== undefined) throw new StewardError("badName", fault);
  return name;
}
