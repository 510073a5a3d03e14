import { setTimeout as delay } from "node:timers/promises";
import { errors } from "nats";
import { expect, test } from "vitest";
import { lastAck, onAcked } from "../../../../src/broker/read/acked.ts";
import type { Ack } from "../../../../src/protocol/ack.ts";
import { answerOf, found, msgOf, notFound, scriptedBroker } from "../support.ts";

const address = { node: "ship1", messageType: "command", subject: "ping", id: "a" } as const;
const ack: Ack = { ...address, state: "succeeded", attempt: 1, instance: "me" };

test("ACKs of a message are reported when stored, from every node, until the listener is removed", async () => {
  const { broker, deliver } = scriptedBroker(() => answerOf({}));
  const seen: Ack[] = [];
  const forget = onAcked(broker, "a", (each) => seen.push(each));
  await delay(0);
  const subjects = [
    "ship1.acked.command.ping.a",
    "ship2.acked.event.log.a",
    "ship1.acked.command.ping.b",
    "ship1.ack.command.ping.a",
  ];
  for (const subject of subjects) deliver(msgOf({ subject: `steward.${subject}`, data: JSON.stringify(ack) }));
  expect(seen).toEqual([ack, ack]);
  deliver(msgOf({ subject: "steward.ship1.acked.command.ping.a", data: "not an ACK" }));
  forget();
  deliver(msgOf({ subject: "steward.ship1.acked.command.ping.a", data: JSON.stringify(ack) }));
  expect(seen).toHaveLength(2);
});

test.each([
  ["an ACK", found(7, JSON.stringify(ack)), ack],
  ["something unreadable", found(7, "x"), undefined],
  ["nothing", notFound(), undefined],
  ["no answer", new errors.TimeoutError(), undefined],
])("the last ACK where there is %s", async (_what, answer, last) => {
  expect(await lastAck(scriptedBroker(() => answer).broker, address)).toEqual(last);
});
