import { longestTimer, parseDuration, unitFault } from "../util/duration.ts";
import { StewardError } from "../protocol/errors.ts";
import { isId, nodeNameFault } from "../protocol/subjects.ts";
import type { Arguments } from "./command.ts";

/** The duration of an option, in milliseconds; undefined when it was not given. @throws StewardError usage */
export function durationOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  const fault = unitFault(text) ?? "is not a duration; write one such as 30s or 5m";
  throw new StewardError("usage", `--${option} ${text} ${fault}`);
}

/** Like `durationOf`, for a wait of this process: at most 24 days. */
export function timerOf(option: string, text: string | undefined): number | undefined {
  const ms = durationOf(option, text);
  if (ms === undefined || ms <= longestTimer) return ms;
  throw new StewardError("usage", `--${option} ${text} is too long; it may be at most 24d`);
}

/** The first of these options and positionals that was given, for example one that does not fit with the others. */
export function firstGiven<Args extends Arguments>(
  args: Args,
  names: readonly (keyof Args & string)[],
): string | undefined {
  return names.find((name) => args[name] !== undefined && args[name] !== false && [args[name]].flat().length > 0);
}

/** The id of a message. @throws StewardError usage */
export function messageIdOf(text: string): string {
  if (isId(text)) return text;
  throw new StewardError("usage", `"${text}" is not a message id (A-Z a-z 0-9 _ -, at most 40 characters)`);
}

/** The name of one node; undefined when it was not given. @throws StewardError badName */
export function nodeOf<Name extends string | undefined>(name: Name): Name {
  const fault = name === undefined ? undefined : nodeNameFault(name);
  if (fault !== undefined) throw new StewardError("badName", fault);
  return name;
}
