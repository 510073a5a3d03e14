import fc from "fast-check";
import { expect, test } from "vitest";
import { takenOf, messageWith, quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

const budget = 4 * 1024 * 1024;
/** What a payload counts for beside its bytes. */
const overhead = 512;
const half = Buffer.alloc(budget / 2 - overhead);

const withPayload = (data: Uint8Array) => takenOf(messageWith(), { data });

test("a message far back in a lane keeps no payload", async () => {
  const { lane, push, hold } = scriptedLane();
  hold("run a");
  push("a");
  await quiet();
  const waiting = Array.from({ length: 4 }, () => withPayload(half));
  for (const held of waiting) lane.push(held);
  expect(waiting.map(({ payload }) => payload?.length)).toEqual([half.length, half.length, undefined, undefined]);
});

test("a small payload counts with its size in memory, which is more than its bytes", async () => {
  const { lane, push, hold } = scriptedLane();
  hold("run a");
  push("a");
  await quiet();
  const waiting = Array.from({ length: 10_000 }, () => withPayload(Buffer.alloc(1)));
  for (const held of waiting) lane.push(held);
  const kept = waiting.filter(({ payload }) => payload !== undefined).length;
  expect(kept).toBe(Math.ceil(budget / (overhead + 1)));
});

test("a message's memory is free again after its turn", async () => {
  const { lane, push, hold } = scriptedLane();
  const running = hold("run a");
  push("a");
  await quiet();
  for (let round = 0; round < 3; round++) lane.push(withPayload(half));
  running.open();
  await quiet();
  hold("run b");
  push("b");
  await quiet();
  const again = [withPayload(half), withPayload(half), withPayload(half)];
  for (const held of again) lane.push(held);
  expect(again.map(({ payload }) => payload !== undefined)).toEqual([true, true, false]);
});

test("the memory of cleared messages is free again", async () => {
  const { lane, push, hold } = scriptedLane();
  hold("run a");
  push("a");
  await quiet();
  lane.push(withPayload(Buffer.alloc(budget)));
  lane.clear();
  const next = withPayload(half);
  lane.push(next);
  expect(next.payload).toBeDefined();
});

test("however messages come and go, the payloads kept stay near the budget", async () => {
  const action = fc.oneof(fc.record({ push: fc.integer({ min: 0, max: budget }) }), fc.constant("next" as const));
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
      const { lane, hold } = scriptedLane();
      for (const [index, act] of actions.entries()) {
        if (act === "next") {
          const [running] = lane.unsettled();
          if (running !== undefined) hold(`run ${running.address.id}`).open();
        } else {
          const held = takenOf(messageWith({ id: `m${index}` }), { data: Buffer.alloc(act.push) });
          hold(`run m${index}`);
          lane.push(held);
        }
        await quiet();
        const kept = lane.unsettled().slice(lane.running);
        const bytes = kept.reduce((sum, { payload }) => sum + (payload?.length ?? 0), 0);
        expect(bytes).toBeLessThan(2 * budget);
      }
    }),
    { numRuns: 50 },
  );
});

/** A lane that runs `first`, and behind it 8 MiB of messages `m0` to `m3`, of which the last two keep no payload. */
async function farBehind() {
  const lane = scriptedLane();
  const running = lane.hold("run first");
  lane.push("first");
  await quiet();
  const waiting = [0, 1, 2, 3].map((at) => takenOf(messageWith({ id: `m${at}` }), { data: half }));
  const holds = waiting.map((held) => lane.hold(`run ${held.address.id}`));
  for (const held of waiting) lane.lane.push(held);
  return { ...lane, running, waiting, holds };
}

test("messages far back are read again before their turn comes, in one request", async () => {
  const { running, waiting, reads, readable, steps, holds } = await farBehind();
  for (const id of ["m2", "m3"]) readable.set(id, half);
  running.open();
  await quiet();
  expect(steps.at(-1)).toBe("run m0");
  expect(reads).toEqual([["m2", "m3"]]);
  expect(waiting.map(({ payload }) => payload !== undefined)).toEqual([true, true, true, true]);
  for (const hold of holds) hold.open();
  await quiet();
  expect(steps.filter((step) => step.startsWith("run"))).toEqual(["run first", "run m0", "run m1", "run m2", "run m3"]);
  expect(reads).toHaveLength(1);
});

test("a message whose turn comes while it is read waits for that; one that is not found is read by itself", async () => {
  const { hold, running, reads, readable, steps, holds, waiting } = await farBehind();
  readable.set("m2", half);
  const reading = hold("read ahead");
  running.open();
  for (const one of holds.slice(0, 2)) one.open();
  await quiet();
  expect(steps.at(-1)).toBe("settle m1");
  reading.open();
  await quiet();
  expect(steps.at(-1)).toBe("run m2");
  expect(reads[0]).toEqual(["m2", "m3"]);
  expect(waiting[3]?.payload).toBeUndefined();
});

test("a message that was cleared while it was read takes no memory", async () => {
  const { hold, lane, running, readable } = await farBehind();
  for (const id of ["m2", "m3"]) readable.set(id, half);
  const reading = hold("read ahead");
  running.open();
  await quiet();
  lane.clear();
  reading.open();
  await quiet();
  const next = [withPayload(Buffer.alloc(budget - overhead - 1)), withPayload(half), withPayload(half)];
  for (const held of next) lane.push(held);
  expect(next.map(({ payload }) => payload !== undefined)).toEqual([true, true, false]);
});
