import { longestTimer, parseDuration, unitFault, type Duration } from "../util/duration.ts";
import { StewardError } from "../protocol/errors.ts";

/** The options of every call. */
export interface Signal {
  /** Ends the wait, but does not cancel a sent message. The call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a call waits for the nodes. There is no default, because a node may be down for weeks. */
export interface Until extends Signal {
  readonly wait: Duration | "forever";
  /** Ends the wait early. The call resolves with the result that is known so far, as at the end of `wait`. */
  readonly enough?: AbortSignal | undefined;
}

/**
 * A wait in milliseconds.
 * @throws StewardError usage for a text that is not a duration, or longer than a timer supports
 */
export function waitOf(wait: Duration | "forever" | undefined, name: string = "wait"): number {
  if (wait === "forever") return longestTimer;
  const ms = parseDuration(String(wait));
  if (ms !== undefined && ms <= longestTimer) return ms;
  const unit = unitFault(wait);
  if (unit !== undefined) throw new StewardError("usage", `${name} ${JSON.stringify(wait)} ${unit}`);
  const shown = wait === undefined ? "is missing" : `${JSON.stringify(wait)} is not a duration of at most 24d`;
  throw new StewardError("usage", `${name} ${shown}; write one such as "30s" or "5m"`);
}
