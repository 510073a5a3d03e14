import { errors, type Msg } from "nats";
import { expect, test } from "vitest";
import { isSilence } from "../../../../src/broker/connection/broker.ts";
import { restoreConsumer } from "../../../../src/broker/topology/consumer.ts";
import { answerOf, consumerAnswer, headersWith, msgOf, refusal, scriptedBroker } from "../support.ts";

const stream = "STEWARD_MESSAGES";
const next = `$JS.API.CONSUMER.MSG.NEXT.${stream}.ship1`;
const info = `$JS.API.CONSUMER.INFO.${stream}.ship1`;
const streamInfo = `$JS.API.STREAM.INFO.${stream}`;
const remove = `$JS.API.CONSUMER.DELETE.${stream}.ship1`;
const create = `$JS.API.CONSUMER.CREATE.${stream}.ship1.steward.ship1.>`;

const silence = new errors.TimeoutError();
const nobody = new errors.RequestError("no responders", { cause: new errors.NoRespondersError(next) });
const badRequest = msgOf({ headers: headersWith({}, 400, "Bad Request") });

type Script = Readonly<Record<string, Msg | Error | ((count: number) => Msg | Error)>>;

/** A broker whose server with the consumer is away, unless the script says otherwise. */
function withoutServer(script: Script = {}) {
  const usual: Script = {
    [next]: nobody,
    [info]: silence,
    [streamInfo]: answerOf({ config: {}, state: {} }),
    [create]: answerOf({}),
  };
  const counts = new Map<string, number>();
  const scripted = scriptedBroker(({ subject }) => {
    const count = (counts.get(subject) ?? 0) + 1;
    counts.set(subject, count);
    const answer = { ...usual, ...script }[subject]!;
    return typeof answer === "function" ? answer(count) : answer;
  });
  return {
    ...scripted,
    restored: restoreConsumer(scripted.broker, "ship1", { isInDoubt: true }),
    subjects: () => scripted.asked.map(({ subject }) => subject),
    removals: () => scripted.published.filter(({ subject }) => subject === remove).length,
  };
}

test("a consumer that no server has, and that the cluster does not answer for, is created on another server", async () => {
  const { restored, subjects, removals, asked } = withoutServer();
  expect(await restored).toEqual({ changed: [], moved: true });
  expect(subjects()).toEqual([next, info, streamInfo, create]);
  expect(removals()).toBe(1);
  // The question is no proper request, so it takes no message out of the consumer.
  expect(() => JSON.parse(asked[0]!.body) as unknown).toThrow(SyntaxError);
});

test("a consumer that the cluster calls offline is created on another server at once", async () => {
  const offline = { [info]: refusal(10_119, "consumer is offline", 500), [next]: badRequest };
  const { restored, removals } = withoutServer(offline);
  expect(await restored).toEqual({ changed: [], moved: true });
  expect(removals()).toBe(1);
});

test.each<[string, Script]>([
  ["its server has it, and is only slow", { [next]: badRequest }],
  ["its server does not answer", { [next]: silence }],
  ["the broker does not answer for the stream either", { [streamInfo]: silence }],
  ["the cluster has no leader", { [info]: refusal(10_008, "temporarily unavailable", 503) }],
])("a consumer is not deleted if %s", async (_what, script) => {
  const { restored, removals } = withoutServer(script);
  await expect(restored).rejects.toSatisfy(isSilence);
  expect(removals()).toBe(0);
});

test("a consumer is not deleted without a sign that it is lost", async () => {
  const { broker, published } = scriptedBroker(() => silence);
  await expect(restoreConsumer(broker, "ship1")).rejects.toBe(silence);
  expect(published).toEqual([]);
});

test("a consumer that exists, or was deleted, is treated as ever", async () => {
  const there = withoutServer({ [info]: consumerAnswer() });
  expect(await there.restored).toEqual({ changed: [] });
  const deleted = withoutServer({ [info]: refusal(10_014, "consumer not found", 404) });
  expect(await deleted.restored).toEqual({ changed: [] });
  expect(there.removals() + deleted.removals()).toBe(0);
});

test("if the cluster chooses the lost server again, it is asked once more", async () => {
  const { restored, removals } = withoutServer({ [create]: (count) => (count < 3 ? silence : answerOf({})) });
  expect(await restored).toMatchObject({ moved: true });
  expect(removals()).toBe(3);
});

test("a consumer whose creation was answered too late is left as it is", async () => {
  const { restored, removals } = withoutServer({
    [create]: silence,
    [next]: (count) => (count === 1 ? nobody : badRequest),
  });
  expect(await restored).toMatchObject({ moved: true });
  expect(removals()).toBe(1);
});

test("without an answer to any try, the caller tries again", async () => {
  const { restored, removals } = withoutServer({ [create]: silence });
  await expect(restored).rejects.toSatisfy(isSilence);
  expect(removals()).toBe(4);
});
