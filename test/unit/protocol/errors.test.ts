import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorMeanings, messageOf } from "../../../src/protocol/errors.ts";

test("docs/errors.md explains each code, and no other", () => {
  const docs = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
  const explained = [...docs.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code ?? "");
  expect(explained.toSorted()).toEqual(Object.keys(errorMeanings).toSorted());
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
