import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorMeanings, messageOf } from "../../../src/protocol/errors.ts";

test("docs/errors.md explains each code, and no other, and begins with its meaning", () => {
  const docs = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
  const explained = [...docs.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, code = "", text = ""]) => ({ code, text }));
  expect(explained.map(({ code }) => code).toSorted()).toEqual(Object.keys(errorMeanings).toSorted());
  for (const [code, meaning] of Object.entries(errorMeanings)) {
    const text = explained.find((row) => row.code === code)?.text ?? "";
    expect(text.replaceAll("`", "").toLowerCase().split(".")[0]).toBe(meaning.toLowerCase());
  }
});

describe("anything that was thrown has a text of one line", () => {
  test.each([
    [new Error("one\n  two\n\nthree"), "one; two; three"],
    [new TypeError(""), "TypeError"],
    ["text", "text"],
    [undefined, "undefined"],
  ])("%j", (thrown, text) => {
    expect(messageOf(thrown)).toBe(text);
  });
});
