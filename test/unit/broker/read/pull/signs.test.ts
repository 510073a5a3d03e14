import { expect, test, vi } from "vitest";
import { headersWith, msgOf } from "../../support.ts";
import { scriptedPull, type ScriptedPull } from "./support.ts";

const busy = { idle_heartbeat: 2e9 };
const idle = { idle_heartbeat: 0 };
const hintOf = (sequence: number) =>
  msgOf({ subject: "steward.ship1.queued", headers: headersWith({ "Nats-Sequence": String(sequence) }) });
/** The support's first message has this sequence, and each other one 100 more. */
const hint = hintOf(100);
const elected = msgOf({ subject: "$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.STEWARD_ACKS" });

/** A pull whose first request has brought nothing. */
function atRest(): ScriptedPull {
  const pull = scriptedPull();
  pull.status(408, "Request Timeout");
  return pull;
}

test("it listens for signs until it is stopped, since each end of a subscription costs the server much", () => {
  const { subscribed, status, message, pull } = scriptedPull();
  const all = subscribed();
  expect(all.slice(1)).toEqual([hint.subject, "$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.*"]);
  status(408, "Request Timeout");
  message(1);
  expect(subscribed()).toEqual(all);
  pull.stop();
  expect(subscribed()).toEqual([]);
});

test("a busy node does not act on signs, because its heartbeats show what is lost", () => {
  const { deliver, requests, status } = scriptedPull();
  deliver(hint);
  deliver(elected);
  for (let ms = 0; ms < 3000; ms += 1000) {
    vi.advanceTimersByTime(1000);
    status(100, "Idle Heartbeat", { "Nats-Last-Consumer": 0 });
  }
  expect(requests()).toHaveLength(1);
});

test("an idle node that is not handed a stored message soon asks again, once, with heartbeats", () => {
  const { deliver, requests } = atRest();
  for (let count = 0; count < 3; count++) deliver(hint);
  vi.advanceTimersByTime(4900);
  expect(requests()).toMatchObject([busy, idle]);
  vi.advanceTimersByTime(1200);
  expect(requests()).toMatchObject([busy, idle, busy]);
});

test("a stored message that is delivered soon brings no further request", () => {
  const { deliver, requests, message } = atRest();
  deliver(hint);
  message(1);
  vi.advanceTimersByTime(7000);
  expect(requests()).toMatchObject([busy, idle]);
});

test("while messages come to an idle node, the newest one is looked for, not only the first", () => {
  const { deliver, requests, message } = atRest();
  deliver(hintOf(100));
  message(1);
  vi.advanceTimersByTime(1000);
  deliver(hintOf(200));
  vi.advanceTimersByTime(5100);
  expect(requests()).toMatchObject([busy, idle]);
  vi.advanceTimersByTime(6100);
  expect(requests()).toMatchObject([busy, idle, busy]);
});

test("an idle node asks again after each new leader of a stream, and stays idle", () => {
  const { deliver, requests } = atRest();
  for (let count = 0; count < 2; count++) {
    deliver(elected);
    vi.advanceTimersByTime(3000);
  }
  expect(requests()).toMatchObject([busy, idle, idle, idle]);
});

test("once stopped, no sign brings a request", () => {
  const { deliver, requests, pull } = atRest();
  deliver(hint);
  deliver(elected);
  pull.stop();
  vi.advanceTimersByTime(60_000);
  expect(requests()).toHaveLength(2);
});
