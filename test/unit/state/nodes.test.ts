import { expect, test } from "vitest";
import type { Ack } from "../../../src/protocol/ack.ts";
import { lastOutcome } from "../../../src/state/nodes.ts";

test("the last outcome of a node is the one that ended last, in whatever lane", () => {
  const common = { id: "a", node: "ship1", messageType: "command", attempt: 1, instance: "i" } as const;
  const lanes: Ack[] = [
    { ...common, subject: "exec", state: "failed", finishedAt: "2026-01-31T12:00:01.000Z" },
    { ...common, subject: "ping", state: "succeeded", finishedAt: "2026-01-31T12:00:02.000Z" },
    { ...common, subject: "shell", state: "started", startedAt: "2026-01-31T12:00:03.000Z" },
    { ...common, subject: "log", state: "rejected" },
  ];
  const state = { node: "ship1", up: true, presence: undefined, info: undefined, queued: 1, lanes, holds: [] };
  expect(lastOutcome(state)?.subject).toBe("ping");
  expect(lastOutcome({ ...state, lanes: [] })).toBeUndefined();
});
