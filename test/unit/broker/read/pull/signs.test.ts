import { expect, test, vi } from "vitest";
import { msgOf } from "../../support.ts";
import { scriptedPull, type ScriptedPull } from "./support.ts";

const busy = { idle_heartbeat: 2e9 };
const idle = { idle_heartbeat: 0 };
const hint = msgOf({ subject: "steward.ship1.queued" });
const elected = msgOf({ subject: "$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.STEWARD_ACKS" });

/** A pull whose first request has brought nothing. */
function atRest(): ScriptedPull {
  const pull = scriptedPull();
  pull.status(408, "Request Timeout");
  return pull;
}

test("only an idle node listens for signs, so that a busy one pays nothing for them", () => {
  const { subscribed, status, message, pull } = scriptedPull();
  const inbox = subscribed();
  expect(inbox).toHaveLength(1);
  status(408, "Request Timeout");
  expect(subscribed()).toEqual([...inbox, hint.subject, "$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.*"]);
  message(1);
  expect(subscribed()).toEqual(inbox);
  status(408, "Request Timeout");
  status(408, "Request Timeout");
  pull.stop();
  expect(subscribed()).toEqual([]);
});

test("an idle node that is not handed a stored message soon asks again, once, with heartbeats", () => {
  const { deliver, requests } = atRest();
  for (let count = 0; count < 3; count++) deliver(hint);
  vi.advanceTimersByTime(1900);
  expect(requests()).toMatchObject([busy, idle]);
  vi.advanceTimersByTime(700);
  expect(requests()).toMatchObject([busy, idle, busy]);
});

test("a stored message that is delivered soon brings no further request", () => {
  const { deliver, requests, message } = atRest();
  deliver(hint);
  message(1);
  vi.advanceTimersByTime(4000);
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
