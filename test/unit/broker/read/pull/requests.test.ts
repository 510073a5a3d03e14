import { expect, test, vi } from "vitest";
import { msgOf } from "../../support.ts";
import { scriptedPull } from "./support.ts";

test("an epoch begins with a request, bounded in number and bytes", () => {
  const { requests } = scriptedPull();
  expect(requests()).toMatchObject([{ batch: 1000, max_bytes: 512 * 1024, idle_heartbeat: 2e9, expires: 5e9 }]);
});

test.each([
  [408, "Request Timeout"],
  [409, "Batch Completed"],
  [409, "Leadership Change"],
  [409, "Server Shutdown"],
  [409, "Message Size Exceeds MaxBytes"],
  [404, "No Messages"],
])("the end of a request (%i %s) brings the next one at once", (code, description) => {
  const { status, requests, ended } = scriptedPull();
  status(code, description, { "Nats-Pending-Messages": 990, "Nats-Pending-Bytes": 10 });
  expect(requests()).toHaveLength(2);
  expect(requests()[1]!.max_bytes).toBe(512 * 1024);
  expect(ended).not.toHaveBeenCalled();
});

test("every request has an inbox of its own, and an earlier one's status says nothing of the present one", () => {
  const { status, requests } = scriptedPull();
  status(408, "Request Timeout");
  status(408, "Request Timeout", {}, 0);
  status(503, "No Responders", {}, 0);
  expect(new Set(requests().map(({ inbox }) => inbox)).size).toBe(2);
});

test("a delivery of an earlier request counts too", () => {
  const { status, requests, deliver, deliveries } = scriptedPull();
  status(409, "Leadership Change");
  deliver(msgOf({ subject: "s", reply: "$JS.ACK.M.ship1.1.100.1.0.0" }), requests()[0]!.inbox);
  expect(deliveries).toHaveLength(1);
});

test("a message larger than a request's bound is asked for with room enough for the largest, then the bound holds again", () => {
  const { status, requests } = scriptedPull();
  status(409, "Message Size Exceeds MaxBytes", { "Nats-Pending-Messages": 1000, "Nats-Pending-Bytes": 4_194_304 });
  status(409, "Batch Completed");
  expect(requests().map(({ max_bytes }) => max_bytes)).toEqual([524_288, 524_288 + 1024 * 1024, 524_288]);
});

test.each([
  [503, "No Responders"],
  [409, "Consumer Deleted"],
])("a missing consumer (%i %s) ends the epoch", (code, description) => {
  const { status, ended, requests } = scriptedPull();
  status(code, description);
  expect(ended).toHaveBeenCalledExactlyOnceWith("consumerGone", description);
  expect(requests()).toHaveLength(1);
});

test.each([
  [409, "Exceeded MaxRequestBatch of 10"],
  [409, "Exceeded MaxWaiting"],
  [400, "Bad Request - Invalid Batch"],
  [409, "Consumer is push based"],
])("a refusal (%i %s) is reported, and not repeated at once", (code, description) => {
  const { status, requests, refused, ended } = scriptedPull();
  status(code, description);
  expect(refused).toHaveBeenCalledExactlyOnceWith(description);
  expect(requests()).toHaveLength(1);
  vi.advanceTimersByTime(5000);
  expect(requests()).toHaveLength(2);
  expect(ended).not.toHaveBeenCalled();
});

test("after two missed heartbeats it asks again, and again", () => {
  const { requests } = scriptedPull();
  vi.advanceTimersByTime(4000);
  expect(requests()).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(requests()).toHaveLength(2);
  vi.advanceTimersByTime(5000);
  expect(requests()).toHaveLength(3);
});

test.each(["heartbeat", "message"] as const)("a %s breaks the silence", (what) => {
  const { status, message, requests } = scriptedPull();
  vi.advanceTimersByTime(4000);
  if (what === "message") message(1);
  else status(100, "Idle Heartbeat");
  vi.advanceTimersByTime(4000);
  expect(requests()).toHaveLength(1);
});

test("once stopped it asks no more", () => {
  const { pull, requests } = scriptedPull();
  pull.stop();
  vi.advanceTimersByTime(60_000);
  expect(requests()).toHaveLength(1);
});

test("if nothing came during a whole request, the next ones stay open longer and have no heartbeats, until the broker drops one", () => {
  const { status, requests, message } = scriptedPull();
  status(408, "Request Timeout");
  message(1);
  status(408, "Request Timeout");
  status(409, "Leadership Change");
  const busy = { idle_heartbeat: 2e9, expires: 5e9 };
  const idle = { idle_heartbeat: 0, expires: 120e9 };
  expect(requests()).toMatchObject([busy, idle, idle, busy]);
  status(408, "Request Timeout");
  vi.advanceTimersByTime(120_000);
  expect(requests()).toHaveLength(5);
  vi.advanceTimersByTime(5000);
  expect(requests()).toHaveLength(6);
});

test("a request that the broker has lost is repeated only by an idle node: heartbeats notice it otherwise", () => {
  const { pull, status, requests } = scriptedPull();
  pull.askIfIdle();
  expect(requests()).toHaveLength(1);
  status(408, "Request Timeout");
  pull.askIfIdle();
  expect(requests()).toMatchObject([{ expires: 5e9 }, { expires: 120e9 }, { expires: 5e9 }]);
});

test("a refusal of an idle node's request is not waited out as long as its answer is", () => {
  const { status, requests, refused } = scriptedPull();
  status(408, "Request Timeout");
  status(409, "Exceeded MaxRequestExpires of 1m0s");
  expect(refused).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(4000);
  expect(requests()).toHaveLength(2);
  vi.advanceTimersByTime(1000);
  expect(requests()).toHaveLength(3);
});

test("the next request is made when half of one is left, so that at most one and a half are open", () => {
  const { requests, message } = scriptedPull();
  for (let delivery = 1; delivery <= 500; delivery++) message(delivery);
  expect(requests()).toHaveLength(1);
  message(501);
  expect(requests()).toHaveLength(2);
  for (let delivery = 502; delivery <= 1500; delivery++) message(delivery);
  expect(requests()).toHaveLength(2);
  message(1501);
  expect(requests()).toHaveLength(3);
});

test("a large message counts by its bytes", () => {
  const { requests, deliver } = scriptedPull();
  const [{ inbox } = { inbox: "" }] = requests();
  const data = Buffer.alloc(300 * 1024);
  deliver(msgOf({ subject: "s", reply: "$JS.ACK.M.ship1.1.100.1.0.0", data }), inbox);
  expect(requests()).toHaveLength(2);
});

test("without room nothing is asked for, whatever ends; some seconds after there is room it continues", () => {
  const { status, requests, room, message } = scriptedPull();
  room.isFull = true;
  for (let delivery = 1; delivery <= 600; delivery++) message(delivery);
  status(409, "Batch Completed");
  vi.advanceTimersByTime(60_000);
  expect(requests()).toHaveLength(1);
  room.isFull = false;
  vi.advanceTimersByTime(4250);
  expect(requests()).toHaveLength(2);
});
