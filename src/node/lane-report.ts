import type { LaneReport } from "../protocol/control.ts";
import type { LaneHold } from "../protocol/lane-hold.ts";
import type { LaneBeat } from "../protocol/presence.ts";
import type { Trouble } from "../protocol/trouble.ts";
import type { Lane } from "./lane.ts";

/** How many of the messages that a lane runs are named, at most. */
const mostNamed = 100;

/** The lane of all messages that nobody serves here, of any subject. The name is no other lane's: it has no type. */
export const unserved = "unserved";

/** What `lanes` tells of a lane; of one that is held and in which nothing waits or runs, there is no process. */
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

/** What the heartbeat tells of a lane. */
export function laneBeat({ name, waiting, running, moreRunning = 0 }: LaneReport): LaneBeat {
  return { name, waiting, running: running.length + moreRunning };
}
