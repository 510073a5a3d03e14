import { errors } from "nats";
import { expect, onTestFinished, test, vi } from "vitest";
import { answerOf, consumerAnswer, refusal } from "../../broker/support.ts";
import { gate, quiet, soon } from "../support.ts";
import { consumerOf, isReset, scriptedIntake } from "./support.ts";

test("an epoch begins with a reset of the consumer, after the old inbox is closed and before the new one", async () => {
  const subscribed: number[] = [];
  const scripted = scriptedIntake((each) => {
    if (isReset(each)) subscribed.push(scripted.subscribed().length);
    return consumerOf();
  });
  await scripted.intake.resync("start");
  await scripted.intake.resync("watchdog");
  expect(subscribed).toEqual([0, 0]);
  expect(scripted.pulls()).toBe(2);
  expect(scripted.intake.resyncs).toEqual({ start: 1, watchdog: 1 });
});

test("deliveries come in once an epoch has begun", async () => {
  const { intake, message, delivered } = scriptedIntake();
  await intake.resync("start");
  message(1);
  expect(delivered).toMatchObject([{ sequence: 7 }]);
});

test("an idle node asks for messages again within an epoch, and not outside of one", async () => {
  const { intake, pulls, status } = scriptedIntake();
  intake.askIfIdle();
  expect(pulls()).toBe(0);
  await intake.resync("start");
  status(408, "Request Timeout");
  intake.askIfIdle();
  expect(pulls()).toBe(3);
  status(408, "Request Timeout");
  intake.pause();
  intake.askIfIdle();
  expect(pulls()).toBe(4);
});

test("a resync that is asked for during another follows it, and all callers wait for it", async () => {
  const reset = gate();
  const { intake, resets, subscribed } = scriptedIntake(async (each) => {
    if (isReset(each)) await reset.promise;
    return consumerOf();
  });
  const all = [intake.resync("start")];
  await quiet();
  expect(resets()).toBe(1);
  all.push(intake.resync("reconnect"), intake.resync("watchdog"));
  reset.open();
  await Promise.all(all);
  expect(resets()).toBe(2);
  expect(intake.resyncs).toEqual({ start: 1, watchdog: 1 });
  expect(subscribed()).toHaveLength(3);
});

test("one asked for in whatever moment of another is not lost", async () => {
  for (let turns = 0; turns < 60; turns++) {
    const { intake, end, removals } = scriptedIntake();
    const first = intake.resync("start");
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await Promise.all([first, intake.resync("reconnect")]);
    await quiet();
    end(7);
    await soon();
    expect(removals(), `${turns} turns later`).toEqual([7]);
  }
});

test.each([
  ["silence", new errors.TimeoutError()],
  ["a stream that is not there yet", refusal(10_059, "stream not found", 404)],
])("%s is waited out", async (_what, answer) => {
  const { intake, pulls } = scriptedIntake((_asked, count) => (count < 3 ? answer : consumerOf()));
  await intake.resync("start");
  expect(pulls()).toBe(1);
  expect(intake.resyncs).toEqual({ start: 1 });
});

test("the reason of a wait is logged once, and silence not at all", async () => {
  const missing = refusal(10_059, "stream not found", 404);
  const { intake, logged } = scriptedIntake((_asked, count) => {
    if (count === 1) return new errors.TimeoutError();
    return count < 5 ? missing : consumerOf();
  });
  await intake.resync("start");
  expect(logged).toEqual([expect.stringMatching(/^warn cannot resync yet: .* `steward init`/), "info resynced"]);
});

test.each([
  ["restored", consumerOf(), "warn the consumer's headers_only, max_ack_pending was changed; restored"],
  [
    "left, where the broker refuses",
    refusal(10_025, "no"),
    "error the consumer's headers_only, max_ack_pending cannot",
  ],
])("a change of the consumer is %s, and reported", async (_what, answer, reported) => {
  const changed = consumerAnswer({ config: { max_ack_pending: 1, headers_only: true, max_waiting: 99 } });
  const { intake, asked, logged, pulls } = scriptedIntake(({ subject }) => {
    if (subject.includes(".INFO.")) return changed;
    return subject.includes(".CREATE.") ? answer : consumerOf();
  });
  await intake.resync("start");
  const update = asked.find(({ subject }) => subject.includes(".CREATE."))!;
  expect(JSON.parse(update.body)).toMatchObject({ action: "update", config: { max_ack_pending: -1, max_waiting: 99 } });
  expect(update.body).not.toContain("headers_only");
  expect(logged[0]).toContain(reported);
  expect(pulls()).toBe(1);
});

test("the daemon's end ends the trying", async () => {
  const { intake, shutdown, asked, pulls } = scriptedIntake(() => new errors.TimeoutError());
  const resynced = intake.resync("start");
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0));
  shutdown.now();
  await expect(resynced).resolves.toBeUndefined();
  expect(pulls()).toBe(0);
});

test.each([
  ["gap", (scripted: ReturnType<typeof scriptedIntake>) => scripted.message(2)],
  ["consumerGone", (scripted: ReturnType<typeof scriptedIntake>) => scripted.status(409, "Consumer Deleted")],
])("a %s in the deliveries brings a resync", async (why, happen) => {
  const scripted = scriptedIntake();
  await scripted.intake.resync("start");
  happen(scripted);
  await vi.waitFor(() => expect(scripted.pulls()).toBe(2));
  expect(scripted.intake.resyncs).toEqual({ start: 1, [why]: 1 });
});

test.each([
  ["another", ["first", "second"], 1],
  ["the same", ["first", "first"], 0],
])("when the consumer is %s than before, the held messages are void, and only then", async (_which, created, calls) => {
  let resets = 0;
  const { intake, voided, pulls } = scriptedIntake((each) => consumerOf(isReset(each) ? created[resets++] : undefined));
  await intake.resync("start");
  expect(voided).not.toHaveBeenCalled();
  voided.mockImplementation(() => expect(pulls()).toBe(1));
  await intake.resync("reconnect");
  expect(voided).toHaveBeenCalledTimes(calls);
});

test("a missing consumer is created again", async () => {
  const { intake, asked } = scriptedIntake(({ subject }) =>
    subject.includes(".INFO.") ? refusal(10_014, "consumer not found", 404) : answerOf({ created: "now", ts: "" }),
  );
  await intake.resync("start");
  expect(asked.map(({ subject }) => subject.split(".")[3])).toEqual(["INFO", "CREATE", "RESET"]);
});

test("an answer that took long says too little of the time", async () => {
  const { intake, clock } = scriptedIntake((_asked, count) => {
    if (count <= 2) return consumerOf();
    const now = performance.now();
    vi.spyOn(performance, "now").mockReturnValue(now + 2500);
    return consumerAnswer({ ts: new Date(0).toISOString() });
  });
  onTestFinished(() => void vi.restoreAllMocks());
  await intake.resync("start");
  const known = clock.now();
  await intake.look();
  expect(clock.now() - known).toBeLessThan(4000);
});

test("the time is the broker's, and read again at each look", async () => {
  const { intake, clock } = scriptedIntake((_asked, count) => {
    const ahead = count <= 2 ? 3_600_000 : -3_600_000;
    return consumerAnswer({ ts: new Date(Date.now() + ahead).toISOString() });
  });
  await intake.resync("start");
  expect(Math.abs(clock.now() - Date.now() - 3_600_000)).toBeLessThan(1000);
  await intake.look();
  expect(Math.abs(clock.now() - Date.now() + 3_600_000)).toBeLessThan(1000);
});

test("a full memory is reported once, and nothing is asked for meanwhile; a new epoch renews the known messages", async () => {
  const { intake, pulls, message, logged } = scriptedIntake(undefined, 1);
  await intake.resync("start");
  for (let delivery = 1; delivery <= 600; delivery++) message(delivery);
  expect(pulls()).toBe(1);
  expect(logged.filter((line) => line.includes("as many as fit in memory"))).toHaveLength(1);
  await intake.resync("reconnect");
  expect(pulls()).toBe(2);
});
