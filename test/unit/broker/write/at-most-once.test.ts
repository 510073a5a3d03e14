import { errors } from "nats";
import { expect, test } from "vitest";
import { expireBeforeForgotten } from "../../../../src/broker/write/at-most-once.ts";
import { messageWith } from "../../node/support.ts";
import { answerOf, scriptedBroker } from "../support.ts";

const week = 7 * 24 * 3_600_000;
const once = messageWith({ delivery: "atMostOnce" });

test("a broker that is away for a moment is asked again", async () => {
  const info = answerOf({ config: { max_age: week * 1e6 } });
  const { broker, asked } = scriptedBroker((_asked, count) => (count === 1 ? new errors.TimeoutError() : info));
  expect(await expireBeforeForgotten(broker, [once])).toEqual([{ ...once, expires: "167h" }]);
  expect(asked).toHaveLength(2);
});

test("the asking ends when the sender gives up", async () => {
  const { broker } = scriptedBroker(() => new errors.TimeoutError());
  await expect(expireBeforeForgotten(broker, [once], AbortSignal.timeout(50))).rejects.toThrow(/abort|timeout/i);
});
