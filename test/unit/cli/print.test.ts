import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { asLines, jsonLine } from "../../../src/cli/print.ts";

const source = join(import.meta.dirname, "../../../src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

/** The files that match a pattern. */
function filesWith(pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(readFileSync(join(source, file), "utf8")));
}

test("B9: only one file writes to the terminal, so that no foreign text reaches it unchanged", () => {
  const writes =
    /\bconsole\.\w+\(|\bstd(?:out|err)\b\s*\.\s*write\b|process\[[^\]]+\]\s*\.\s*write\b|writeSync\((?:1|2)\b/;
  expect(files.length).toBeGreaterThan(200);
  expect(filesWith(writes)).toEqual(["cli/print.ts"]);
});

test("F7: only one file uses the streams, so that it knows whether the output has arrived", () => {
  const streams = /\bprocess\s*\.\s*std(?:out|err)\b|\bprocess\[|\bconsole\.\w+\(|\bpino\.destination\b/;
  expect(filesWith(streams)).toEqual(["cli/stdio.ts"]);
});

test("B12: any number of lines", () => {
  expect(asLines(Array.from({ length: 200_000 }, () => "x"))).toHaveLength(400_000);
});

test("B9: JSON is ASCII where it could change a terminal, with the same meaning", () => {
  const value = { "\u007F": ["\u009B31m", "\u202E", "\u2028", "\u001B[2J", "船"] };
  const line = jsonLine(value);
  expect(line).toBe(String.raw`{"\u007f":["\u009b31m","\u202e","\u2028","\u001b[2J","船"]}`);
  expect(JSON.parse(line)).toEqual(value);
});
