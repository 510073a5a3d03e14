import fc from "fast-check";
import { expect, test } from "vitest";
import { heldOf, messageWith, quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

const budget = 1024 * 1024;
const half = Buffer.alloc(budget / 2);

const withPayload = (data: Uint8Array) => heldOf(messageWith(), { data });

test("what waits far back in a lane keeps no payload", async () => {
  const { lane, push, hold } = scriptedLane();
  hold("run a");
  push("a");
  await quiet();
  const waiting = Array.from({ length: 4 }, () => withPayload(half));
  for (const held of waiting) lane.push(held);
  expect(waiting.map(({ payload }) => payload?.length)).toEqual([half.length, half.length, undefined, undefined]);
});

test("what a message takes is free again once its turn came", async () => {
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

test("what is cleared is free again", async () => {
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
      const { lane, hold, stored } = scriptedLane();
      for (const [index, act] of actions.entries()) {
        if (act === "next") {
          const [running] = lane.unsettled();
          if (running !== undefined) hold(`run ${running.address.id}`).open();
        } else {
          const held = heldOf(messageWith({ id: `m${index}` }), { data: Buffer.alloc(act.push) });
          hold(`run m${index}`);
          stored.set(`m${index}`, Buffer.alloc(act.push));
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

test("a payload that was dropped is read again before its message's turn, in order, one at a time", async () => {
  const { lane, steps, stored, push, hold } = scriptedLane();
  hold("run a");
  const last = hold("reread c");
  const waiting = push("a", "b", "c", "d").slice(1);
  for (const held of waiting) {
    stored.set(held.address.id, half);
    held.payload = undefined;
  }
  hold("run b");
  hold("run a").open();
  await quiet();
  expect(steps.filter((step) => step.startsWith("reread"))).toEqual(["reread c"]);
  last.open();
  await quiet();
  expect(steps.filter((step) => step.startsWith("reread"))).toEqual(["reread c", "reread d"]);
  expect(waiting.map(({ payload }) => payload?.length)).toEqual([undefined, half.length, half.length]);
  expect(lane.waiting).toBe(2);
});

test("a message whose turn comes while its payload is read waits for it, and it is not read twice", async () => {
  const { steps, stored, push, hold } = scriptedLane();
  const [running, reading] = [hold("run a"), hold("reread c")];
  const [, , c] = push("a", "b", "c");
  stored.set("c", half);
  c!.payload = undefined;
  running.open();
  await quiet();
  expect(steps).not.toContain("open c");
  reading.open();
  await quiet();
  expect(c!.payload).toBe(half);
  expect(steps.filter((step) => step === "reread c")).toHaveLength(1);
  expect(steps).toContain("settle c");
});

test("what is cleared while it is read is not kept", async () => {
  const { lane, stored, push, hold } = scriptedLane();
  const [running, reading] = [hold("run a"), hold("reread c")];
  hold("run b");
  const [, , c] = push("a", "b", "c");
  stored.set("c", half);
  c!.payload = undefined;
  running.open();
  await quiet();
  lane.clear();
  reading.open();
  await quiet();
  expect(c!.payload).toBeUndefined();
});
