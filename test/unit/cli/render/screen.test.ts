import { expect, test } from "vitest";
import { clipped } from "../../../../src/cli/render/screen.ts";

test("what fits is left as it is", () => {
  expect(clipped(["one", "two"], 80, 3)).toEqual(["one", "two"]);
});

test("lines that are too long are cut, so that none wraps", () => {
  expect(clipped(["abcdef"], 4, 24)).toEqual(["abc"]);
});

test("lines that are too many are counted, so that none scrolls away", () => {
  expect(clipped(["a", "b", "c", "d", "e"], 80, 4)).toEqual(["a", "b", "… and 3 more"]);
});

test("a terminal that does not know its size is taken for a usual one", () => {
  expect(clipped(["x".repeat(100)], 0, 0)).toEqual(["x".repeat(79)]);
});
