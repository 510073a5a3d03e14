import { errors } from "nats";
import { expect, test } from "vitest";
import { isSilence } from "../../../../src/broker/connection/broker.ts";
import { consumerInfo, restoreConsumer, resetConsumer } from "../../../../src/broker/topology/consumer.ts";
import { answerOf, consumerAnswer, refusal, scriptedBroker } from "../support.ts";

const notThere = refusal(10_014, "consumer not found", 404);
const info = "$JS.API.CONSUMER.INFO.STEWARD_MESSAGES.ship1";
const create = "$JS.API.CONSUMER.CREATE.STEWARD_MESSAGES.ship1.steward.ship1.>";

test("an existing consumer is left unchanged", async () => {
  const { broker, asked } = scriptedBroker(() => consumerAnswer());
  await restoreConsumer(broker, "ship1");
  expect(asked.map(({ subject }) => subject)).toEqual([info]);
});

test("a missing one is created: for commands and events, with one reader that causes redelivery itself", async () => {
  const { broker, asked } = scriptedBroker(({ subject }) => (subject === info ? notThere : answerOf({})));
  await restoreConsumer(broker, "ship1");
  expect(asked.map(({ subject }) => subject)).toEqual([info, create]);
  expect(JSON.parse(asked[1]!.body)).toMatchObject({
    stream_name: "STEWARD_MESSAGES",
    action: "create",
    config: {
      durable_name: "ship1",
      ack_policy: "explicit",
      ack_wait: 86_400e9,
      max_deliver: -1,
      max_ack_pending: -1,
      filter_subject: "steward.ship1.>",
    },
  });
});

test("one that another program creates at the same moment is accepted", async () => {
  const { broker } = scriptedBroker(({ subject }) => (subject === info ? notThere : refusal(10_148, "exists")));
  await expect(restoreConsumer(broker, "ship1")).resolves.toEqual({ changed: [] });
});

test.each([
  ["a stream that is not there", refusal(10_059, "stream not found"), "streamsMissing"],
  ["any other refusal", refusal(10_026, "maximum consumers"), "brokerRefused"],
])("%s is reported", async (_what, answer, code) => {
  await expect(restoreConsumer(scriptedBroker(() => answer).broker, "ship1")).rejects.toMatchObject({ code });
  const making = scriptedBroker(({ subject }) => (subject === info ? notThere : answer));
  await expect(restoreConsumer(making.broker, "ship1")).rejects.toMatchObject({ code });
  await expect(resetConsumer(scriptedBroker(() => answer).broker, "ship1")).rejects.toMatchObject({ code });
});

test("a cluster without a leader is silent about the consumer", async () => {
  const { broker } = scriptedBroker(() => refusal(10_008, "temporarily unavailable", 503));
  await expect(restoreConsumer(broker, "ship1")).rejects.toSatisfy(isSilence);
  await expect(resetConsumer(broker, "ship1")).rejects.toSatisfy(isSilence);
});

test("silence is left to the caller", async () => {
  const silence = new errors.TimeoutError();
  await expect(restoreConsumer(scriptedBroker(() => silence).broker, "ship1")).rejects.toBe(silence);
});

test("a reset returns the consumer's creation time and the broker's time", async () => {
  const answer = { created: "2026-01-01T00:00:00Z", ts: "2026-01-31T12:00:00.5Z" };
  const { broker, asked } = scriptedBroker(() => answerOf(answer));
  expect(await resetConsumer(broker, "ship1")).toEqual(answer);
  expect(asked).toMatchObject([{ subject: "$JS.API.CONSUMER.RESET.STEWARD_MESSAGES.ship1", body: '{"seq":1}' }]);
});

test("a consumer without a leader, which does not answer, is asked again soon", async () => {
  const { broker, asked } = scriptedBroker(() => answerOf({}));
  await consumerInfo(broker, "ship1");
  await resetConsumer(broker, "ship1");
  expect(asked.map(({ timeout }) => timeout)).toEqual([2000, 2000]);
});
