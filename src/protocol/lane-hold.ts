import * as v from "valibot";
import { parseBytes } from "../util/parse-bytes.ts";
import type { Unlisted } from "./ack.ts";
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

/** The most characters of a hold's reason: every look at the node's lanes carries it. */
export const longestReason = 500;

/** The most bytes of an entry that is carried about as a whole, with the keys that are not known here. */
const longestEntry = 4096;

/** The beginning of a text, without half of a character at its end. */
export function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

/** A text of at most so many characters, cut if need be: what stands in the bucket may be longer. */
const atMost = (length: number): v.GenericSchema<unknown, string> =>
  v.pipe(
    v.string(),
    v.transform((text) => cut(text, length)),
  );

const common = { since: atMost(64), by: atMost(64), behind: v.optional(v.number()) };
/** Keys that are not known here stay: the entry is written again. */
export const laneHoldSchema: v.GenericSchema<unknown, LaneHold> = v.looseObject({
  state: v.pipe(v.string(), v.check(isToken), v.notValue("resumed")),
  reason: atMost(longestReason),
  ...common,
});
const schema: v.GenericSchema<unknown, LaneHold | LaneResumed> = v.union([
  v.looseObject({ state: v.literal("resumed"), ...common }),
  laneHoldSchema,
]);

/** Reads what the state bucket says of a lane; undefined when the bytes are something else. */
export function parseLaneEntry(bytes: Uint8Array): LaneHold | LaneResumed | undefined {
  const entry = parseBytes(schema, bytes);
  return entry === undefined || bytes.length <= longestEntry ? entry : knownOf(entry);
}

/** What is known of an entry: of one that is too long to be carried about, the rest is left out. */
function knownOf(entry: LaneHold | LaneResumed): LaneHold | LaneResumed {
  const { since, by, behind } = entry;
  if (isResumed(entry)) return { state: "resumed", since, by, behind };
  return { state: entry.state, since, by, reason: entry.reason, behind };
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
