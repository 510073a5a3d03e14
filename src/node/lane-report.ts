import type { LaneReport } from "../protocol/control.ts";
import type { LaneHold } from "../protocol/lane-hold.ts";
import type { LaneBeat } from "../protocol/presence.ts";
import type { Trouble } from "../protocol/trouble.ts";
import type { Lane } from "./lane.ts";

/** The most running messages of a lane that a report lists. */
const mostNamed = 100;

/**
 * The lane of all messages without a handler on this node, of any subject. No other lane can have this name, because
 * the name has no message type.
 */
export const unserved = "unserved";

/** The report of `lanes` on one lane. `lane` is undefined for a held lane without waiting or running messages. */
export function laneReport(
  name: string,
  lane: Lane | undefined,
  hold: LaneHold | undefined,
  trouble: Trouble | undefined,
): LaneReport {
  const processes = lane?.processes() ?? [];
  const running = processes.slice(0, mostNamed).map(({ taken, progress }) => ({ id: taken.address.id, ...progress }));
  const more = processes.length - running.length;
  return { name, waiting: lane?.waiting ?? 0, running, ...(more === 0 ? {} : { moreRunning: more }), hold, trouble };
}

/** The part of the heartbeat about one lane. */
export function laneBeat({ name, waiting, running, moreRunning = 0 }: LaneReport): LaneBeat {
  return { name, waiting, running: running.length + moreRunning };
}
