import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jsonLine } from "../../../src/cli/print.ts";

const source = join(import.meta.dirname, "../../../src");

test("B9: one file alone writes to the terminal, so that nothing reaches it as somebody else wrote it", () => {
  const writes =
    /\bconsole\.\w+\(|\bstd(?:out|err)\b\s*\.\s*write\b|process\[[^\]]+\]\s*\.\s*write\b|writeSync\((?:1|2)\b/;
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const writing = files.filter((file) => writes.test(readFileSync(join(source, file), "utf8")));
  expect(files.length).toBeGreaterThan(200);
  expect(writing).toEqual(["cli/print.ts", "cli/stdio.ts"]);
});

test("B9: JSON is ASCII where it could do something to a terminal, and means the same", () => {
  const value = { "\u007F": ["\u009B31m", "\u202E", "\u2028", "\u001B[2J", "船"] };
  const line = jsonLine(value);
  expect(line).toBe(String.raw`{"\u007f":["\u009b31m","\u202e","\u2028","\u001b[2J","船"]}`);
  expect(JSON.parse(line)).toEqual(value);
});
