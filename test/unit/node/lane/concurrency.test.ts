import { expect, test } from "vitest";
import { quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

test("as many run at once as the handler declares, in stored order", async () => {
  const { lane, push, steps, hold } = scriptedLane(2);
  const running = hold("run a");
  hold("run b");
  push("a", "b", "c");
  await quiet();
  expect(steps).toEqual(["open a", "open b", "run a", "run b"]);
  expect(lane).toMatchObject({ running: 2, waiting: 1 });
  running.open();
  await quiet();
  expect(steps.slice(4)).toEqual(["close a", "open c", "settle a", "run c", "close c", "settle c"]);
});

test.each([1, 2, 3])("copies of one message never run side by side, with a concurrency of %i", async (concurrency) => {
  const { lane, push, steps, hold } = scriptedLane(concurrency);
  const running = hold("run a");
  push("a", "a", "a");
  await quiet();
  expect(steps).toEqual(["open a", "run a"]);
  expect(lane).toMatchObject({ running: 1, waiting: 2 });
  running.open();
  await quiet();
  const once = ["open a", "run a", "close a", "settle a"];
  expect(steps).toEqual([...once, ...once, ...once, "idle"]);
});

test("a copy that waits for its twin holds up no other message", async () => {
  const { push, steps, hold } = scriptedLane(2);
  hold("run a");
  push("a", "a", "b", "c");
  await quiet();
  expect(steps.filter((step) => step.startsWith("run"))).toEqual(["run a", "run b", "run c"]);
});

test("the lane is idle only when the last of several has ended", async () => {
  const { push, steps, hold } = scriptedLane(2);
  const running = hold("run a");
  push("a", "b");
  await quiet();
  expect(steps).toContain("settle b");
  expect(steps).not.toContain("idle");
  running.open();
  await quiet();
  expect(steps.at(-1)).toBe("idle");
});
