import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CapturedOutput, OutputCapture } from "../../../src/exec/captured-output.ts";

function capture(limit: number, ...chunks: (string | Buffer)[]): CapturedOutput {
  const output = new OutputCapture(limit);
  for (const chunk of chunks) output.add(Buffer.from(chunk));
  return output.captured();
}

describe("a stream within the limit", () => {
  test("is kept whole, up to the last byte of the limit", () => {
    const output = capture(8, "abc", "defgh");
    expect(output).toEqual({ bytes: Buffer.from("abcdefgh"), total: 8, omitted: 0, headLength: 8 });
  });

  test("may be empty", () => {
    expect(capture(8)).toEqual({ bytes: Buffer.alloc(0), total: 0, omitted: 0, headLength: 0 });
  });
});

describe("a stream beyond the limit", () => {
  test("keeps the first and the last bytes, half each, and counts the omitted ones", () => {
    const output = capture(8, "0123456789", "abcdef");
    expect(output).toEqual({ bytes: Buffer.from("0123cdef"), total: 16, omitted: 8, headLength: 4 });
  });

  test("leaves out a single byte when it is one too many", () => {
    expect(capture(8, "012345678")).toMatchObject({ bytes: Buffer.from("01235678"), total: 9, omitted: 1 });
  });

  test("gives the odd byte to the tail", () => {
    expect(capture(5, "0123456789")).toMatchObject({ bytes: Buffer.from("01789"), omitted: 5, headLength: 2 });
  });

  test("can be counted only, with a limit of 0", () => {
    expect(capture(0, "abc", "d")).toEqual({ bytes: Buffer.alloc(0), total: 4, omitted: 4, headLength: 0 });
  });
});

test("the kept bytes do not depend on how the stream was cut into chunks", () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
  fc.assert(
    fc.property(fc.nat(50), chunks, (limit, parts) => {
      const whole = Buffer.concat(parts);
      const omitted = Math.max(0, whole.length - limit);
      const headLength = omitted === 0 ? whole.length : Math.floor(limit / 2);
      const bytes = Buffer.concat([whole.subarray(0, headLength), whole.subarray(headLength + omitted)]);
      expect(capture(limit, ...parts)).toEqual({ bytes, total: whole.length, omitted, headLength });
    }),
  );
});

test("a chunk is copied, and may be changed afterwards", () => {
  const output = new OutputCapture(8);
  const chunk = Buffer.from("abc");
  output.add(chunk);
  chunk.fill("x");
  expect(output.captured().bytes.toString()).toBe("abc");
});

test("a captured result does not change when more comes", () => {
  const output = new OutputCapture(4);
  output.add(Buffer.from("abcdef"));
  const { bytes } = output.captured();
  output.add(Buffer.from("ghijkl"));
  expect(bytes.toString()).toBe("abef");
});
