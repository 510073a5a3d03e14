import { expect, test } from "vitest";
import { quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

test("a lane on hold opens nothing, and goes on when it is woken", async () => {
  const { lane, push, steps, pause } = scriptedLane();
  pause.on = true;
  push("a", "b");
  lane.wake();
  await quiet();
  expect(steps).toEqual([]);
  expect(lane).toMatchObject({ running: 0, waiting: 2 });
  pause.on = false;
  lane.wake();
  await quiet();
  expect(steps.filter((step) => step.startsWith("run"))).toEqual(["run a", "run b"]);
  expect(steps.at(-1)).toBe("idle");
});

test("running and opened messages end in order when their lane is put on hold", async () => {
  const { lane, push, steps, hold, pause } = scriptedLane();
  const closing = hold("close a");
  push("a", "b", "c");
  await quiet();
  pause.on = true;
  closing.open();
  await quiet();
  expect(steps.slice(3)).toEqual(["open b", "settle a", "run b", "close b", "settle b"]);
  expect(lane).toMatchObject({ running: 0, waiting: 1 });
});

test("a lane on hold is not idle while something waits in it", async () => {
  const { push, steps, hold, pause } = scriptedLane();
  const running = hold("run a");
  push("a", "b");
  await quiet();
  pause.on = true;
  running.open();
  await quiet();
  expect(steps.at(-1)).toBe("settle a");
});

test("a lane on hold of several goes on with all of them", async () => {
  const { lane, push, hold, pause } = scriptedLane(3);
  hold("run a");
  push("a");
  await quiet();
  pause.on = true;
  push("b", "c", "d");
  for (const id of ["b", "c", "d"]) hold(`run ${id}`);
  await quiet();
  expect(lane).toMatchObject({ running: 1, waiting: 3 });
  pause.on = false;
  lane.wake();
  lane.wake();
  await quiet();
  expect(lane).toMatchObject({ running: 3, waiting: 1 });
});

test("waking a stopped lane begins nothing", async () => {
  const { lane, push, steps } = scriptedLane();
  await lane.stop();
  push("a");
  lane.wake();
  await quiet();
  expect(steps).toEqual([]);
});
