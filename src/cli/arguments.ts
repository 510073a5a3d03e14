import { longestTimer, parseDuration } from "../util/duration.ts";
import { StewardError } from "../protocol/errors.ts";
import { isId, nodeNameFault } from "../protocol/subjects.ts";
import type { Arguments } from "./command.ts";

/** The milliseconds of a duration that an option gives; undefined when it was not given. @throws StewardError usage */
export function durationOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new StewardError("usage", `--${option} ${text} is no duration; write one such as 30s or 5m`);
}

/** As `durationOf`, for a wait of this process itself: at most 24 days. */
export function timerOf(option: string, text: string | undefined): number | undefined {
  const ms = durationOf(option, text);
  if (ms === undefined || ms <= longestTimer) return ms;
  throw new StewardError("usage", `--${option} is at most 24d, not ${text}`);
}

/** The first of these options and positionals that was given, such as one that does not go with the rest. */
export function firstGiven<Args extends Arguments>(
  args: Args,
  names: readonly (keyof Args & string)[],
): string | undefined {
  return names.find((name) => args[name] !== undefined && args[name] !== false && [args[name]].flat().length > 0);
}

/** The id of a message. @throws StewardError usage */
export function messageIdOf(text: string): string {
  if (isId(text)) return text;
  throw new StewardError("usage", `"${text}" is no message id`);
}

/** The name of one node; undefined when it was not given. @throws StewardError badName */
export function nodeOf<Name extends string | undefined>(name: Name): Name {
  const fault = name === undefined ? undefined : nodeNameFault(name);
  if (fault !== undefined) throw new StewardError("badName", fault);
  return name;
}
