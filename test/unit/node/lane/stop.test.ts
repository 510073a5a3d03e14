import { expect, test, vi } from "vitest";
import { quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

test("stopping lets running messages end and begins nothing more", async () => {
  const { lane, push, steps, hold } = scriptedLane();
  const running = hold("run a");
  push("a", "b");
  await quiet();
  const stopped = vi.fn<() => void>();
  const stop = lane.stop().then(stopped);
  await quiet();
  expect(stopped).not.toHaveBeenCalled();
  running.open();
  await stop;
  expect(steps).toEqual(["open a", "run a", "close a", "settle a"]);
  expect(lane.unsettled().map(({ address }) => address.id)).toEqual(["b"]);
});

test("a message whose start is stored already still runs, since an at-most-once one could not run later", async () => {
  const { lane, push, steps, hold } = scriptedLane();
  const closing = hold("close a");
  push("a", "b", "c");
  await quiet();
  const stop = lane.stop();
  closing.open();
  await stop;
  expect(steps.slice(3)).toEqual(["open b", "settle a", "run b", "close b", "settle b"]);
});

test("stopping waits for all running messages, for every caller", async () => {
  const { lane, push, hold } = scriptedLane(2);
  const [first, second] = [hold("run a"), hold("run b")];
  push("a", "b");
  await quiet();
  const stopped = vi.fn<() => void>();
  const stops = [lane.stop().then(stopped), lane.stop().then(stopped)];
  first.open();
  await quiet();
  expect(stopped).not.toHaveBeenCalled();
  second.open();
  await Promise.all(stops);
  expect(stopped).toHaveBeenCalledTimes(2);
});

test("a lane that breaks while it stops has stopped", async () => {
  const { lane, push, hold } = scriptedLane();
  const running = hold("run a");
  push("a");
  await quiet();
  const stop = lane.stop();
  running.fail(new Error("interrupted"));
  await expect(stop).resolves.toBeUndefined();
});

test("a stopped lane takes messages in and begins none", async () => {
  const { lane, push, steps } = scriptedLane();
  await lane.stop();
  push("a");
  await quiet();
  expect(steps).toEqual([]);
  expect(lane.waiting).toBe(1);
});

test("clearing forgets waiting messages; running ones go on", async () => {
  const { lane, push, steps, hold } = scriptedLane();
  const running = hold("run a");
  push("a", "b");
  await quiet();
  lane.clear();
  running.open();
  await quiet();
  expect(steps).toEqual(["open a", "run a", "close a", "settle a", "idle"]);
});
