import type { LaneReport } from "../../protocol/control.ts";
import { ago, table } from "./table.ts";

/** The lanes of a node as a table. A held lane has the reason. */
export function lanesTable(lanes: readonly LaneReport[], now: number = Date.now()): string[] {
  const head = ["LANE", "STATE", "WAITING", "RUNNING", "SINCE", "REASON"];
  return table(
    head,
    lanes.map((lane) => row(lane, now)),
  );
}

function row(lane: LaneReport, now: number): string[] {
  const { name, waiting, running, moreRunning = 0, hold, trouble } = lane;
  const since = hold?.since ?? trouble?.since ?? running.map(({ startedAt }) => startedAt).toSorted()[0];
  return [
    name,
    laneState(lane),
    String(waiting),
    [...running.map(({ id }) => id), ...(moreRunning > 0 ? [`and ${moreRunning} more`] : [])].join(",") || "-",
    since === undefined ? "-" : ago(Date.parse(since), now),
    laneReason(lane),
  ];
}

/** The state of a lane as one word. A held lane may still run its current message. */
export function laneState({ hold, trouble, running, waiting }: LaneReport): string {
  if (hold !== undefined) return hold.state;
  if (trouble !== undefined) return "blocked";
  if (running.length > 0) return "running";
  return waiting > 0 ? "waiting" : "idle";
}

/** The reason why a lane does not continue, or `-` if the lane continues. */
export function laneReason({ hold, trouble }: LaneReport): string {
  if (hold !== undefined) return [hold.by, hold.reason].filter(Boolean).join(": ");
  return trouble === undefined ? "-" : `${trouble.message} (${trouble.code})`;
}
