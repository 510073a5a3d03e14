import { expect, test } from "vitest";
import { quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

test("after a success the next message's start goes out with the final ACK, and it runs once the first is settled", async () => {
  const { push, steps, hold } = scriptedLane();
  const closing = hold("close a");
  push("a", "b");
  await quiet();
  expect(steps).toEqual(["open a", "run a", "close a", "open b"]);
  closing.open();
  await quiet();
  expect(steps.slice(4)).toEqual(["settle a", "run b", "close b", "settle b", "idle"]);
});

test("a run does not begin before its own start is stored", async () => {
  const { push, steps, hold } = scriptedLane();
  const opening = hold("open b");
  push("a", "b");
  await quiet();
  expect(steps).toEqual(["open a", "run a", "close a", "open b", "settle a"]);
  opening.open();
  await quiet();
  expect(steps).toContain("run b");
});

test.each(["failed", "rejected", "expired", "interrupted", "cancelled"] as const)(
  "after a message that ended as %s, the next is not opened before that one is settled",
  async (state) => {
    const { push, steps, hold, ends } = scriptedLane();
    const settling = hold("settle a");
    ends("a", state);
    push("a", "b");
    await quiet();
    expect(steps).toEqual(["open a", "run a", "close a", "settle a"]);
    settling.open();
    await quiet();
    expect(steps.slice(4)).toEqual(["open b", "run b", "close b", "settle b", "idle"]);
  },
);

test("messages that come while one runs wait behind it, in the order in which they came", async () => {
  const { lane, push, steps, hold } = scriptedLane();
  const running = hold("run a");
  push("a");
  await quiet();
  push("b", "c");
  await quiet();
  expect(lane).toMatchObject({ running: 1, waiting: 2 });
  running.open();
  await quiet();
  expect(steps.filter((step) => step.startsWith("run"))).toEqual(["run a", "run b", "run c"]);
  expect(lane).toMatchObject({ running: 0, waiting: 0 });
});

test.each(["first", "second"])("a message that left the queue while it waited is passed over (%s)", async (place) => {
  const { push, steps, vanished } = scriptedLane();
  vanished.add("gone");
  push(...(place === "first" ? ["gone", "b"] : ["b", "gone", "c"]));
  await quiet();
  expect(steps.filter((step) => step.startsWith("settle"))).toEqual(
    place === "first" ? ["settle b"] : ["settle b", "settle c"],
  );
  expect(steps.at(-1)).toBe("idle");
});

test("a message that left the queue does not hold a later copy of it up", async () => {
  const { push, steps, vanished } = scriptedLane();
  vanished.add("a");
  push("b", "a");
  await quiet();
  vanished.delete("a");
  push("a");
  await quiet();
  expect(steps).toContain("settle a");
});

test("an idle lane takes up work again", async () => {
  const { push, steps } = scriptedLane();
  push("a");
  await quiet();
  push("b");
  await quiet();
  expect(steps.slice(4)).toEqual(["idle", "open b", "run b", "close b", "settle b", "idle"]);
});
