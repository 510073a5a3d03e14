import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { maxDataBytes } from "../../../src/protocol/message.ts";
import { lineBlocks } from "../../../src/send/blocks.ts";
import { until } from "../../support/until.ts";

const kib = 1024;
const never = new AbortController().signal;

test("blocks have whole lines, and together are the text", async () => {
  const line = fc.string({ unit: fc.constantFrom("a", "é", "😀", "\0", '"', "\r") }).map((text) => text.repeat(300));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 200 * kib }), async (lines, chunkSize) => {
      const text = lines.map((one) => `${one}\n`).join("");
      const blocks = await blocksOf(inChunks(text, chunkSize));
      expect(blocks.join("")).toBe(text);
      expect(blocks.every((block) => block.endsWith("\n"))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a block is as large as allowed, in bytes of UTF-8", async () => {
  const blocks = await blocksOf(inChunks(`${"x".repeat(kib - 1)}\n`.repeat(200), 64 * kib));
  expect(blocks.map((block) => block.length / kib)).toEqual([64, 64, 64, 8]);
  const wide = await blocksOf(inChunks(`${"é".repeat(1000)}\n`.repeat(40), 64 * kib));
  expect(wide.map((block) => block.length)).toEqual([32 * 1001, 8 * 1001]);
});

test("a last line without a line feed stays unchanged", async () => {
  expect(await blocksOf(inChunks("a\nb", 100))).toEqual(["a\nb"]);
  expect(await blocksOf(inChunks("", 100))).toEqual([]);
});

describe("a long line", () => {
  test("is a block of its own while it fits a message", async () => {
    const long = `${"x".repeat(250 * kib)}\n`;
    expect(await blocksOf(inChunks(`a\n${long}b\n`, 10 * kib))).toEqual(["a\n", long, "b\n"]);
  });

  test.each(["x", "é", "😀", "\u0001"])("is cut into pieces that fit a message when it does not: %j", async (unit) => {
    const onCut = vi.fn();
    const long = `${unit.repeat((600 * kib) / unit.length)}\n`;
    const blocks = await blocksOf(inChunks(`a\n${long}b\n`, 10 * kib), { onCut });
    expect(blocks.join("")).toBe(`a\n${long}b\n`);
    for (const block of blocks) {
      expect(Buffer.byteLength(JSON.stringify(block))).toBeLessThanOrEqual(maxDataBytes + 2);
      expect(Buffer.from(block).toString()).toBe(block); // No half characters.
    }
    expect(onCut).toHaveBeenCalledTimes(blocks.filter((block) => !block.endsWith("\n")).length);
    expect(onCut).toHaveBeenCalled();
  });
});

test("F5: the blocks contain every byte, as text where it is UTF-8", async () => {
  const bytes = fc.uint8Array({ size: "+1" }).map((one) => Buffer.from(one));
  const text = fc.string({ unit: "binary" }).map((one) => Buffer.from(one));
  const parts = fc.array(fc.oneof(bytes, text, fc.constant(Buffer.from("\n"))), { maxLength: 30, size: "max" });
  await fc.assert(
    fc.asyncProperty(parts, fc.integer({ min: 1, max: 100 }), async (all, chunkSize) => {
      const given = Buffer.concat(all);
      const blocks: Buffer[] = [];
      for await (const block of lineBlocks(inChunks(given, chunkSize), never, () => {})) {
        if (typeof block !== "string") expect(Buffer.from(block.toString()).equals(block)).toBe(false);
        blocks.push(Buffer.from(block));
      }
      expect(Buffer.concat(blocks).equals(given)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("F5: a long line that is not UTF-8 is cut into pieces that fit a message in base64", async () => {
  const given = Buffer.concat([
    Buffer.alloc(600 * kib, 0xfc),
    Buffer.from("\n"),
    Buffer.alloc(200 * kib, 0xfc),
    Buffer.from("\nb\n"),
  ]);
  const onCut = vi.fn();
  const blocks: Buffer[] = [];
  for await (const block of lineBlocks(inChunks(given, 10 * kib), never, onCut)) blocks.push(Buffer.from(block));
  expect(Buffer.concat(blocks).equals(given)).toBe(true);
  for (const block of blocks) expect(block.toString("base64").length).toBeLessThanOrEqual(maxDataBytes);
  expect(onCut).toHaveBeenCalled();
});

describe("from a pipe that stays open", () => {
  test("a line comes 200 ms after it was written, with those that came in between; half a line waits", async () => {
    const pipe = new PassThrough();
    const blocks = lineBlocks(pipe, never, () => {});
    const written = performance.now();
    pipe.write("one\n");
    setTimeout(() => pipe.write("two\nhal"), 100);
    expect(await blocks.next()).toEqual({ done: false, value: "one\ntwo\n" });
    expect(performance.now() - written).toBeGreaterThan(195);
    expect(performance.now() - written).toBeLessThan(1000);
    pipe.end("f\n");
    expect(await blocks.next()).toEqual({ done: false, value: "half\n" });
    expect(await blocks.next()).toEqual({ done: true, value: undefined });
  });

  test("lines that were read still come when the reading is ended", async () => {
    const pipe = new PassThrough();
    const stop = new AbortController();
    const blocks = lineBlocks(pipe, stop.signal, () => {});
    pipe.write("read\nhalf");
    const first = blocks.next();
    await until(() => pipe.readableLength === 0);
    stop.abort();
    expect(await first).toEqual({ done: false, value: "read\nhalf" });
    expect(await blocks.next()).toEqual({ done: true, value: undefined });
    expect(pipe.destroyed).toBe(true);
  });

  test("lines that were read come before the error that ends the reading", async () => {
    const pipe = new PassThrough();
    const blocks = lineBlocks(pipe, never, () => {});
    pipe.write("read\n");
    const first = blocks.next();
    await until(() => pipe.readableLength === 0);
    pipe.destroy(new Error("disk on fire"));
    expect(await first).toEqual({ done: false, value: "read\n" });
    await expect(blocks.next()).rejects.toMatchObject({
      code: "fileUnreadable",
      message: "standard input cannot be read: disk on fire",
    });
  });
});

test("a character at the edge of a chunk stays whole, and a byte order mark stays", async () => {
  const chunks = [Buffer.from("\uFEFFa"), Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])];
  expect(await blocksOf(Readable.from(chunks))).toEqual(["\uFEFFaé\n"]);
});

function inChunks(text: string | Buffer, size: number): Readable {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size);
  return Readable.from(
    Array.from({ length: count }, (_none, index) => bytes.subarray(index * size, (index + 1) * size)),
    {
      objectMode: false,
    },
  );
}

async function blocksOf(input: Readable, { onCut = () => {} }: { onCut?: () => void } = {}): Promise<string[]> {
  const blocks: string[] = [];
  for await (const block of lineBlocks(input, never, onCut)) {
    expect(block).toBeTypeOf("string");
    blocks.push(String(block));
  }
  return blocks;
}
