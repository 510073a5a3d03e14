import { expect, test } from "vitest";
import { clipped } from "../../../../src/cli/render/screen.ts";

test("lines that fit stay unchanged", () => {
  expect(clipped(["one", "two"], 80, 3)).toEqual(["one", "two"]);
});

test("long lines are cut, so that none wraps", () => {
  expect(clipped(["abcdef"], 4, 24)).toEqual(["abc"]);
});

test("too many lines are counted, so that none scrolls away", () => {
  expect(clipped(["a", "b", "c", "d", "e"], 80, 4)).toEqual(["a", "b", "… and 3 more"]);
});

test("a terminal of unknown size counts as a usual one", () => {
  expect(clipped(["x".repeat(100)], 0, 0)).toEqual(["x".repeat(79)]);
});
