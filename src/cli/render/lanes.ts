import type { LaneReport } from "../../protocol/control.ts";
import { ago, table } from "./table.ts";

/** The lanes of a node as a table: how each stands, since when, and why when it is held. */
export function lanesTable(lanes: readonly LaneReport[], now: number = Date.now()): string[] {
  const head = ["LANE", "STATE", "WAITING", "RUNNING", "SINCE", "REASON"];
  return table(
    head,
    lanes.map((lane) => row(lane, now)),
  );
}

function row(lane: LaneReport, now: number): string[] {
  const { name, waiting, running, moreRunning = 0, hold } = lane;
  const since = hold?.since ?? running.map(({ startedAt }) => startedAt).toSorted()[0];
  return [
    name,
    laneState(lane),
    String(waiting),
    [...running.map(({ id }) => id), ...(moreRunning > 0 ? [`and ${moreRunning} more`] : [])].join(",") || "-",
    since === undefined ? "-" : ago(Date.parse(since), now),
    hold === undefined ? "-" : [hold.by, hold.reason].filter(Boolean).join(": "),
  ];
}

/** A lane that is held may still run the message that it was at. */
export function laneState({ hold, running, waiting }: LaneReport): string {
  if (hold !== undefined) return hold.state;
  if (running.length > 0) return "running";
  return waiting > 0 ? "waiting" : "idle";
}
