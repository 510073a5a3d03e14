import { errors, type Msg } from "nats";
import { pino } from "pino";
import { expect, test, vi } from "vitest";
import type { ConsumerAnswer } from "../../../src/broker/topology/consumer.ts";
import { Shutdown } from "../../../src/node/shutdown.ts";
import { TakenMessages } from "../../../src/node/taken.ts";
import { watch } from "../../../src/node/watchdog.ts";
import { until } from "../../support/until.ts";
import { answerOf, consumerAnswer, found, notFound, refusal, scriptedBroker, stored } from "../broker/support.ts";
import { deliveryOf, messageWith } from "./support.ts";
import { MemoryJournal, testParts } from "./test-parts.ts";

const silence = new errors.TimeoutError();
const a = "steward.ship1.command.ping.a";
const b = "steward.ship1.event.log.b";

interface Scene {
  /** What the daemon holds, and what the broker tells of its consumer; a function is asked at each look. */
  readonly held?: readonly string[];
  /** How many fit in the daemon's memory. */
  readonly most?: number;
  readonly consumer?: Msg | ((look: number) => Msg | Error);
  /** What the stream shows, one look after the other. */
  readonly stream?: readonly (readonly string[])[];
  readonly info?: Msg;
  readonly missing?: string;
  readonly live?: boolean;
}

/** What a daemon has taken in that has the messages on these subjects. */
function takenOn(subjects: readonly string[], most?: number): TakenMessages {
  const taken = new TakenMessages(most);
  for (const subject of subjects) taken.take(deliveryOf(messageWith(), { subject }));
  return taken;
}

/** What comes of four looks of a watchdog: what it told, the resyncs it asked for, and how often it announced the node. */
async function watched({
  held = [],
  most,
  consumer = consumerAnswer(),
  stream = [[]],
  info,
  missing,
  live = true,
}: Scene) {
  const shutdown = new Shutdown(() => {});
  const reported: string[] = [];
  const resyncs: string[] = [];
  const askIfIdle = vi.fn<() => void>();
  let [begun, looks, lists, announced] = [0, 0, 0, 0];
  const { broker, asked } = scriptedBroker(({ subject, body }) => {
    if (subject.includes(`.DIRECT.GET.${missing}.`)) return new errors.TimeoutError();
    if (subject === "$KV.STEWARD_NODES.ship1.info") return stored(++announced);
    if (subject.includes(".DIRECT.GET.")) return info ?? found(1, "{}");
    if (subject.endsWith(missing ?? "none")) return refusal(10_059, "stream not found", 404);
    const { subjects_filter: filter } = JSON.parse(body || "{}") as { readonly subjects_filter?: string };
    if (filter === undefined) return answerOf({});
    const here = stream[Math.min(lists++, stream.length - 1)]!;
    return answerOf({ total: here.length, state: { subjects: Object.fromEntries(here.map((each) => [each, 1])) } });
  });
  const answer = (): ConsumerAnswer => {
    const told = typeof consumer === "function" ? consumer(++looks) : consumer;
    if (told instanceof Error) throw told;
    return told.json();
  };
  const write = (line: string): void => void reported.push((JSON.parse(line) as { readonly msg: string }).msg);
  const watching = watch({
    parts: testParts(new MemoryJournal(), [], {
      broker,
      settings: { watchdogInterval: 1 },
      taken: takenOn(held, most),
      log: pino({}, { write }),
      shutdown,
    }),
    intake: {
      get live() {
        begun += 1;
        return live;
      },
      look: async () => answer(),
      askIfIdle,
      resync: async (reason) => void resyncs.push(reason),
    },
    lease: { isRenewing: missing === "KV_STEWARD_PRESENCE" },
  });
  await until(() => begun > 4 || resyncs.includes("watchdog"));
  shutdown.now();
  await watching;
  return {
    reported,
    resyncs,
    announced,
    askedIfIdle: askIfIdle.mock.calls.length,
    listed: lists,
    asked: asked.length,
  };
}

test.each([{ num_pending: 1 }, { num_ack_pending: 1 }])(
  "if the consumer's count equals the daemon's (%j), the stream is not listed",
  async (counted) => {
    const scene = { held: [a], consumer: consumerAnswer(counted), stream: [[a, b]] };
    expect(await watched(scene)).toMatchObject({ reported: [], resyncs: [], announced: 0, listed: 0 });
  },
);

test("if it counts more, look after look, and the stream holds nothing else, there is no resync", async () => {
  const scene = { held: [a], consumer: consumerAnswer({ num_ack_pending: 99 }), stream: [[a]] };
  expect(await watched(scene)).toMatchObject({ reported: [], resyncs: [] });
});

test("if it counts less, the daemon's messages may have been removed from the stream", async () => {
  expect(await watched({ held: [a, b], stream: [[a]] })).toMatchObject({ reported: [], resyncs: [] });
});

test("a message that is still missing at a second look is fetched by a resync", async () => {
  const consumer = (look: number) => consumerAnswer({ num_ack_pending: look === 1 ? 2 : 1 });
  const { reported, resyncs } = await watched({ held: [a], consumer, stream: [[a, b]] });
  expect(resyncs).toEqual(["watchdog"]);
  expect(reported).toEqual(["the stream holds messages that were not delivered; resync"]);
});

test.each([
  ["has gone until a second look", [[a, b], [a]], [a]],
  ["has made room for another that is on its way", [[b], [a]], []],
])("a message that %s is not missing", async (_what, stream, held) => {
  const consumer = (look: number) => consumerAnswer({ num_ack_pending: look === 1 ? 7 : held.length });
  expect((await watched({ held, consumer, stream })).resyncs).toEqual([]);
});

test("a message that stays in the queue because there is no room for it is not missing", async () => {
  const scene = { held: [a], most: 2, consumer: consumerAnswer({ num_pending: 7 }), stream: [[a, b]] };
  expect(await watched(scene)).toMatchObject({ reported: [], resyncs: [], listed: 0 });
});

test("a missing consumer is created by a resync", async () => {
  const consumer = (look: number) => (look === 1 ? refusal(10_014, "consumer not found", 404) : consumerAnswer());
  expect((await watched({ consumer })).resyncs).toEqual(["consumerGone"]);
});

test("a change of the consumer is undone by one resync, not by one at each look if that was refused", async () => {
  const { reported, resyncs } = await watched({ consumer: consumerAnswer({ config: { max_ack_pending: 1 } }) });
  expect(resyncs).toEqual(["consumerChanged"]);
  expect(reported).toEqual(["the consumer has a different max_ack_pending; resync"]);
});

test("a change that is repeated is undone again", async () => {
  // The first and third look find it changed, those right after the resyncs do not.
  const consumer = (look: number) => consumerAnswer({ config: { max_ack_pending: look % 2 === 1 ? 1 : -1 } });
  const { resyncs } = await watched({ consumer });
  expect(resyncs.slice(0, 2)).toEqual(["consumerChanged", "consumerChanged"]);
});

test("a pause is reported once, and messages that wait meanwhile are not missing", async () => {
  const paused = { paused: true, num_pending: 1, config: { pause_until: "2026-02-01T00:00:00Z" } };
  const { reported, resyncs } = await watched({ consumer: consumerAnswer(paused), stream: [[a]] });
  expect(reported).toEqual([expect.stringContaining("paused until 2026-02-01T00:00:00Z")]);
  expect(resyncs).toEqual([]);
});

test.each(["KV_STEWARD_NODES", "KV_STEWARD_PRESENCE"])("a missing %s is reported once", async (missing) => {
  const { reported, resyncs } = await watched({ missing });
  expect(reported).toEqual([expect.stringContaining(`there is no stream ${missing}`)]);
  expect(resyncs).toEqual([]);
});

test("a missing bucket hides no trouble with the deliveries", async () => {
  const { reported, resyncs } = await watched({
    missing: "KV_STEWARD_NODES",
    consumer: consumerAnswer({ num_pending: 1 }),
    stream: [[a]],
  });
  expect(resyncs).toEqual(["watchdog"]);
  expect(reported).toEqual([
    expect.stringMatching(/^the stream holds messages .*; there is no stream KV_STEWARD_NODES/),
  ]);
});

test("a bucket without the node's info gets it again", async () => {
  expect((await watched({ info: notFound() })).announced).toBeGreaterThan(1);
});

test.each([
  [0, true],
  [1, false],
])("with %i open requests at the broker, asking again is %s", async (num_waiting, isAsked) => {
  const { askedIfIdle, resyncs } = await watched({ consumer: consumerAnswer({ num_waiting }) });
  expect(askedIfIdle > 0).toBe(isAsked);
  expect(resyncs).toEqual([]);
});

test("while a resync is under way nothing is looked at", async () => {
  expect((await watched({ live: false, missing: "KV_STEWARD_NODES" })).asked).toBe(0);
});

test("a node whose consumer is not answered for asks for messages again, which tells if the consumer is lost", async () => {
  const { askedIfIdle, resyncs } = await watched({ consumer: () => silence });
  expect(askedIfIdle).toBeGreaterThan(1);
  expect(resyncs).toEqual([]);
});

test.each([
  ["sends hints, a look is one request", { dest: "steward.{{wildcard(1)}}.queued" }, 1, 1],
  ["sends no hints, a look also asks if it does", undefined, 2, 0],
])("where nothing is amiss and the queue %s beside the one for the consumer", async (_what, republish, each, once) => {
  let asked = 0;
  const shutdown = new Shutdown(() => {});
  const { broker } = scriptedBroker(({ subject }) => {
    asked += 1;
    return subject.includes(".DIRECT.GET.") ? found(1, "{}") : answerOf({ config: { republish } });
  });
  let looks = 0;
  const look = async (): Promise<ConsumerAnswer> => {
    if (++looks === 3) shutdown.now();
    return consumerAnswer().json<ConsumerAnswer>();
  };
  await watch({
    parts: testParts(new MemoryJournal(), [], { broker, settings: { watchdogInterval: 1 }, shutdown }),
    intake: { live: true, look, askIfIdle: () => {}, resync: async () => {} },
    lease: { isRenewing: false },
  });
  expect(asked).toBe(each * looks + once);
});
