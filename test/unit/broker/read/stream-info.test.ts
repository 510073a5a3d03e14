import { expect, test } from "vitest";
import { streamInfo, subjectsIn } from "../../../../src/broker/read/stream-info.ts";
import { answerOf, refusal, scriptedBroker } from "../support.ts";

test("subjects are read page by page until there are no more", async () => {
  const pages = [{ a: 1, b: 2 }, { c: 1 }];
  const { broker, asked } = scriptedBroker((_asked, count) =>
    answerOf({ total: 3, state: { subjects: pages[count - 1] } }),
  );
  expect(await subjectsIn(broker, "STREAM", "filter")).toEqual(new Map(Object.entries({ a: 1, b: 2, c: 1 })));
  expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { subjects_filter: "filter", offset: 0 },
    { subjects_filter: "filter", offset: 2 },
  ]);
});

test("a stream that shrinks between two pages ends the reading", async () => {
  const pages = [{ a: 1 }, {}];
  const { broker } = scriptedBroker((_asked, count) => answerOf({ total: 3, state: { subjects: pages[count - 1] } }));
  expect([...(await subjectsIn(broker, "STREAM", "filter")).keys()]).toEqual(["a"]);
});

test("an empty stream has no subjects", async () => {
  expect((await subjectsIn(scriptedBroker(() => answerOf({ state: {} })).broker, "STREAM", "filter")).size).toBe(0);
});

test.each([
  ["a stream that is not there", refusal(10_059, "stream not found", 404), "streamsMissing"],
  ["any other refusal", refusal(10_039, "not enabled for account", 503), "brokerRefused"],
])("%s is an error, and does not count as an empty stream", async (_what, answer, code) => {
  await expect(streamInfo(scriptedBroker(() => answer).broker, "STREAM")).rejects.toMatchObject({ code });
});

test("a cluster without a leader knows nothing of the stream: it is asked again", async () => {
  const { broker } = scriptedBroker((_asked, count) =>
    count < 3 ? refusal(10_008, "JetStream system temporarily unavailable", 503) : answerOf({ total: 1 }),
  );
  expect(await broker.untilAnswered(() => streamInfo(broker, "STREAM"))).toMatchObject({ total: 1 });
});
