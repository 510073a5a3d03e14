import * as v from "valibot";
import type { Unlisted } from "./ack.ts";
import { parseBytes } from "./parse-bytes.ts";
import { isToken } from "./subjects.ts";

/**
 * Why a lane begins no further message: `paused` by an operator, `quarantined` by the error kernel, or in a way that a
 * newer version knows: whatever does not say `resumed` holds the lane, so that nothing runs on a doubt. Stands in the
 * state bucket under `<node>.lane.<messageType>.<subject>` until the lane is resumed, also when no daemon runs.
 */
export interface LaneHold {
  readonly state: "paused" | "quarantined" | Unlisted;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** Who: the operator's name, or `kernel`. */
  readonly by: string;
  /** What it was about, in one line. */
  readonly reason: string;
  /** The sequence of the ACK that it follows: what ended before is judged already, also when it is met again. */
  readonly behind?: number | undefined;
}

/** What stands there once the lane is resumed. */
export interface LaneResumed {
  readonly state: "resumed";
  readonly since: string;
  readonly by: string;
  readonly behind?: number | undefined;
}

const common = { since: v.string(), by: v.string(), behind: v.optional(v.number()) };
/** Keys that are not known here stay: the entry is written again. */
export const laneHoldSchema: v.GenericSchema<unknown, LaneHold> = v.looseObject({
  state: v.pipe(v.string(), v.check(isToken), v.notValue("resumed")),
  reason: v.string(),
  ...common,
});
const schema: v.GenericSchema<unknown, LaneHold | LaneResumed> = v.union([
  v.looseObject({ state: v.literal("resumed"), ...common }),
  laneHoldSchema,
]);

/** Reads what the state bucket says of a lane; undefined when the bytes are something else. */
export function parseLaneEntry(bytes: Uint8Array): LaneHold | LaneResumed | undefined {
  return parseBytes(schema, bytes);
}

/** Reads a hold; undefined when the lane is not held. */
export function parseLaneHold(bytes: Uint8Array): LaneHold | undefined {
  return holdOf(parseLaneEntry(bytes));
}

/** What holds the lane, of what the state bucket says of it. */
export function holdOf(entry: LaneHold | LaneResumed | undefined): LaneHold | undefined {
  return entry === undefined || isResumed(entry) ? undefined : entry;
}

function isResumed(entry: LaneHold | LaneResumed): entry is LaneResumed {
  return entry.state === "resumed";
}

/** The key of a lane's hold in the state bucket. */
export function laneHoldKey(node: string, lane: string): string {
  return `${node}.lane.${lane}`;
}
