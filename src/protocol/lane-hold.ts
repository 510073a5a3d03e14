import * as v from "valibot";
import { parseBytes } from "../util/parse-bytes.ts";
import type { Unlisted } from "./ack.ts";
import { isToken } from "./subjects.ts";

/**
 * Why a lane starts no further message: `paused` by an operator, `quarantined` by the error kernel, or another state
 * of a newer version. Every state but `resumed` holds the lane, so that nothing runs by mistake. It is stored in the
 * state bucket under `<node>.lane.<messageType>.<subject>` until the lane is resumed, also when no daemon runs.
 */
export interface LaneHold {
  readonly state: "paused" | "quarantined" | Unlisted;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** The operator's name, or `kernel`. */
  readonly by: string;
  /** The reason, in one line. */
  readonly reason: string;
  /**
   * The sequence of the ACK that caused the hold. All ACKs up to it are judged already, also when they are read again.
   */
  readonly behind?: number | undefined;
}

/** The entry of a resumed lane. */
export interface LaneResumed {
  readonly state: "resumed";
  readonly since: string;
  readonly by: string;
  readonly behind?: number | undefined;
}

/** The most characters of a hold's reason, because every view of the node's lanes contains it. */
export const longestReason = 500;

/** The most bytes of an entry that is kept whole, with its unknown keys. */
const longestEntry = 4096;

/** The beginning of a text, never with half a character at its end. */
export function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

/** A text that is cut to this length: the one in the bucket may be longer. */
const atMost = (length: number): v.GenericSchema<unknown, string> =>
  v.pipe(
    v.string(),
    v.transform((text) => cut(text, length)),
  );

const common = { since: atMost(64), by: atMost(64), behind: v.optional(v.number()) };
/** Unknown keys are kept, because the entry is written again. */
export const laneHoldSchema: v.GenericSchema<unknown, LaneHold> = v.looseObject({
  state: v.pipe(v.string(), v.check(isToken), v.notValue("resumed")),
  reason: atMost(longestReason),
  ...common,
});
const schema: v.GenericSchema<unknown, LaneHold | LaneResumed> = v.union([
  v.looseObject({ state: v.literal("resumed"), ...common }),
  laneHoldSchema,
]);

/** Reads a lane's entry in the state bucket; undefined when the bytes are something else. */
export function parseLaneEntry(bytes: Uint8Array): LaneHold | LaneResumed | undefined {
  const entry = parseBytes(schema, bytes);
  return entry === undefined || bytes.length <= longestEntry ? entry : knownOf(entry);
}

/** An entry that is too long to be kept whole, reduced to its known keys. */
function knownOf(entry: LaneHold | LaneResumed): LaneHold | LaneResumed {
  const { since, by, behind } = entry;
  if (isResumed(entry)) return { state: "resumed", since, by, behind };
  return { state: entry.state, since, by, reason: entry.reason, behind };
}

/** Reads a hold; undefined when the lane is not held. */
export function parseLaneHold(bytes: Uint8Array): LaneHold | undefined {
  return holdOf(parseLaneEntry(bytes));
}

/** The hold in a lane's entry; undefined when the lane is not held. */
export function holdOf(entry: LaneHold | LaneResumed | undefined): LaneHold | undefined {
  return entry === undefined || isResumed(entry) ? undefined : entry;
}

function isResumed(entry: LaneHold | LaneResumed): entry is LaneResumed {
  return entry.state === "resumed";
}

/** The key of a lane's entry in the state bucket. */
export function laneHoldKey(node: string, lane: string): string {
  return `${node}.lane.${lane}`;
}
