import { expect, test } from "vitest";
import { scriptedPull } from "./support.ts";

const time = 1_769_860_800_500;

test.each([
  ["plain", `$JS.ACK.STEWARD_MESSAGES.ship1.1.700.1.${time}000000.5`],
  ["with domain and account", `$JS.ACK.hub.ACCHASH.STEWARD_MESSAGES.ship1.1.700.1.${time}000000.5`],
  ["with domain, account and a token more", `$JS.ACK._.ACCHASH.STEWARD_MESSAGES.ship1.1.700.1.${time}000000.5.x1`],
])("a delivery is handed on with the place that its reply subject names (%s)", (_form, reply) => {
  const { message, deliveries } = scriptedPull();
  message(1, reply);
  expect(deliveries).toEqual([
    {
      sequence: 700,
      subject: "steward.ship1.command.ping.a",
      storedAt: time,
      data: Buffer.from("payload"),
      headers: undefined,
    },
  ]);
});

test("deliveries are handed on in the order in which the consumer sent them", () => {
  const { message, deliveries, ended } = scriptedPull();
  for (const delivery of [1, 2, 3]) message(delivery);
  expect(deliveries.map(({ sequence }) => sequence)).toEqual([100, 200, 300]);
  expect(ended).not.toHaveBeenCalled();
});

test.each([
  ["one is missing at the start", [2]],
  ["one is missing in the middle", [1, 2, 4]],
  ["one comes twice", [1, 2, 2]],
])("when %s the epoch ends, once, and nothing more is delivered", (_what, order) => {
  const { message, deliveries, ended, subscribed } = scriptedPull();
  for (const delivery of order) message(delivery);
  message(5);
  expect(ended).toHaveBeenCalledExactlyOnceWith("gap", expect.any(String));
  expect(deliveries).toHaveLength(order.length - 1);
  expect(subscribed()).toEqual([]);
});

test("stopped, it listens no more", () => {
  const { pull, message, deliveries, subscribed, requests } = scriptedPull();
  pull.stop();
  message(1);
  expect(deliveries).toEqual([]);
  expect(subscribed()).toEqual([]);
  expect(requests()).toHaveLength(1);
});
