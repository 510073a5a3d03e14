import { expect, test } from "vitest";
import { runningIn } from "../../../src/state/running.ts";

const beat = (running: number) => ({
  instance: "i",
  host: "h",
  pid: 1,
  startedAt: "",
  lanes: [{ name: "command.exec", waiting: 0, running }],
});
const ack = (state: "started" | "succeeded" | "retrying", storedAt: number, subject = "exec") =>
  ({ messageType: "command", subject, state, storedAt }) as const;
const queued = new Map([["command.exec", 5]]);

test.each([
  ["the heartbeat's count, when nothing came since", beat(2), [ack("started", 9)], 2],
  ["what began since the heartbeat", beat(0), [ack("started", 11)], 1],
  ["one of several that the heartbeat counted, when it began before", beat(3), [ack("started", 11)], 3],
  ["one less when one has ended since", beat(1), [ack("succeeded", 11)], 0],
  ["none less than none", beat(0), [ack("succeeded", 11)], 0],
  ["what waits for another attempt", beat(0), [ack("retrying", 11)], 1],
  ["of a node that is down, what began and has not ended", undefined, [ack("started", 9)], 1],
  ["of a node that is down, nothing that has ended", undefined, [ack("succeeded", 9)], 0],
  ["only what is queued", undefined, [ack("started", 9, "ping")], 0],
])("%s", (_what, its, acks, expected) => {
  expect(runningIn({ beat: its, beatAt: 10, acks, queued })).toBe(expected);
});
