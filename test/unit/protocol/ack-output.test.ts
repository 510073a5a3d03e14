import * as fc from "fast-check";
import { expect, test } from "vitest";
import { OutputCapture, type CapturedOutput } from "../../../src/exec/captured-output.ts";
import { toOutput } from "../../../src/handlers/output.ts";
import { gapMark, outputOf, partAt } from "../../../src/protocol/ack-output.ts";
import { type Ack, parseAck } from "../../../src/protocol/ack.ts";
import { encodeAck } from "../../../src/protocol/encode-ack.ts";

const empty = captured(Buffer.alloc(0), 10);

/** True when the output that is read from an ACK is the one that was written. */
function isTrue(written: Buffer, ack: Pick<Ack, "output">): boolean {
  const { total, head, tail } = outputOf(ack, "stdout")!;
  const isHead = head.equals(written.subarray(0, head.length));
  return total === written.length && isHead && tail.equals(written.subarray(total - tail.length));
}

test("beginning and end are the run's own bytes, text or not, cut or not", () => {
  const bytes = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 300 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  );
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 200 }), (written, limit) => {
      const output = toOutput(captured(written, limit), empty);
      expect(isTrue(written, { output })).toBe(true);
      const { head, tail } = outputOf({ output }, "stdout")!;
      expect(head.length + tail.length).toBe(written.length - (output.truncated?.stdout?.omitted ?? 0));
    }),
  );
});

test("a run that prints the mark itself is not cut there", () => {
  const mark = gapMark(900);
  const written = Buffer.from(mark.repeat(100).slice(0, 1000));
  expect(isTrue(written, { output: toOutput(captured(written, 100), empty) })).toBe(true);
  const inBoth = Buffer.from(`${mark}${"x".repeat(860)}${mark}`.padEnd(1000, "y").slice(0, 1000));
  expect(isTrue(inBoth, { output: toOutput(captured(inBoth, 100), empty) })).toBe(true);
});

test.each([100, 5000, 10_000, 65_536])(
  "an ACK that was cut to fit the broker is still read right, at a limit of %i",
  (limit) => {
    const written = Buffer.from(Array.from({ length: 40_000 }, (_, index) => `é${index}\n`).join(""));
    const output = toOutput(captured(written, limit), empty);
    const address = { id: "a", node: "ship1", messageType: "command", subject: "exec" } as const;
    const ack: Ack = { ...address, state: "succeeded", attempt: 1, instance: "i", output };
    expect(isTrue(written, parseAck(encodeAck(ack, 6000))!)).toBe(true);
  },
);

test("a part is contiguous from an offset on", () => {
  const held = { total: 100, head: Buffer.from("abcdef"), tail: Buffer.from("xyz") };
  expect(partAt(held, 0)?.toString()).toBe("abcdef");
  expect(partAt(held, 5)?.toString()).toBe("f");
  expect(partAt(held, 6)).toBeUndefined();
  expect(partAt(held, 96)).toBeUndefined();
  expect(partAt(held, 97)?.toString()).toBe("xyz");
  expect(partAt(held, 100)).toBeUndefined();
});

test("an ACK without output has none", () => {
  expect(outputOf({}, "stdout")).toBeUndefined();
});

function captured(bytes: Buffer, limit: number): CapturedOutput {
  const capture = new OutputCapture(limit);
  capture.add(bytes);
  return capture.captured();
}
