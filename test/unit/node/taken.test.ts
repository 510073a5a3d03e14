import { headers as natsHeaders } from "nats";
import { expect, test } from "vitest";
import { TakenMessages } from "../../../src/node/taken.ts";
import { isId, isToken } from "../../../src/protocol/subjects.ts";
import { deliveryOf, messageWith } from "./support.ts";

const taken = (subject: string, header: Record<string, string> = {}) => {
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(header)) headers.set(name, value);
  return new TakenMessages().take(deliveryOf(messageWith(), { subject, headers }));
};

test("a delivery is taken in under the address that its subject names", () => {
  const message = messageWith({ id: "a" });
  const delivery = deliveryOf(message, { sequence: 7, storedAt: 1000 });
  const address = { node: "ship1", messageType: "command", subject: "ping", id: "a" };
  expect(new TakenMessages().take(delivery)).toEqual({
    sequence: 7,
    came: address,
    address,
    storedAt: 1000,
    forgedHeader: undefined,
    payload: delivery.data,
  });
});

test("each firing of a schedule has an id of its own, made from its number", () => {
  const firing = (sequence: number) =>
    taken("steward.ship1.command.ping.tick", { "Nats-Stream-Source": `STEWARD_SCHEDULES:hash ${sequence} a b c` });
  expect(firing(41)).toMatchObject({ came: { id: "tick" }, address: { id: "tick_41" } });
  expect(firing(42)?.address.id).toBe("tick_42");
});

test.each(["Nats-Stream", "Nats-Subject", "Nats-Sequence"])("a reply that was smuggled in is known by %s", (name) => {
  expect(taken("steward.ship1.command.ping.a", { [name]: "1" })).toMatchObject({ forgedHeader: name });
});

test.each(["Nats-Msg-Id", "Nats-Expected-Last-Sequence", "Anything"])("the header %s is a sender's own", (name) => {
  expect(taken("steward.ship1.command.ping.a", { [name]: "1" })).toMatchObject({ forgedHeader: undefined });
});

test.each([
  ["the id", `steward.ship1.command.ping.${"a".repeat(41)}`],
  ["the id", "steward.ship1.command.ping.a*"],
  ["the id", "steward.ship1.command.ping.>"],
  ["the subject", "steward.ship1.command.*.a"],
  ["the subject", `steward.ship1.command.${"p".repeat(65)}.a`],
  ["the subject", "steward.ship1.command.pïng.a"],
])("%s of %s is replaced where an ACK could not be written to it", (_which, subject) => {
  const { came, address } = taken(subject)!;
  expect(`steward.${came.node}.${came.messageType}.${came.subject}.${came.id}`).toBe(subject);
  expect(isId(address.id) && isToken(address.subject)).toBe(true);
});

test("different texts have different replacements, the same text always the same", () => {
  const id = (text: string) => taken(`steward.ship1.command.ping.${text}`)?.address.id;
  expect(id("a*")).toBe(id("a*"));
  expect(id("a*")).not.toBe(id("b*"));
});

test.each(["steward.ship1.reply.ping.a", "steward.ship1.command.ping", "steward.ship1.command.ping.a.b", "other"])(
  "the subject %s is not that of a message",
  (subject) => expect(taken(subject)).toBeUndefined(),
);

test("no more is taken in than fits in memory, but known messages are renewed when all are delivered again", () => {
  const all = new TakenMessages(2);
  const deliveries = [1, 2, 3].map((sequence) => deliveryOf(messageWith(), { sequence }));
  const deliver = (delivery: (typeof deliveries)[number]) => all.renew(delivery) || all.take(delivery);
  const [first, second, third] = deliveries.map((delivery) => () => deliver(delivery));
  first?.();
  expect([all.isFull, all.isNearlyFull]).toEqual([false, true]);
  second?.();
  expect(all.isFull).toBe(true);
  all.expectRenewals();
  expect(all.isFull).toBe(false);
  first?.();
  second?.();
  expect(all.isFull).toBe(false);
  third?.();
  expect([all.isFull, all.count]).toEqual([true, 3]);
  for (const each of all) all.forget(each);
  expect([all.isFull, all.isNearlyFull]).toEqual([false, false]);
});
