import { errors, type Msg } from "nats";
import { pino, type Logger } from "pino";
import { expect, test, vi } from "vitest";
import type { Link } from "../../../src/broker/write/journal.ts";
import { LaneHolds } from "../../../src/node/holds.ts";
import type { LaneHold } from "../../../src/protocol/lane-hold.ts";
import { refusal, scriptedBroker, stored, type Asked } from "../broker/support.ts";
import { gate, messageWith } from "./support.ts";

const lane = "command.exec";
const since = "2026-01-31T12:00:00.000Z";
const paused: LaneHold = { state: "paused", since, by: "anna", reason: "lunch" };
const quarantined: LaneHold = { state: "quarantined", since, by: "kernel", reason: "a failed", behind: 7 };

/** Holds over a broker that answers writes by a script, and what it was asked to write. */
function holdsOver(
  answer: (asked: Asked, count: number) => Msg | Error | Promise<Msg | Error> = () => stored(1),
  isServed: (name: string) => boolean = () => true,
  log: Logger = pino({ level: "silent" }),
) {
  const stop = new AbortController();
  const { broker, asked } = scriptedBroker(answer);
  const holds = new LaneHolds(broker, "ship1", log, stop.signal, isServed);
  return { holds, stop, asked, states: () => asked.map(({ body }) => (JSON.parse(body) as LaneHold).state) };
}

/** A failure's final ACK at this sequence of the log; it ended before the quarantine above unless said otherwise. */
function endOf(sequence: number, finishedAt: string = since): Link {
  const ack = { ...messageWith(), state: "failed", attempt: 1, instance: "me", finishedAt } as const;
  return { sequence, ack };
}

test("a hold is stored under the lane's key", async () => {
  const { holds, asked } = holdsOver();
  await holds.hold(lane, quarantined);
  expect(asked).toMatchObject([{ subject: "$KV.STEWARD_NODES.ship1.lane.command.exec" }]);
  expect(JSON.parse(asked[0]!.body)).toEqual(quarantined);
  expect(holds.of(lane)).toEqual(quarantined);
  expect(holds.of("command.shell")).toBeUndefined();
  expect(holds.all()).toEqual([[lane, quarantined]]);
});

test("a pause is logged as info and a quarantine as an error; without a reason there is no colon", async () => {
  const lines: { level: number; msg: string }[] = [];
  const write = (line: string) => lines.push(JSON.parse(line) as (typeof lines)[number]);
  const { holds } = holdsOver(undefined, undefined, pino({}, { write }));
  await holds.hold(lane, { ...paused, reason: "" });
  await holds.hold(lane, paused);
  await holds.hold(lane, quarantined);
  expect(lines.map(({ level, msg }) => [pino.levels.labels[level], msg])).toEqual([
    ["info", "the lane is paused"],
    ["info", "the lane is paused: lunch"],
    ["error", "the lane is quarantined: a failed"],
  ]);
});

test("it is made once it is stored, and in force before", async () => {
  const storing = gate();
  const { holds } = holdsOver(() => storing.promise.then(() => stored(1)));
  const made = vi.fn<() => void>();
  const done = holds.hold(lane, paused).then(made);
  expect(holds.of(lane)).toMatchObject(paused);
  await new Promise((resolve) => setImmediate(resolve));
  expect(made).not.toHaveBeenCalled();
  storing.open();
  await done;
});

test("a pause does not replace a quarantine; a quarantine replaces a pause", async () => {
  const { holds, states } = holdsOver();
  await holds.hold(lane, paused);
  await holds.hold(lane, quarantined);
  await holds.hold(lane, paused);
  expect(holds.of(lane)).toEqual(quarantined);
  expect(states()).toEqual(["paused", "quarantined"]);
});

test("a resume logs its author, and only a held lane can be resumed", async () => {
  const { holds, asked, states } = holdsOver();
  await holds.resume(lane, "anna");
  await holds.hold(lane, quarantined);
  await holds.resume(lane, "anna");
  await holds.resume(lane, "ben");
  expect(states()).toEqual(["quarantined", "resumed"]);
  expect(JSON.parse(asked[1]!.body)).toMatchObject({ state: "resumed", by: "anna", behind: 7 });
  expect(holds.of(lane)).toBeUndefined();
  expect(holds.all()).toEqual([]);
});

test("a judged ACK stays judged, through a resume and later ACKs", async () => {
  const { holds } = holdsOver();
  const judged = () => [6, 7, 8].map((sequence) => holds.isJudged(lane, endOf(sequence)));
  expect(judged()).toEqual([false, false, false]);
  await holds.hold(lane, quarantined);
  expect(judged()).toEqual([true, true, false]);
  await holds.resume(lane, "anna");
  await holds.hold(lane, paused);
  await holds.resume(lane, "anna");
  await holds.hold(lane, { ...quarantined, behind: undefined });
  expect(judged()).toEqual([true, true, false]);
  expect(holds.isJudged("command.shell", endOf(1))).toBe(false);
});

test("a later end is judged again, although a log that was created again counts from 1", async () => {
  const { holds } = holdsOver();
  await holds.hold(lane, quarantined);
  expect(holds.isJudged(lane, endOf(3, "2999-01-01T00:00:00.000Z"))).toBe(false);
});

test("a write with an unknown outcome is not repeated after a later one", async () => {
  const answering = gate();
  const { holds, states } = holdsOver(async (_asked, count) => {
    if (count > 1) return stored(count);
    await answering.promise;
    return new errors.TimeoutError();
  });
  const both = Promise.all([holds.hold(lane, quarantined), holds.resume(lane, "anna")]);
  answering.open();
  await both;
  expect(states().at(-1)).toBe("resumed");
});

test("a hold that the broker refuses to store applies nevertheless", async () => {
  const { holds } = holdsOver(() => refusal(10_054, "maximum bytes exceeded"));
  await holds.hold(lane, paused);
  expect(holds.of(lane)).toMatchObject(paused);
});

test("the daemon's end ends the waiting for a silent broker", async () => {
  const { holds, stop, asked } = holdsOver(() => new errors.TimeoutError());
  const made = holds.hold(lane, paused);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1));
  const reason = new Error("the daemon ends");
  stop.abort(reason);
  await expect(made).rejects.toBe(reason);
  await expect(holds.hold("command.shell", paused)).rejects.toBe(reason);
});

test("only a limited number of lanes without a handler can be held; a lane with a handler always can", async () => {
  const { holds } = holdsOver(undefined, (name) => name === lane);
  for (let number = 0; number < 1000; number++) await holds.hold(`command.n${number}`, paused);
  await expect(holds.hold("command.n1000", paused)).rejects.toThrow("1000 lanes without a handler are held already");
  expect(await holds.hold(lane, paused)).toBe(true);
  expect(await holds.hold("command.n7", { ...paused, reason: "again" })).toBe(true);
});

test("a reason is cut to its bound, and no character with it", async () => {
  const { holds, asked } = holdsOver();
  await holds.hold(lane, { ...quarantined, reason: `${"x".repeat(499)}\u{1F600}` });
  expect((JSON.parse(asked[0]!.body) as LaneHold).reason).toBe("x".repeat(499));
});
