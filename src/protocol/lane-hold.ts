import * as v from "valibot";
import { parseBytes } from "../util/parse-bytes.ts";
import type { Unlisted } from "./ack.ts";
import { isToken } from "./subjects.ts";

/**
 * A hold: the lane starts no further message. An operator sets `paused`; the error kernel sets `quarantined`; a newer
 * version may set another state. Every state except `resumed` holds the lane, so that nothing runs by mistake. The
 * state bucket contains the hold under `<node>.lane.<messageType>.<subject>` until the lane is resumed, even if no
 * daemon runs.
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
   * The sequence of the ACK after which the lane was quarantined. This ACK and earlier ACKs of the lane do not
   * quarantine it again, even if a restarted daemon judges them again.
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

/**
 * The largest number of characters in a hold's reason. The number is limited because every list of the node's lanes
 * contains the reason.
 */
export const longestReason = 500;

/** An entry with more bytes than this loses its unknown keys. */
const longestEntry = 4096;

/** The beginning of a text. Half a character at its end (one surrogate of a pair) is removed. */
export function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

/** A text that is cut to this length, because the text in the bucket may be longer. */
const atMost = (length: number): v.GenericSchema<unknown, string> =>
  v.pipe(
    v.string(),
    v.transform((text) => cut(text, length)),
  );

const common = { since: atMost(64), by: atMost(64), behind: v.optional(v.number()) };
/** Keeps unknown keys, because the daemon may write the entry again. */
export const laneHoldSchema: v.GenericSchema<unknown, LaneHold> = v.looseObject({
  state: v.pipe(v.string(), v.check(isToken), v.notValue("resumed")),
  reason: atMost(longestReason),
  ...common,
});
const schema: v.GenericSchema<unknown, LaneHold | LaneResumed> = v.union([
  v.looseObject({ state: v.literal("resumed"), ...common }),
  laneHoldSchema,
]);

/** Reads a lane's entry in the state bucket; undefined if the bytes are not an entry. */
export function parseLaneEntry(bytes: Uint8Array): LaneHold | LaneResumed | undefined {
  const entry = parseBytes(schema, bytes);
  return entry === undefined || bytes.length <= longestEntry ? entry : knownOf(entry);
}

/** The entry with its known keys only. */
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
