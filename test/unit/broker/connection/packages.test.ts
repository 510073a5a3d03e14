import { errors, type Msg } from "nats";
import { expect, test } from "vitest";
import { isSilence } from "../../../../src/broker/connection/broker.ts";
import { bucketOf, manageStream, refusalIn, useManager } from "../../../../src/broker/connection/packages.ts";
import { serverCodes } from "../../../../src/broker/connection/server-codes.ts";
import { answerOf, refusal, scriptedBroker } from "../support.ts";

const failure = (asking: Promise<unknown>): Promise<unknown> => asking.catch((error: unknown) => error);

const nobody = new errors.RequestError("no", { cause: new errors.NoRespondersError("subject") });

test.each([
  ["nobody listens", nobody],
  ["nobody answers in time", new errors.TimeoutError()],
  ["a cluster has no leader", refusal(serverCodes.noLeader, "no leader", 503)],
] as const)("silence is silence for the packages too: %s", async (_what, answer: Msg | Error) => {
  const { broker } = scriptedBroker(() => answer);
  expect(isSilence(await failure(useManager(broker, ({ streams }) => streams.info("S"))))).toBe(true);
});

test("what a package asks fails at once when the connection is lost", async () => {
  const { broker, connection, asked } = scriptedBroker(() => new Promise<Msg>(() => {}));
  const bucket = await bucketOf(broker, "B");
  const asking = failure(bucket.get("k"));
  expect(asked).toMatchObject([{ subject: "$JS.API.DIRECT.GET.KV_B.$KV.B.k" }]);
  await new Promise(setImmediate);
  connection("disconnect");
  expect(isSilence(await asking)).toBe(true);
});

test("a refusal says what the broker said, also one that the package wraps", async () => {
  const wrapped = scriptedBroker(() => refusal(10_039, "not enabled for account", 503));
  const error = await failure(useManager(wrapped.broker, (manager) => manager.getAccountInfo()));
  expect(refusalIn(error)).toMatchObject({ err_code: 10_039, description: "not enabled for account" });
  const how = { stream: "S", failed: "the broker does not do it" };
  const message = "the broker does not do it: not enabled for account";
  expect(await failure(manageStream(wrapped.broker, how, ({ streams }) => streams.info("S")))).toMatchObject({
    code: "brokerRefused",
    message,
  });
  const missing = scriptedBroker(() => refusal(serverCodes.streamNotFound, "stream not found", 404));
  expect(await failure(manageStream(missing.broker, how, ({ streams }) => streams.purge("S")))).toMatchObject({
    code: "streamsMissing",
  });
});

test("each use has its own patience", async () => {
  const { broker, asked } = scriptedBroker(() => answerOf({ config: {}, state: {} }));
  await useManager(broker, ({ streams }) => streams.info("S"), 300);
  await useManager(broker, ({ streams }) => streams.info("S"));
  expect(asked.map(({ timeout }) => timeout)).toEqual([300, 5000]);
});
