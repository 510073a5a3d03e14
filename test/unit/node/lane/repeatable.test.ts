import { expect, test } from "vitest";
import { quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

const repeatable = () => scriptedLane(1, true);

test("where a repeat does no harm the next runs before the end is recorded, in stored order", async () => {
  const { hold, push, steps, lane } = repeatable();
  const storing = hold("close a");
  push("a", "b", "c");
  await quiet();
  expect(steps.filter((step) => step.startsWith("run"))).toEqual(["run a", "run b", "run c"]);
  expect(steps).not.toContain("settle a");
  expect(steps).not.toContain("idle");
  expect(lane.processes()).toEqual([]);
  storing.open();
  await quiet();
  expect(steps.slice(-2)).toEqual(["settle a", "idle"]);
});

test("after a failure the next waits until it is dealt with", async () => {
  const { hold, push, steps, ends } = repeatable();
  ends("b", "failed");
  const dealing = hold("settle b");
  push("a", "b", "c");
  await quiet();
  expect(steps).not.toContain("open c");
  dealing.open();
  await quiet();
  expect(steps).toContain("run c");
});

test("no more than some hundred ends are being recorded at once", async () => {
  const { hold, push, steps } = repeatable();
  const ids = Array.from({ length: 300 }, (_, at) => `m${at}`);
  const gates = ids.map((id) => hold(`close ${id}`));
  push(...ids);
  await quiet();
  expect(steps.filter((step) => step.startsWith("run"))).toHaveLength(256);
  for (const gate of gates) gate.open();
  await quiet();
  expect(steps.filter((step) => step.startsWith("settle"))).toHaveLength(300);
  expect(steps.at(-1)).toBe("idle");
});

test("an end that cannot be recorded breaks the lane once, and leaves all unsettled messages", async () => {
  const { hold, push, steps, lane } = repeatable();
  const gates = ["a", "b"].map((id) => hold(`close ${id}`));
  const running = hold("run c");
  const [a, b, c, d] = push("a", "b", "c", "d");
  await quiet();
  for (const gate of gates) gate.fail(new Error("replaced"));
  await quiet();
  expect(steps.filter((step) => step === "broken")).toEqual(["broken"]);
  const stopped = lane.stop();
  running.open();
  await stopped;
  expect(lane.unsettled()).toEqual([a, b, d]);
  expect(steps).toContain("settle c");
  expect(c).toBeDefined();
});

test("a stop waits until the ends are recorded", async () => {
  const { hold, push, lane } = repeatable();
  const storing = hold("close a");
  push("a");
  await quiet();
  let stopped = false;
  void lane.stop().then(() => (stopped = true));
  await quiet();
  expect(stopped).toBe(false);
  storing.open();
  await quiet();
  expect(stopped).toBe(true);
});
