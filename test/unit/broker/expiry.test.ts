import { errors } from "nats";
import { expect, test } from "vitest";
import { outlived } from "../../../src/broker/expiry.ts";
import { answerOf, found, notFound, scriptedBroker } from "./support.ts";

const address = { node: "ship1", messageType: "command", subject: "ping", id: "a" } as const;

/** The support's stored messages came at 12:00:00.5. */
const at = (time: string) => answerOf({ ts: `2026-01-31T12:00:${time}Z` });

test.each([
  ["10s", "10.4", false],
  ["10s", "10.6", true],
  ["1h", "59", false],
])("what expires %s after it was stored has by second %s: %s", async (expires, now, expired) => {
  const { broker, asked } = scriptedBroker(({ subject }) =>
    subject.includes(".INFO.") ? at(now) : found(7, JSON.stringify({ expires })),
  );
  expect(await outlived(broker, [address])).toEqual(expired ? [address] : []);
  expect(asked.map(({ subject }) => subject)).toContain(
    "$JS.API.DIRECT.GET.STEWARD_MESSAGES.steward.ship1.command.ping.a",
  );
});

test.each([
  ["that need not", found(7, "{}")],
  ["that is not there any more", notFound()],
  ["whose expiry is no duration", found(7, JSON.stringify({ expires: 7 }))],
  ["that is no message", found(7, "garbage")],
])("a message %s has not expired", async (_which, stored) => {
  const { broker } = scriptedBroker(({ subject }) => (subject.includes(".INFO.") ? at("59") : stored));
  expect(await outlived(broker, [address])).toEqual([]);
});

test("of no message nothing is asked, and silence is left to the caller", async () => {
  const { broker, asked } = scriptedBroker(() => new errors.TimeoutError());
  expect(await outlived(broker, [])).toEqual([]);
  expect(asked).toEqual([]);
  await expect(outlived(broker, [address])).rejects.toThrow(errors.TimeoutError);
});
