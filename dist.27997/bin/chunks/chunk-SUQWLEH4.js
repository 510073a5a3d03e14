const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  ago,
  table
} from "./chunk-B5MVZWQ5.js";

// src/cli/render/lanes.ts
function lanesTable(lanes, now = Date.now()) {
  const head = ["LANE", "STATE", "WAITING", "RUNNING", "SINCE", "REASON"];
  return table(
    head,
    lanes.map((lane) => row(lane, now))
  );
}
function row(lane, now) {
  const { name, waiting, running, moreRunning = 0, hold, trouble } = lane;
  const since = hold?.since ?? trouble?.since ?? running.map(({ startedAt }) => startedAt).toSorted()[0];
  return [
    name,
    laneState(lane),
    String(waiting),
    [...running.map(({ id }) => id), ...moreRunning > 0 ? [`and ${moreRunning} more`] : []].join(",") || "-",
    since === void 0 ? "-" : ago(Date.parse(since), now),
    laneReason(lane)
  ];
}
function laneState({ hold, trouble, running, waiting }) {
  if (hold !== void 0) return hold.state;
  if (trouble !== void 0) return "blocked";
  if (running.length > 0) return "running";
  return waiting > 0 ? "waiting" : "idle";
}
function laneReason({ hold, trouble }) {
  if (hold !== void 0) return [hold.by, hold.reason].filter(Boolean).join(": ");
  return trouble === void 0 ? "-" : `${trouble.message} (${trouble.code})`;
}

export {
  lanesTable,
  laneState,
  laneReason
};
