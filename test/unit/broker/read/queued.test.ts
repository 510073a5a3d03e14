import { expect, test } from "vitest";
import { readQueued } from "../../../../src/broker/read/queued.ts";
import { answerOf, found, notFound, refusal, scriptedBroker } from "../support.ts";

const forever = new AbortController().signal;
const place = { sequence: 7, subject: "s" };
const isInfo = ({ subject }: { readonly subject: string }): boolean =>
  subject === "$JS.API.STREAM.INFO.STEWARD_MESSAGES";

test("a queued message is read again at its place", async () => {
  const { broker } = scriptedBroker(() => found(7, "payload"));
  expect(await readQueued(broker, place, forever)).toMatchObject({ sequence: 7, data: Buffer.from("payload") });
});

test("a later message on the subject is another one", async () => {
  const { broker } = scriptedBroker(() => found(9, "a copy"));
  expect(await readQueued(broker, place, forever)).toBeUndefined();
});

test("it counts as removed only when the leader has nothing either", async () => {
  let looks = 0;
  const { broker } = scriptedBroker((each) => {
    if (isInfo(each)) return answerOf({ total: 1, state: { subjects: { s: 1 } } });
    looks += 1;
    return looks < 3 ? notFound() : found(7, "payload");
  });
  expect(await readQueued(broker, place, forever)).toMatchObject({ sequence: 7 });
});

test("without a leader it is unknown whether it was removed", async () => {
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

test("when the leader has nothing either, it was removed", async () => {
  const gone = scriptedBroker((each) => (isInfo(each) ? answerOf({ state: {} }) : notFound()));
  expect(await readQueued(gone.broker, place, forever)).toBeUndefined();
});
