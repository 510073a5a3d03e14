import { expect, test } from "vitest";
import { Blocks, KeptOutput } from "../../../src/node/kept-output.ts";
import { seeded } from "../../support/random.ts";

const limit = 1024 * 1024;

/** Numbers, so that each place is unlike the others. */
const written = Buffer.from(Array.from({ length: 500_000 }, (_, index) => `${index}\n`).join(""));

test("returns the written bytes, from any offset on, in whatever pieces they came", () => {
  const random = seeded(1);
  const kept = new KeptOutput(8 * limit, new Blocks(16));
  for (let at = 0; at < written.length;) {
    const piece = written.subarray(at, at + 1 + random(100_000));
    kept.add(at % 2 === 0 ? "stdout" : "stderr", Buffer.from("-"));
    kept.add("stdout", piece);
    at += piece.length;
  }
  const whole = kept.read("stdout", 0, Infinity);
  expect(whole.offset).toBe(0);
  expect(kept.totals.stdout).toBe(whole.bytes.length);
  for (let times = 0; times < 200; times++) {
    const [offset, most] = [random(whole.bytes.length), random(200_000)];
    const read = kept.read("stdout", offset, most);
    expect(read.offset).toBe(offset);
    expect(read.bytes.equals(whole.bytes.subarray(offset, offset + most))).toBe(true);
  }
});

test("keeps the latest up to its limit, and says where that begins", () => {
  const kept = new KeptOutput(limit, new Blocks(16));
  for (let at = 0; at < written.length; at += 7777) kept.add("stdout", written.subarray(at, at + 7777));
  const { offset, bytes } = kept.read("stdout", 0, Infinity);
  expect(kept.totals).toEqual({ stdout: written.length, stderr: 0 });
  expect(bytes.equals(written.subarray(offset))).toBe(true);
  expect(bytes.length).toBeGreaterThan(limit - 128 * 1024);
  expect(kept.size).toBeLessThanOrEqual(limit + 64 * 1024);
});

test("a line on one stream outlives a flood on the other", () => {
  const kept = new KeptOutput(limit, new Blocks(16));
  kept.add("stderr", Buffer.from("careful\n"));
  for (let times = 0; times < 10; times++) kept.add("stdout", written);
  expect(kept.read("stderr", 0, 100).bytes.toString()).toBe("careful\n");
});

test("behind the end there is nothing, and nothing is there at first", () => {
  const kept = new KeptOutput(limit, new Blocks(16));
  expect(kept.read("stdout", 5, 10)).toEqual({ offset: 0, bytes: Buffer.alloc(0) });
  kept.add("stdout", Buffer.from("abc"));
  expect(kept.read("stdout", 3, 10)).toEqual({ offset: 3, bytes: Buffer.alloc(0) });
  expect(kept.size).toBeLessThan(10_000);
});

test("a flood costs no memory beyond the limit", () => {
  const kept = new KeptOutput(limit, new Blocks(16));
  const block = Buffer.alloc(64 * 1024, "y\n");
  kept.add("stdout", block);
  const before = process.memoryUsage.rss();
  for (let times = 0; times < 10_000; times++) kept.add("stdout", block);
  expect(process.memoryUsage.rss() - before).toBeLessThan(20 * limit);
});
