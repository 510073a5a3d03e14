import { errors } from "nats";
import { expect, test, vi } from "vitest";
import { Journal } from "../../../../src/broker/write/journal.ts";
import { parseAck, type Ack } from "../../../../src/protocol/ack.ts";
import { found, answerOf, notFound, refusal, scriptedBroker, stored, type Asked } from "../support.ts";

const address = { node: "ship1", messageType: "command", subject: "ping", id: "a" } as const;
const ack: Ack = { ...address, state: "started", attempt: 1, instance: "me" };
const another: Ack = { ...ack, instance: "another" };

type Answers = Parameters<typeof scriptedBroker>[0];

function journalOver(answer: Answers) {
  const stop = new AbortController();
  const alarm = vi.fn<(reason: string) => void>();
  const scripted = scriptedBroker(answer);
  return { ...scripted, stop, alarm, journal: new Journal(scripted.broker, stop.signal, alarm) };
}

const isWrite = ({ subject }: Asked): boolean => subject === "steward.ship1.ack.command.ping.a";
const isRead = ({ subject }: Asked): boolean => subject.startsWith("$JS.API.DIRECT.GET.STEWARD_ACKS.");
const standing = (sequence: number) => refusal(10_071, `wrong last sequence: ${sequence}`);
const expected = ({ headers }: Asked): string | undefined => headers["Nats-Expected-Last-Subject-Sequence"];

test.each([0, 41])(
  "an ACK is stored behind the one at %i, and without an id that the server may drop it by",
  async (after) => {
    const { journal, asked } = journalOver(() => stored(42));
    expect(await journal.write(address, ack, after)).toMatchObject({ kind: "stored", sequence: 42 });
    expect(asked).toMatchObject([{ subject: "steward.ship1.ack.command.ping.a" }]);
    expect(asked[0]!.headers).toEqual({
      "Steward-State": "started",
      "Steward-Final": "false",
      "Nats-Expected-Last-Subject-Sequence": String(after),
    });
    expect(parseAck(Buffer.from(asked[0]!.body))).toEqual(ack);
  },
);

const times = { startedAt: "2026-01-31T12:00:00.000Z", finishedAt: "2026-01-31T12:00:01.000Z" };
const output = { stdout: "x".repeat(2 * 1024 * 1024), stderr: "" };

test.each<[string, Ack]>([
  ["as it was", { ...ack, ...times }],
  ["shortened to fit", { ...ack, ...times, state: "failed", output, error: { code: "x", message: output.stdout } }],
])("a repeat of one's own write, whose answer was lost, is a success (%s)", async (_how, own) => {
  let there = "";
  const { journal } = journalOver((each, count) => {
    if (isRead(each)) return found(7, there);
    there = each.body;
    return count === 1 ? new errors.TimeoutError() : standing(7);
  });
  expect(await journal.write(address, own, 0)).toEqual({ kind: "stored", sequence: 7 });
});

test.each<[string, Ack]>([
  ["another instance's", another],
  ["an earlier attempt's", { ...ack, attempt: 0 }],
  ["another state", { ...ack, state: "succeeded" }],
  ["a run's that a lane of this same life began at another time", { ...ack, startedAt: "2026-01-31T12:00:00.000Z" }],
  ["the same run's end at another time", { ...ack, finishedAt: "2026-01-31T12:00:00.000Z" }],
])("a stored ACK that is %s is a conflict", async (_whose, there) => {
  const { journal } = journalOver((each) => (isWrite(each) ? standing(7) : found(7, JSON.stringify(there))));
  expect(await journal.write(address, ack, 0)).toEqual({ kind: "conflict", link: { sequence: 7, ack: there } });
});

test("a lagging replica is not believed until it has the leader's sequence", async () => {
  const shown = [notFound(), found(5, JSON.stringify(ack)), found(9, JSON.stringify(another))];
  const { journal, asked } = journalOver((each) => {
    if (isWrite(each)) return standing(7);
    return isRead(each) ? shown[asked.filter(isRead).length - 1]! : answerOf({ state: { subjects: { x: 1 } } });
  });
  expect(await journal.write(address, ack, 0)).toMatchObject({ kind: "conflict", link: { sequence: 9 } });
});

test("a chain that expired while the message ran begins again", async () => {
  const { journal, asked } = journalOver((_each, count) => (count === 1 ? standing(0) : stored(50)));
  expect(await journal.write(address, ack, 41)).toMatchObject({ kind: "stored", sequence: 50 });
  expect(asked.map(expected)).toEqual(["41", "0"]);
});

test("a chain that vanishes between the refusal and the look at it does not hold the message up", async () => {
  const { journal } = journalOver((each, count) => {
    if (isWrite(each)) return [standing(7), standing(0), stored(50)][[1, 4, 5].indexOf(count)]!;
    return isRead(each) ? notFound() : answerOf({ state: {} });
  });
  expect(await journal.write(address, ack, 6)).toMatchObject({ kind: "stored", sequence: 50 });
});

test("a broker that stores no ACKs raises the alarm, and the write is repeated until it does", async () => {
  const { journal, alarm, asked } = journalOver((_each, count) =>
    count < 3 ? refusal(10_047, "no space left", 503) : stored(1),
  );
  expect(await journal.write(address, ack, 0)).toMatchObject({ kind: "stored" });
  expect(alarm).toHaveBeenCalledTimes(2);
  expect(alarm.mock.lastCall?.[0]).toMatch(/steward\.ship1\.ack\.command\.ping\.a.*no space left/);
  expect(asked.map(expected)).toEqual(["0", "0", "0"]);
});

test.each<[string, Answers]>([
  ["nobody answers", () => new errors.TimeoutError()],
  ["the broker refuses", () => refusal(10_047, "no space left", 503)],
  [
    "no replica shows what stands there",
    (each) => (isWrite(each) ? standing(7) : isRead(each) ? found(3, "{}") : answerOf({})),
  ],
])("the signal ends the waiting with its reason while %s", async (_what, answer) => {
  const { journal, asked, stop } = journalOver(answer);
  const written = journal.write(address, ack, 0);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1));
  const reason = new Error("the daemon ends");
  stop.abort(reason);
  await expect(written).rejects.toBe(reason);
});

test.each(["no JSON", '{"state":"done"}', ""])(
  "a stored text that cannot be read (%j) counts as final",
  async (data) => {
    const { journal } = journalOver((each) => (isWrite(each) ? standing(7) : found(7, data)));
    expect(await journal.write(address, ack, 0)).toMatchObject({
      kind: "conflict",
      link: { ack: { state: "rejected" } },
    });
  },
);

test.each([
  ["a week less an hour, where it is older", { max_age: 604_800e9 }, "2026-01-01T00:00:00Z", "2026-01-24T01:00:00Z"],
  ["all its life, where it is younger", { max_age: 604_800e9 }, "2026-01-30T00:00:00Z", "2026-01-30T00:00:00Z"],
  ["all its life, where it keeps for ever", { max_age: 0 }, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
  ["all its life, where the server leaves the age out", {}, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
])("the journal reaches back to %s", async (_howFar, config, created, since) => {
  const { journal, asked } = journalOver(() => answerOf({ config, created, ts: "2026-01-31T00:00:00Z" }));
  expect(await journal.reachesBackTo()).toBe(Date.parse(since));
  expect(asked[0]!.subject).toBe("$JS.API.STREAM.INFO.STEWARD_ACKS");
});

test("its reach is not guessed: a broker without its stream is waited for, and reported once", async () => {
  const since = "2026-01-01T00:00:00Z";
  const there = answerOf({ config: {}, created: since, ts: "2026-01-31T00:00:00Z" });
  const answers = [refusal(10_008, "temporarily unavailable", 503), refusal(10_059, "not found", 404)];
  const { journal, alarm } = journalOver((_asked, count) => answers[count - 1] ?? (count < 4 ? answers[1]! : there));
  expect(await journal.reachesBackTo()).toBe(Date.parse(since));
  expect(alarm).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("STEWARD_ACKS"));
});

test("the last ACK of a message is read from its subject", async () => {
  const { journal, asked } = journalOver(() => found(7, JSON.stringify(another)));
  expect(await journal.last(address)).toEqual({ sequence: 7, ack: another });
  expect(asked.map(({ subject }) => subject)).toEqual([
    "$JS.API.DIRECT.GET.STEWARD_ACKS.steward.ship1.ack.command.ping.a",
  ]);
});

test("a message without ACKs has no last one", async () => {
  expect(await journalOver(() => notFound()).journal.last(address)).toBeUndefined();
});

test.each([
  ["stored at once", () => stored(7)],
  ["stored, as a repeat showed", (each: Asked) => (isRead(each) ? found(7, JSON.stringify(ack)) : standing(7))],
])("no lagging replica hides an ACK that was written here, and %s", async (_how, onWrite) => {
  let lagging = false;
  let reads = 0;
  const { journal } = journalOver((each) => {
    if (!lagging) return onWrite(each);
    if (!isRead(each)) return answerOf({ state: { subjects: { x: 1 } } });
    reads += 1;
    return reads === 1 ? notFound() : found(7, JSON.stringify(ack));
  });
  await journal.write(address, ack, 0);
  lagging = true;
  expect(await journal.last(address)).toEqual({ sequence: 7, ack });
});
