import type { Msg } from "nats";
import { expect, test } from "vitest";
import { isSilence } from "../../../../src/broker/connection/broker.ts";
import { serverCodes } from "../../../../src/broker/connection/server-codes.ts";
import { lastOnLeader } from "../../../../src/broker/read/leader-get.ts";
import { answerOf, refusal, scriptedBroker } from "../support.ts";

const ask = (answer: Msg): ReturnType<typeof lastOnLeader> =>
  lastOnLeader(scriptedBroker(() => answer).broker, "STREAM", "a.b");

const time = "2026-01-31T12:00:00.5Z";

test("the last message on a subject is asked of the leader", async () => {
  const { broker, asked } = scriptedBroker(() =>
    answerOf({ message: { subject: "a.b", seq: 7, time, data: Buffer.from("grüße").toString("base64") } }),
  );
  expect(await lastOnLeader(broker, "STREAM", "a.b")).toEqual({
    sequence: 7,
    storedAt: Date.parse(time),
    data: Uint8Array.from(Buffer.from("grüße")),
  });
  expect(asked).toMatchObject([{ subject: "$JS.API.STREAM.MSG.GET.STREAM", body: '{"last_by_subj":"a.b"}' }]);
});

test("there may be none, or an empty one", async () => {
  expect(await ask(refusal(serverCodes.noMessageFound, "no message found", 404))).toBeUndefined();
  expect(await ask(answerOf({ message: { subject: "a.b", seq: 7 } }))).toMatchObject({
    sequence: 7,
    data: new Uint8Array(),
  });
});

test("a cluster without a leader is silence", async () => {
  const error: unknown = await ask(refusal(serverCodes.noLeader, "no leader", 503)).catch((reason: unknown) => reason);
  expect(isSilence(error)).toBe(true);
});

test.each([
  [serverCodes.streamNotFound, "streamsMissing"],
  [1, "brokerRefused"],
])("the broker's code %d is reported as %s", async (code, reported) => {
  await expect(ask(refusal(code, "no"))).rejects.toMatchObject({ code: reported });
});
