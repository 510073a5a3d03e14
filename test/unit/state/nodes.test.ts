import { expect, test } from "vitest";
import { failedLanes, isFailure, lastOutcome, type LaneState } from "../../../src/state/nodes.ts";

const common = { id: "a", messageType: "command" } as const;
const lanes: LaneState[] = [
  { ...common, subject: "exec", state: "failed", at: "2026-01-31T12:00:01.000Z" },
  { ...common, subject: "ping", state: "succeeded", at: "2026-01-31T12:00:02.000Z" },
  { ...common, subject: "shell", state: "started", at: "2026-01-31T12:00:03.000Z" },
  { ...common, subject: "copy", state: "rejected", at: "2026-01-31T12:00:00.000Z" },
];

test("the last outcome of a node is the latest one in any lane", () => {
  expect(lastOutcome({ lanes })?.subject).toBe("ping");
  expect(lastOutcome({ lanes: [] })).toBeUndefined();
});

test("a lane is failing when its latest outcome is a failure", () => {
  expect(failedLanes({ lanes }).map(({ subject }) => subject)).toEqual(["exec", "copy"]);
  expect((["cancelled", "retrying", "interrupted", "expired"] as const).map((state) => isFailure({ state }))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
