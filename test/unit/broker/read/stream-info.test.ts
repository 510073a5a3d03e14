import { expect, test } from "vitest";
import { purgeQueued, queuedSubjects, readQueued, streamInfo } from "../../../../src/broker/read/stream-info.ts";
import { answerOf, found, notFound, refusal, scriptedBroker } from "../support.ts";

const forever = new AbortController().signal;
const place = { sequence: 7, subject: "s" };
const isInfo = ({ subject }: { readonly subject: string }): boolean =>
  subject === "$JS.API.STREAM.INFO.STEWARD_MESSAGES";

test("subjects are read page by page until there are no more", async () => {
  const pages = [{ a: 1, b: 2 }, { c: 1 }];
  const { broker, asked } = scriptedBroker((_asked, count) =>
    answerOf({ total: 3, state: { subjects: pages[count - 1] } }),
  );
  expect(await queuedSubjects(broker, "filter")).toEqual(new Map(Object.entries({ a: 1, b: 2, c: 1 })));
  expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { subjects_filter: "filter", offset: 0 },
    { subjects_filter: "filter", offset: 2 },
  ]);
});

test("a queue that shrinks between two pages ends the reading", async () => {
  const pages = [{ a: 1 }, {}];
  const { broker } = scriptedBroker((_asked, count) => answerOf({ total: 3, state: { subjects: pages[count - 1] } }));
  expect([...(await queuedSubjects(broker, "filter")).keys()]).toEqual(["a"]);
});

test("an empty queue has no subjects", async () => {
  expect((await queuedSubjects(scriptedBroker(() => answerOf({ state: {} })).broker, "filter")).size).toBe(0);
});

test.each([
  ["a stream that is not there", refusal(10_059, "stream not found", 404), "streamsMissing"],
  ["any other refusal", refusal(10_039, "not enabled for account", 503), "brokerRefused"],
])("%s is told, and is no empty stream", async (_what, answer, code) => {
  await expect(streamInfo(scriptedBroker(() => answer).broker, "STREAM")).rejects.toMatchObject({ code });
});

test("a cluster without a leader knows nothing of the stream: it is asked again", async () => {
  const { broker } = scriptedBroker((_asked, count) =>
    count < 3 ? refusal(10_008, "JetStream system temporarily unavailable", 503) : answerOf({ total: 1 }),
  );
  expect(await broker.untilAnswered(() => streamInfo(broker, "STREAM"))).toMatchObject({ total: 1 });
});

test("a queued message is read again at its place", async () => {
  const { broker } = scriptedBroker(() => found(7, "payload"));
  expect(await readQueued(broker, place, forever)).toMatchObject({ sequence: 7, data: Buffer.from("payload") });
});

test("a later message on the subject is another one", async () => {
  const { broker } = scriptedBroker(() => found(9, "a copy"));
  expect(await readQueued(broker, place, forever)).toBeUndefined();
});

test("only when the leader has nothing either is it gone", async () => {
  let looks = 0;
  const { broker } = scriptedBroker((each) => {
    if (isInfo(each)) return answerOf({ total: 1, state: { subjects: { s: 1 } } });
    looks += 1;
    return looks < 3 ? notFound() : found(7, "payload");
  });
  expect(await readQueued(broker, place, forever)).toMatchObject({ sequence: 7 });
});

test("without a leader nobody knows whether it is gone", async () => {
  const answers = [
    refusal(10_008, "temporarily unavailable", 503),
    answerOf({ total: 1, state: { subjects: { s: 1 } } }),
  ];
  let infos = 0;
  const { broker } = scriptedBroker((each) => {
    if (isInfo(each)) return answers[infos++]!;
    return infos < 2 ? notFound() : found(7, "payload");
  });
  expect(await readQueued(broker, place, forever)).toMatchObject({ sequence: 7 });
});

test("when the leader has nothing either, it is gone", async () => {
  const gone = scriptedBroker((each) => (isInfo(each) ? answerOf({ state: {} }) : notFound()));
  expect(await readQueued(gone.broker, place, forever)).toBeUndefined();
});

test("a subject's messages are taken out, or the broker says why not", async () => {
  const { broker, asked } = scriptedBroker((_asked, count) =>
    count === 1 ? answerOf({ success: true, purged: 2 }) : refusal(10_110, "stream purge not permitted", 500),
  );
  await purgeQueued(broker, "steward.ship1.command.exec.a");
  expect(asked).toMatchObject([
    { subject: "$JS.API.STREAM.PURGE.STEWARD_MESSAGES", body: '{"filter":"steward.ship1.command.exec.a"}' },
  ]);
  await expect(purgeQueued(broker, "s")).rejects.toMatchObject({ code: "brokerRefused" });
});
