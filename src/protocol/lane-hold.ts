import * as v from "valibot";
import { parseBytes } from "./parse-bytes.ts";

/**
 * Why a lane begins no further message: `paused` by an operator, or `quarantined` by the error kernel. Stands in the
 * state bucket under `<node>.lane.<messageType>.<subject>` until the lane is resumed, also when no daemon runs.
 */
export interface LaneHold {
  readonly state: "paused" | "quarantined";
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
const schema: v.GenericSchema<unknown, LaneHold | LaneResumed> = v.variant("state", [
  v.object({ state: v.picklist(["paused", "quarantined"]), reason: v.string(), ...common }),
  v.object({ state: v.literal("resumed"), ...common }),
]);

/** Reads what the state bucket says of a lane; undefined when the bytes are something else. */
export function parseLaneEntry(bytes: Uint8Array): LaneHold | LaneResumed | undefined {
  return parseBytes(schema, bytes);
}

/** Reads a hold; undefined when the lane is not held. */
export function parseLaneHold(bytes: Uint8Array): LaneHold | undefined {
  const entry = parseLaneEntry(bytes);
  return entry?.state === "resumed" ? undefined : entry;
}

/** The key of a lane's hold in the state bucket. */
export function laneHoldKey(node: string, lane: string): string {
  return `${node}.lane.${lane}`;
}
