import * as v from "valibot";

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
}

const schema: v.GenericSchema<unknown, LaneHold> = v.object({
  state: v.picklist(["paused", "quarantined"]),
  since: v.string(),
  by: v.string(),
  reason: v.string(),
});

/** Reads a hold; undefined when the bytes are none. */
export function parseLaneHold(bytes: Uint8Array): LaneHold | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(Buffer.from(bytes).toString()));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** The key of a lane's hold in the state bucket. */
export function laneHoldKey(node: string, lane: string): string {
  return `${node}.lane.${lane}`;
}
