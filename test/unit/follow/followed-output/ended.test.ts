import fc from "fast-check";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { ackWith, followed, type Followed } from "./support.ts";

test("an ACK with the complete output fills the gaps, and no daemon is asked", async () => {
  using reader = followed();
  reader.publish("one ", 0);
  reader.live.take(ackWith("succeeded", { stdout: "one two three" }));
  await reader.live.settled();
  expect(reader.shown()).toBe("one two three");
  expect(reader.asked).toEqual([]);
  expect(reader.events.at(-1)).toMatchObject({ kind: "ended", ack: { state: "succeeded" } });
});

test("output that is not streamed, such as that of ping, comes from the ACK", async () => {
  using reader = followed();
  reader.live.take(ackWith("succeeded", { stdout: "pong\n" }));
  await reader.live.settled();
  expect(reader.shown()).toBe("pong\n");
});

test("the middle of a truncated output comes from the daemon", async () => {
  using reader = followed();
  const stdout = "0123456789".repeat(10);
  reader.kept.set(1, { text: stdout, ended: true });
  reader.live.take(ackWith("succeeded", { stdout, limit: 20 }));
  await reader.live.settled();
  expect(reader.shown()).toBe(stdout);
});

test("if the daemon no longer has it, beginning and end come from the ACK, and the gap is reported", async () => {
  using reader = followed();
  reader.live.take(ackWith("succeeded", { stdout: "0123456789".repeat(10), limit: 20 }));
  await reader.live.settled();
  expect(reader.shown()).toBe("0123456789[10-90]0123456789");
});

test("if the daemon has a part of it, the gap is as small as possible", async () => {
  using reader = followed();
  reader.kept.set(1, { text: "0123456789".repeat(10), from: 55, ended: true });
  reader.live.take(ackWith("succeeded", { stdout: "0123456789".repeat(10), limit: 20 }));
  await reader.live.settled();
  expect(reader.shown()).toBe(`0123456789[10-55]56789${"0123456789".repeat(4)}`);
});

test("no daemon is asked about a message that ended without a run", async () => {
  using reader = followed();
  reader.live.take(ackWith("rejected", { attempt: 0 }));
  await reader.live.settled();
  expect([reader.asked, reader.events.map(({ kind }) => kind)]).toEqual([[], ["ended"]]);
});

test("output that may be lost because its daemon was killed is reported", async () => {
  using reader = followed();
  reader.publish("one ", 0);
  reader.live.take(ackWith("interrupted"));
  await reader.live.settled();
  expect(reader.shown()).toBe("one <cut>");
});

test("the next attempt is reported after everything of the one before", async () => {
  using reader = followed();
  reader.publish("first", 0);
  reader.live.take(ackWith("retrying", { stdout: "first try\n" }));
  reader.live.take(ackWith("started", { attempt: 2 }));
  reader.publish("second", 0, { attempt: 2 });
  reader.kept.set(2, { text: "second" });
  reader.live.take(ackWith("failed", { attempt: 2, stdout: "second try\n" }));
  await reader.live.settled();
  expect(reader.shown()).toBe("first try\n<2: exit code 1>second try\n");
});

test("a late reader gets of earlier attempts what is in their ACKs", async () => {
  using reader = followed({ late: true });
  reader.journal.push(
    ackWith("started"),
    ackWith("retrying", { stdout: "first\n" }),
    ackWith("started", { attempt: 2 }),
  );
  reader.kept.set(2, { text: "second so far" });
  reader.live.take(reader.journal.at(-1)!);
  await expect.poll(() => reader.shown()).toBe("first\n<2: exit code 1>second so far");
});

test("an attempt that ended in a crash is not waited for", async () => {
  using reader = followed();
  reader.publish("before the crash ", 0);
  reader.journal.push(ackWith("started"), ackWith("started", { attempt: 2 }));
  reader.live.take(reader.journal.at(-1)!);
  reader.live.take(ackWith("succeeded", { attempt: 2, stdout: "again" }));
  await reader.live.settled();
  expect(reader.shown()).toBe("before the crash <cut><2: undefined>again");
});

test("a repeated or late ACK changes nothing", async () => {
  using reader = followed();
  const final = ackWith("succeeded", { stdout: "done" });
  for (const ack of [ackWith("started"), final, final, ackWith("started")]) reader.live.take(ack);
  await reader.live.settled();
  reader.live.take(final);
  expect(reader.events.map(({ kind }) => kind)).toEqual(["output", "ended"]);
});

test("the wait reports an error of the sink", async () => {
  using reader = followed({
    sink: () => {
      throw new Error("the disk is full");
    },
  });
  reader.live.take(ackWith("succeeded", { stdout: "done" }));
  await expect(reader.live.settled()).rejects.toThrow("the disk is full");
});

/** One course of a run and its reader. */
const course = fc.record({
  chunks: fc.array(
    fc.record({
      length: fc.integer({ min: 1, max: 60 }),
      fate: fc.constantFrom("comes", "comes", "lost", "twice", "late"),
    }),
  ),
  slowness: fc.array(fc.boolean()),
  keptFrom: fc.nat(300),
  limit: fc.integer({ min: 2, max: 500 }),
  isKept: fc.boolean(),
  reconnectAt: fc.nat(20),
});

test("with lost, late, duplicate or slow output, each byte comes once and in order, or is reported as missing", async () => {
  await fc.assert(
    fc.asyncProperty(course, async ({ chunks, slowness, keptFrom, limit, isKept, reconnectAt }) => {
      let turn = 0;
      using reader = followed({ sink: () => (slowness[turn++ % slowness.length] === true ? delay(1) : undefined) });
      const text = Array.from({ length: 4000 }, (_, index) => String(index % 10)).join("");
      let at = 0;
      const late: (() => void)[] = [];
      for (const [index, { length, fate }] of chunks.entries()) {
        const offset = at;
        const publish = (): void => reader.publish(text.slice(offset, offset + length), offset);
        at += length;
        reader.kept.set(1, { text: text.slice(0, at), from: Math.min(keptFrom, at) });
        if (fate === "late") late.push(publish);
        if (fate === "comes" || fate === "twice") publish();
        if (fate === "twice") publish();
        if (index === reconnectAt) reader.reconnect();
        if (index % 3 === 0) await delay(0);
        for (const one of index % 4 === 0 ? late.splice(0) : []) one();
      }
      if (!isKept) reader.kept.delete(1);
      reader.live.take(ackWith("succeeded", { stdout: text.slice(0, at), limit }));
      for (const one of late) one();
      await reader.live.settled();
      assertWhole(reader, text.slice(0, at));
    }),
    { numRuns: 200 },
  );
});

function assertWhole({ events }: Followed, text: string): void {
  let next = 0;
  for (const event of events) {
    if (event.kind === "output") {
      expect(event.offset).toBe(next);
      expect(event.bytes.toString()).toBe(text.slice(next, next + event.bytes.length));
      next += event.bytes.length;
    } else if (event.kind === "gap") {
      expect(event.from).toBe(next);
      next = event.to;
    }
  }
  expect(next).toBe(text.length);
  expect(events.filter(({ kind }) => kind === "ended")).toHaveLength(1);
}
