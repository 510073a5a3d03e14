import { expect, test } from "vitest";
import { LeftError } from "../../../../src/node/left-error.ts";
import { quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

const fault = new Error("the connection is closed");

test.each(["open a", "run a", "close a", "settle a"])(
  "a lane that breaks at `%s` begins nothing more",
  async (step) => {
    const { lane, push, steps, hold } = scriptedLane();
    hold(step).fail(fault);
    push("a", "b", "c");
    await quiet();
    expect(steps.filter((done) => done.startsWith("run") && done !== "run a")).toEqual([]);
    expect(steps).toContain("broken");
    expect(steps).not.toContain("idle");
    expect(lane.unsettled().map(({ address }) => address.id)).toEqual(["a", "b", "c"]);
  },
);

test("messages that come after the break are held after the rest, and not begun", async () => {
  const { lane, push, hold, steps } = scriptedLane();
  hold("run a").fail(fault);
  push("a", "b");
  await quiet();
  push("c");
  await quiet();
  expect(lane.unsettled().map(({ address }) => address.id)).toEqual(["a", "b", "c"]);
  expect(steps).toEqual(["open a", "run a", "broken"]);
});

test("messages that were settled before the break are no longer held", async () => {
  const { lane, push, hold } = scriptedLane();
  hold("run b").fail(fault);
  push("a", "b", "c");
  await quiet();
  expect(lane.unsettled().map(({ address }) => address.id)).toEqual(["b", "c"]);
});

test("a final ACK and a start that fail together break the lane once, and nothing is left unhandled", async () => {
  const { push, steps, hold } = scriptedLane();
  hold("close a").fail(fault);
  hold("open b").fail(fault);
  push("a", "b");
  await quiet();
  expect(steps).toEqual(["open a", "run a", "close a", "open b", "broken"]);
});

test("a start that fails leaves the message before it settled, so that it is not opened again", async () => {
  const { lane, push, steps, hold } = scriptedLane();
  const closing = hold("close a");
  hold("open b").fail(fault);
  push("a", "b");
  await quiet();
  closing.open();
  await quiet();
  expect(steps).toEqual(["open a", "run a", "close a", "open b", "settle a", "broken"]);
  expect(lane.unsettled().map(({ address }) => address.id)).toEqual(["b"]);
});

test("messages that a broken lane leaves do not break it again", async () => {
  const { lane, push, steps, hold } = scriptedLane(2);
  const [first, second] = [hold("run a"), hold("run b")];
  push("a", "b");
  await quiet();
  first.fail(fault);
  await quiet();
  const stopped = lane.stop();
  second.fail(new LeftError());
  await stopped;
  expect(steps.filter((step) => step === "broken")).toHaveLength(1);
});

test("a message that the lane broke at has no process any more that could be cancelled", async () => {
  const { lane, push, hold } = scriptedLane();
  const running = hold("run a");
  push("a");
  await quiet();
  const address = lane.unsettled()[0]!.address;
  expect(lane.processOf(address)).toBeDefined();
  running.fail(fault);
  await quiet();
  expect(lane.processOf(address)).toBeUndefined();
});

test.each(["before it is opened", "once it is opened"])(
  "a suspect that was to run next leaves its turn to others when the lane breaks, %s",
  async (when) => {
    const { push, hold, turnsEnded } = scriptedLane();
    const settling = hold("settle a");
    const opening = hold("open b");
    push("a", "b");
    await quiet();
    if (when === "once it is opened") opening.open();
    await quiet();
    settling.fail(fault);
    await quiet();
    opening.open();
    await quiet();
    expect(turnsEnded).toEqual(["b"]);
  },
);
