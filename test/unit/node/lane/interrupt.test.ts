import { expect, test, vi } from "vitest";
import { quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

test.each(["abandoned", "cutOff"] as const)(
  "an interruption (%s) reaches the running messages, and waits for their end",
  async (kind) => {
    const { lane, push, steps, hold } = scriptedLane(2);
    const running = [hold("run a"), hold("run b")];
    push("a", "b", "c");
    await quiet();
    const done = vi.fn<() => void>();
    const interrupted = lane.interrupt(kind).then(done);
    expect(steps.slice(-2)).toEqual([`${kind} a`, `${kind} b`]);
    running[0]?.fail(new Error("left"));
    await quiet();
    expect(done).not.toHaveBeenCalled();
    running[1]?.open();
    await interrupted;
    expect(lane.unsettled().map(({ address }) => address.id)).toEqual(["a", "c"]);
    expect(steps).not.toContain("open c");
  },
);

test("it reaches messages that were opened ahead", async () => {
  const { lane, push, steps, hold } = scriptedLane();
  const closing = hold("close a");
  push("a", "b");
  await quiet();
  const interrupted = lane.interrupt("abandoned");
  expect(steps.slice(-2)).toEqual(["abandoned a", "abandoned b"]);
  closing.open();
  await interrupted;
});

test("it reaches a message whose payload is being read, before that is opened", async () => {
  const { lane, push, steps, hold } = scriptedLane();
  const reading = hold("read a");
  push("a", "b");
  await quiet();
  const interrupted = lane.interrupt("abandoned");
  expect(steps).toEqual([]);
  reading.open();
  await interrupted;
  expect(steps.slice(0, 2)).toEqual(["abandoned a", "open a"]);
  expect(steps).not.toContain("open b");
});

test("a process that runs is found by its address, and one that waits or has ended is not", async () => {
  const { lane, push, hold } = scriptedLane();
  const running = hold("run a");
  const reading = hold("read b");
  push("a", "b", "c");
  await quiet();
  const find = (id: string, subject = "ping") =>
    lane.processOf({ messageType: "command", subject, id })?.taken.address.id;
  expect([find("a"), find("b"), find("c"), find("a", "other")]).toEqual(["a", undefined, undefined, undefined]);
  running.open();
  await quiet();
  expect(find("a")).toBeUndefined();
  reading.open();
  await quiet();
  expect(lane.processes()).toEqual([]);
});

test("a lane without messages is interrupted at once", async () => {
  const { lane, steps } = scriptedLane();
  await lane.interrupt("cutOff");
  expect(steps).toEqual([]);
});
