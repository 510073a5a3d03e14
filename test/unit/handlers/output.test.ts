import fc from "fast-check";
import { expect, test } from "vitest";
import { OutputCapture, type CapturedOutput } from "../../../src/exec/captured-output.ts";
import { toOutput } from "../../../src/handlers/output.ts";

const captured = (bytes: Uint8Array | string, limit = 1000): CapturedOutput => {
  const capture = new OutputCapture(limit);
  capture.add(Buffer.from(bytes));
  return capture.captured();
};
const none = captured("");
const mark = /\n\[steward: (\d+) bytes left out here\]\n/;

test("text is returned unchanged", () => {
  expect(toOutput(captured("grün\n"), captured("¡ay!"))).toEqual({ stdout: "grün\n", stderr: "¡ay!" });
});

test("a byte order mark is text like any other", () => {
  expect(toOutput(captured("\uFEFFa"), none).stdout).toBe("\uFEFFa");
});

test.each(["stdout", "stderr"] as const)("when %s is not UTF-8, both are base64 of the bytes", (which) => {
  const binary = captured(Buffer.from([0x80, 0xff, 0x00]));
  const output = which === "stdout" ? toOutput(binary, captured("text")) : toOutput(captured("text"), binary);
  const expected = { stdout: "dGV4dA==", stderr: "dGV4dA==", [which]: "gP8A" };
  expect(output).toEqual({ ...expected, encoding: "base64" });
});

test("a gap is marked in the text and counted beside it", () => {
  const { stdout, truncated } = toOutput(captured("a".repeat(500) + "b".repeat(1000) + "c".repeat(500)), none);
  expect(stdout).toBe(`${"a".repeat(500)}\n[steward: 1000 bytes left out here]\n${"c".repeat(500)}`);
  expect(truncated).toEqual({ stdout: { total: 2000, omitted: 1000 } });
});

test("the gaps of both streams are counted, each by itself", () => {
  expect(toOutput(captured("a".repeat(1001)), captured("b".repeat(1002))).truncated).toEqual({
    stdout: { total: 1001, omitted: 1 },
    stderr: { total: 1002, omitted: 2 },
  });
});

test("binary output with a gap is the bytes before it, the mark and the bytes behind it", () => {
  const bytes = Buffer.alloc(2000, 0xff);
  const { stdout, encoding } = toOutput(captured(bytes), none);
  expect(encoding).toBe("base64");
  expect(Buffer.from(stdout, "base64").toString("latin1").replace(mark, "")).toBe("ÿ".repeat(1000));
});

test.each(["é", "€", "😀"])("a gap that cuts through %s leaves text that is still UTF-8", (character) => {
  for (let shift = 0; shift < 4; shift++) {
    const text = "x".repeat(shift) + character.repeat(1000);
    const { stdout, encoding } = toOutput(captured(text, 100), none);
    expect(encoding).toBeUndefined();
    const [head = "", , tail = ""] = stdout.split(mark);
    expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
    expect(Buffer.byteLength(head + tail)).toBeGreaterThan(100 - 2 * Buffer.byteLength(character));
  }
});

test("for any text, the shown and the omitted bytes together are all of it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.integer({ min: 0, max: 150 }), (text, limit) => {
      const { stdout, encoding, truncated } = toOutput(captured(text, limit), none);
      fc.pre(!text.includes("[steward:"));
      expect(encoding).toBeUndefined();
      const shown = Buffer.byteLength(stdout.replace(mark, ""));
      const omitted = truncated?.stdout?.omitted ?? 0;
      expect(Number(mark.exec(stdout)?.[1] ?? 0)).toBe(omitted);
      expect(shown + omitted).toBe(Buffer.byteLength(text));
    }),
  );
});
