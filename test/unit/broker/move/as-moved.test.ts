import { headers } from "nats";
import { expect, test } from "vitest";
import { asMoved } from "../../../../src/broker/move/as-moved.ts";
import type { Stored } from "../../../../src/broker/read/direct-get.ts";
import type { Message } from "../../../../src/protocol/message.ts";
import { messageByHand } from "../../../support/by-hand.ts";

const hour = 3_600_000;

/** A message as a direct get returns it: the broker adds its place after the message's own headers. */
function stored(message: object | string, own: Readonly<Record<string, string>> = {}, id: string = "m"): Stored {
  const found = headers();
  for (const [name, value] of Object.entries(own)) found.append(name, value);
  for (const name of ["Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp"]) found.append(name, "placed");
  const data = Buffer.from(typeof message === "string" ? message : JSON.stringify(message));
  return { subject: `steward.ship1.command.exec.${id}`, sequence: 7, storedAt: hour, data, headers: found };
}

function moved(
  one: Stored,
  { now = 2 * hour, longest }: { now?: number; longest?: number } = {},
): { place: string; message: Partial<Message>; headers: Record<string, string[]> } {
  const { place, payload, headers: kept } = asMoved(one, { now, longest });
  const text = Buffer.from(payload).toString();
  return { place, message: JSON.parse(text) as Partial<Message>, headers: Object.fromEntries(kept) };
}

test("a message stays as it is, without the headers of its place and of its write", () => {
  const own = { "Nats-Msg-Id": "x", "Nats-Batch-Id": "b", "Nats-Expected-Last-Sequence": "6", Own: "mine" };
  const message = { ...messageByHand(), later: { key: 1 } };
  expect(moved(stored(message, own))).toEqual({ place: "ship1.command.exec.m", message, headers: { Own: ["mine"] } });
});

test("a header that only the broker should write stays visible, so that the node rejects the message", () => {
  const own = { "Nats-Sequence": "1", "Nats-Stream": "OTHER" };
  expect(moved(stored(messageByHand(), own)).headers).toEqual({ "Nats-Sequence": ["1"], "Nats-Stream": ["OTHER"] });
});

test("an expiry and a lifetime become shorter by the age", () => {
  const one = stored(messageByHand({ expires: "90m" }), { "Nats-TTL": "5400s" });
  expect(moved(one)).toMatchObject({ message: { expires: "30m" }, headers: { "Nats-TTL": ["1800s"] } });
});

test("what has expired still ends, as expired", () => {
  const one = stored(messageByHand({ expires: "10m" }), { "Nats-TTL": "600" });
  expect(moved(one)).toMatchObject({ message: { expires: "1ms" }, headers: { "Nats-TTL": ["1s"] } });
});

test("an at-most-once message without an expiry does not outlive the ACKs that prove its run", () => {
  const one = stored(messageByHand({ delivery: "atMostOnce" }));
  expect(moved(one, { longest: 3 * hour }).message.expires).toBe("2h");
  expect(moved(one).message).not.toHaveProperty("expires");
  expect(moved(stored(messageByHand()), { longest: 3 * hour }).message).not.toHaveProperty("expires");
});

test("a firing becomes a message under the id of the firing, in its subject and in its payload", () => {
  const own = { "Nats-Stream-Source": "STEWARD_SCHEDULES 41 a b c", "Nats-Scheduler": "s", "Nats-Schedule-Next": "n" };
  expect(moved(stored(messageByHand({ id: "nightly" }), own, "nightly"))).toEqual({
    place: "ship1.command.exec.nightly_41",
    message: messageByHand({ id: "nightly_41" }),
    headers: {},
  });
});

test.each(["no JSON", '{"id":"m","id":"n"}', '{"delivery":"atMostOnce"}'])("%s is not repaired", (text) => {
  const { payload } = asMoved(stored(text), { now: 2 * hour, longest: hour });
  expect(Buffer.from(payload).toString()).toBe(text);
});
