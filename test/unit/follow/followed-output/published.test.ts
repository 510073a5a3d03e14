import { expect, test } from "vitest";
import { gate, quiet } from "../../node/support.ts";
import { ackWith, address, followed } from "./support.ts";

test("published output is handed on at once", async () => {
  using reader = followed();
  reader.live.take(ackWith("started"));
  await quiet();
  reader.publish("one ", 0);
  reader.publish("two ", 4);
  expect(reader.shown()).toBe("one two ");
  expect(reader.asked).toEqual([]);
});

test("repeated output is not handed on again, in part or as a whole", () => {
  using reader = followed();
  reader.publish("one ", 0);
  reader.publish("one ", 0);
  reader.publish("one two ", 0);
  reader.publish("ne t", 1);
  expect(reader.shown()).toBe("one two ");
});

test("each stream has its own order", async () => {
  using reader = followed();
  reader.publish("out", 0);
  reader.publish("err", 0, { stream: "stderr" });
  expect([reader.shown("stdout"), reader.shown("stderr")]).toEqual(["out", "err"]);
});

test("missing output before a piece that comes too early is requested", async () => {
  using reader = followed();
  reader.kept.set(1, { text: "one two three " });
  reader.publish("three ", 8);
  await expect.poll(() => reader.shown()).toBe("one two three ");
  expect(reader.asked).toEqual(["1 stdout 0"]);
  reader.publish("four", 14);
  expect(reader.shown()).toBe("one two three four");
});

test("output that the daemon no longer has is reported as a gap", async () => {
  using reader = followed();
  reader.kept.set(1, { text: "0123456789", from: 6 });
  reader.publish("89", 8);
  await expect.poll(() => reader.shown()).toBe("[0-6]6789");
});

test("a slow reader is waited for; output that arrives during this is fetched afterwards, once", async () => {
  const drained = gate();
  let isSlow = true;
  using reader = followed({ sink: () => (isSlow ? drained.promise : undefined) });
  reader.kept.set(1, { text: "0123456789" });
  reader.publish("01", 0);
  for (let at = 2; at < 10; at += 2) reader.publish("0123456789".slice(at, at + 2), at);
  await quiet();
  expect([reader.shown(), reader.asked]).toEqual(["01", []]);
  isSlow = false;
  drained.open();
  await expect.poll(() => reader.shown()).toBe("0123456789");
  expect(reader.asked).toEqual(["1 stdout 2"]);
});

test("output of other messages, or of other nodes with the same id, is not mixed in", async () => {
  using reader = followed();
  reader.publish("theirs", 0, { address: { ...address, node: "ship2" } });
  reader.publish("another's", 0, { address: { ...address, subject: "shell" } });
  reader.publish("ours", 0);
  await quiet();
  expect(reader.shown()).toBe("ours");
});

test("output that cannot be fetched yet comes later", async () => {
  using reader = followed();
  reader.kept.set(1, "nobody");
  reader.publish("two", 3);
  await expect.poll(() => reader.asked.length).toBeGreaterThan(1);
  reader.kept.set(1, { text: "onetwo" });
  await expect.poll(() => reader.shown()).toBe("onetwo");
});

test("after a reconnect it asks for the length of the output before more is published", async () => {
  using reader = followed();
  reader.publish("one ", 0);
  reader.kept.set(1, { text: "one two " });
  reader.reconnect();
  await expect.poll(() => reader.shown()).toBe("one two ");
});

test("an error of the sink does not reach the reader of the connection", async () => {
  const sink = ({ kind }: { readonly kind: string }): void => {
    if (kind === "output") throw new Error("no room");
  };
  using reader = followed({ sink });
  reader.publish("one ", 0);
  await expect(reader.live.failed).rejects.toThrow("no room");
});
