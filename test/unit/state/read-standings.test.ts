import { errors, type Msg } from "nats";
import { expect, test } from "vitest";
import { serverCodes } from "../../../src/broker/connection/server-codes.ts";
import type { Ack } from "../../../src/protocol/ack.ts";
import { readStandings, type Asked } from "../../../src/state/read-standings.ts";
import { ackByHand, messageByHand } from "../../support/by-hand.ts";
import { answerOf, found, notFound, refusal, scriptedBroker } from "../broker/support.ts";

const address = { node: "ship1", messageType: "command", subject: "exec", id: "m" } as const;
const unknown: Asked = { address, ack: undefined };

/** A broker at a given second of the minute. The stored messages came at 12:00:00.5. */
interface Scene {
  readonly now?: string;
  readonly queued?: Msg;
  /** The messages that the leaders have. */
  readonly queuedOnLeader?: object;
  readonly acked?: Ack;
}

async function standing(one: Asked, { now = "59", queued, queuedOnLeader, acked }: Scene) {
  const { broker, asked } = scriptedBroker(({ subject }) => {
    if (subject.includes(".INFO.")) return answerOf({ ts: `2026-01-31T12:00:${now}Z` });
    if (subject.startsWith("$JS.API.DIRECT.GET.STEWARD_MESSAGES")) return queued ?? notFound();
    if (subject.includes(".control.")) return new errors.NoRespondersError("s");
    const message = subject.includes("MESSAGES") ? queuedOnLeader : acked;
    if (message === undefined) return refusal(serverCodes.noMessageFound, "no message found", 404);
    const data = Buffer.from(JSON.stringify(message)).toString("base64");
    return answerOf({ message: { seq: 7, time: "2026-01-31T12:00:00.5Z", data } });
  });
  const [result] = await readStandings(broker, [one]);
  return { standing: result?.standing, ack: result?.ack, asked: asked.map(({ subject }) => subject) };
}

const queuedFor = (expires?: string): Msg => found(7, JSON.stringify(messageByHand({ expires })));

test.each([
  ["10s", "10.4", "queued"],
  ["10s", "10.6", "expired"],
  ["1h", "59", "queued"],
  [undefined, "59", "queued"],
])(
  "a message that expires %s after it was stored is, at second %s, in the state %s",
  async (expires, now, expected) => {
    expect(await standing(unknown, { now, queued: queuedFor(expires) })).toMatchObject({ standing: expected });
  },
);

test.each([
  ["whose expiry is not a duration", found(7, JSON.stringify({ ...messageByHand(), expires: 7 }))],
  ["that is not a valid message", found(7, "garbage")],
  ["that is nowhere any more", notFound()],
])("a message %s has not expired", async (_which, queued) => {
  expect(await standing(unknown, { queued })).toMatchObject({ standing: "queued" });
});

test("a replica that is behind does not decide: a late message has started if the log's leader says so", async () => {
  const acked = ackByHand({ state: "started" });
  expect(await standing(unknown, { queued: queuedFor("1s"), acked })).toMatchObject({
    standing: "running",
    ack: acked,
  });
  const ended = ackByHand();
  expect(await standing(unknown, { queued: queuedFor("1s"), acked: ended })).toMatchObject({ standing: "final" });
  expect(await standing(unknown, { acked: ended })).toMatchObject({ standing: "final" });
});

test("a replica without the message does not decide either: the queue's leader does", async () => {
  const queuedOnLeader = messageByHand({ expires: "1s" });
  expect(await standing(unknown, { queuedOnLeader })).toMatchObject({ standing: "expired" });
});

test("nothing is read for a message with an ACK, or one that cannot expire and whose start is recorded", async () => {
  const ack = ackByHand({ state: "retrying" });
  expect(await standing({ address, ack }, {})).toEqual({ standing: "retrying", ack, asked: [] });
  expect(await standing({ ...unknown, message: {} }, {})).toEqual({ standing: "queued", ack: undefined, asked: [] });
});

test("for an event that has not ended its daemon is asked; the clock is read first", async () => {
  const event = { ...address, messageType: "event" } as const;
  const { asked } = await standing({ address: event, ack: undefined, message: {} }, {});
  expect(asked).toEqual(["steward.ship1.control.output"]);
  const { asked: first } = await standing(unknown, { queued: queuedFor("1s") });
  expect(first[0]).toBe("$JS.API.STREAM.INFO.STEWARD_MESSAGES");
});

test("a silent daemon is the caller's problem", async () => {
  const { broker } = scriptedBroker(() => new errors.TimeoutError());
  await expect(readStandings(broker, [unknown])).rejects.toThrow(errors.TimeoutError);
  expect(await readStandings(broker, [])).toEqual([]);
});
