import { errors } from "nats";
import { expect, test, vi } from "vitest";
import { answerOf, refusal } from "../../broker/support.ts";
import { deliveryOf, gate, messageWith, quiet, soon } from "../support.ts";
import { consumerOf, isReset, scriptedIntake } from "./support.ts";

const isRemoval = ({ subject }: { readonly subject: string }): boolean => subject.includes(".MSG.DELETE.");

test("in an epoch, a message that ended is removed by its sequence", async () => {
  const { intake, end, removals, taken } = scriptedIntake();
  await intake.resync("start");
  end(12);
  expect(taken.count).toBe(1);
  await soon();
  expect(removals()).toEqual([12]);
  expect(taken.count).toBe(0);
});

test("what ends outside an epoch is removed only when the next epoch has delivered it again", async () => {
  const { intake, end, removals, taken } = scriptedIntake();
  await intake.resync("start");
  intake.pause();
  end(2);
  await soon();
  expect(removals()).toEqual([]);
  await intake.resync("reconnect");
  await soon();
  expect(removals()).toEqual([]);
  expect(taken.renew({ sequence: 2 })).toBe(false);
  end(2);
  await soon();
  expect(removals()).toEqual([2]);
});

test("another message under a known sequence makes the node start over: the broker's store was restored", async () => {
  const { intake, end, message, removals, voided, resets, taken, logged } = scriptedIntake();
  await intake.resync("start");
  const held = taken.take(deliveryOf(messageWith(), { sequence: 7, storedAt: 1 }))!;
  message(1);
  await expect.poll(resets).toBe(2);
  expect(voided).toHaveBeenCalledOnce();
  expect(logged.join()).toContain("the broker's store was restored");
  expect(held.storedAt).toBe(1);
  end(8);
  await soon();
  expect(removals()).toEqual([8]);
});

test("until the removal is answered, the message is known as ended", async () => {
  const answered = gate();
  const { intake, end, taken } = scriptedIntake(async (each) => {
    if (isRemoval(each)) await answered.promise;
    return consumerOf();
  });
  await intake.resync("start");
  end(3);
  await soon();
  expect(taken.renew({ sequence: 3 })).toBe(true);
  answered.open();
  await quiet();
  expect(taken.renew({ sequence: 3 })).toBe(false);
});

test.each([
  ["a free sequence", refusal(10_043, "sequence 3 not found")],
  ["a sequence before the first", refusal(10_057, "no message found", 500)],
  ["a sequence behind the last", refusal(10_057, "stream store EOF", 500)],
])("%s counts as removed", async (_what, answer) => {
  const { intake, end, taken, logged } = scriptedIntake((each) => (isRemoval(each) ? answer : consumerOf()));
  await intake.resync("start");
  end(3);
  await soon();
  expect(taken.count).toBe(0);
  expect(logged.filter((line) => line.startsWith("warn"))).toEqual([]);
});

test("without an answer it is asked for again, and only one at a time", async () => {
  let isAway = true;
  const { intake, end, removals, taken } = scriptedIntake((each) => {
    return isAway && isRemoval(each) ? new errors.TimeoutError() : consumerOf();
  });
  await intake.resync("start");
  for (const sequence of [1, 2, 3]) end(sequence);
  await soon();
  expect(removals()).toEqual([1]);
  isAway = false;
  await expect.poll(() => taken.count).toBe(0);
  expect(new Set(removals())).toEqual(new Set([1, 2, 3]));
});

test("a refusal is reported once, and the removal is asked for again", async () => {
  const { intake, end, removals, logged } = scriptedIntake((each) => {
    return isRemoval(each) ? refusal(10_057, "message delete not permitted", 500) : consumerOf();
  });
  await intake.resync("start");
  end(1);
  await expect.poll(() => removals().length).toBeGreaterThan(2);
  expect(logged.filter((line) => line.startsWith("warn"))).toEqual([
    "warn 1 ended messages are still in the queue after 0 s: the broker does not remove a message from STEWARD_MESSAGES: message delete not permitted",
  ]);
});

test("ended messages that stay in the queue for a minute are reported, whatever the reason", async () => {
  const { intake, end, removals, logged } = scriptedIntake((each) => {
    return isRemoval(each) ? new errors.TimeoutError() : consumerOf();
  });
  await intake.resync("start");
  end(1);
  await expect.poll(() => removals().length).toBeGreaterThan(1);
  expect(logged.filter((line) => line.startsWith("warn"))).toEqual([]);
  const now = performance.now.bind(performance);
  const later = vi.spyOn(performance, "now").mockImplementation(() => now() + 60_000);
  await expect.poll(() => logged.filter((line) => line.startsWith("warn"))).toHaveLength(1);
  later.mockRestore();
});

test("a message of a queue that was deleted and created again is not removed", async () => {
  const { intake, end, removals, taken } = scriptedIntake();
  end(1);
  taken.clear();
  await intake.resync("start");
  await soon();
  expect(removals()).toEqual([]);
});

test("quick answers let more removals wait at once, slow answers fewer", async () => {
  let [open, most, slow] = [0, 0, false];
  const { intake, end, taken } = scriptedIntake(async (each) => {
    if (!isRemoval(each)) return consumerOf();
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, slow ? 120 : 1));
    open -= 1;
    return answerOf({ success: true });
  });
  await intake.resync("start");
  for (let sequence = 1; sequence <= 300; sequence++) end(sequence);
  await expect.poll(() => taken.count).toBe(0);
  expect(most).toBeGreaterThan(8);
  expect(most).toBeLessThanOrEqual(32);
  slow = true;
  for (let sequence = 301; sequence <= 340; sequence++) end(sequence);
  await expect.poll(() => taken.count, { timeout: 5000 }).toBe(0);
  most = 0;
  end(341);
  end(342);
  await expect.poll(() => taken.count, { timeout: 5000 }).toBe(0);
  expect(most).toBeLessThanOrEqual(2);
});

test("once stopped nothing is taken in, and messages that end are still removed", async () => {
  const { intake, end, removals, message, delivered, subscribed } = scriptedIntake();
  await intake.resync("start");
  intake.stop();
  message(1);
  expect(delivered).toEqual([]);
  expect(subscribed()).toEqual([]);
  expect(intake.live).toBe(false);
  end(7);
  await soon();
  expect(removals()).toEqual([7]);
});

test("stopped during a resync, or before one, it takes nothing more", async () => {
  const reset = gate();
  const { intake, subscribed, pulls } = scriptedIntake(async (each) => {
    if (isReset(each)) await reset.promise;
    return consumerOf();
  });
  const resynced = intake.resync("reconnect");
  await quiet();
  intake.stop();
  reset.open();
  await resynced;
  await intake.resync("reconnect");
  expect(subscribed()).toEqual([]);
  expect(pulls()).toBe(0);
});
