import { errors, type Msg } from "nats";
import { expect, test } from "vitest";
import { publishOnce, publishUntilKnown } from "../../../../src/broker/write/publish.ts";
import { answerOf, msgOf, refusal, scriptedBroker, stored } from "../support.ts";

test.each<[string, Msg | Error, object]>([
  ["a sequence", stored(7), { kind: "stored", sequence: 7, duplicate: false }],
  ["a sequence of before", answerOf({ seq: 7, duplicate: true }), { kind: "stored", sequence: 7, duplicate: true }],
  ["a wrong last sequence", refusal(10_071, "wrong last sequence: 3"), { kind: "refused", code: 10_071 }],
  [
    "a full store, which is told as if it were passing",
    refusal(10_047, "no space", 503),
    { kind: "refused", code: 10_047 },
  ],
  ["a missing leader", refusal(10_008, "temporarily unavailable", 503), { kind: "unknown" }],
  ["a write of the same id under way", refusal(10_158, "in process"), { kind: "unknown" }],
  ["a write of the same subject under way", refusal(10_164, "wrong last sequence"), { kind: "unknown" }],
  ["nothing in it", msgOf({}), { kind: "unknown" }],
  ["no sequence", answerOf({ stream: "S" }), { kind: "unknown" }],
  ["silence", new errors.TimeoutError(), { kind: "unknown" }],
  ["nobody there", new errors.RequestError("no responders"), { kind: "unknown" }],
  [
    "a payload that the client does not send",
    new errors.InvalidArgumentError("max_payload"),
    { kind: "refused", code: 0 },
  ],
])("an answer with %s", async (_what, answer, result) => {
  const { broker } = scriptedBroker(() => answer);
  expect(await publishOnce(broker, "s", "payload", {})).toMatchObject(result);
});

test("a publish goes out with its headers", async () => {
  const { broker, asked } = scriptedBroker(() => stored(1));
  await publishOnce(broker, "s", "payload", { "Nats-Msg-Id": "a" }, 1234);
  expect(asked).toEqual([{ subject: "s", body: "payload", headers: { "Nats-Msg-Id": "a" }, timeout: 1234 }]);
});

test("on a closed connection nothing more can be known", async () => {
  const { broker, close } = scriptedBroker(() => new errors.ClosedConnectionError());
  close();
  await expect(publishUntilKnown(broker, "s", "", {})).rejects.toThrow("closed");
});

test("the same publish is repeated until its outcome is known", async () => {
  const answers = [new errors.TimeoutError(), refusal(10_164, "wrong last sequence"), stored(3)];
  const { broker, asked } = scriptedBroker((_asked, count) => answers[count - 1]!);
  expect(await publishUntilKnown(broker, "s", "payload", { "Nats-Msg-Id": "a" })).toMatchObject({ sequence: 3 });
  expect(asked).toHaveLength(3);
  expect(new Set(asked.map(({ timeout: _timeout, ...each }) => JSON.stringify(each))).size).toBe(1);
  expect(asked.map(({ timeout }) => timeout)).toEqual([5000, 10_000, 20_000]);
});
