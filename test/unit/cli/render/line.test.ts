import { expect, test } from "vitest";
import { oneLine, shortened } from "../../../../src/cli/render/line.ts";

test("a text of several lines becomes one without control characters", () => {
  expect(oneLine(" a\r\n\tb\n\nc\td\u001B[2J\u009B\u0007 \n")).toBe("a; b; c d\uFFFD[2J\uFFFD\uFFFD");
});

test("a text is cut between two characters, and the cut is visible", () => {
  expect([shortened("abcd", 4), shortened("abcde", 4), shortened("", 4)]).toEqual(["abcd", "abc…", ""]);
  expect(shortened("ab🚢d", 4)).toBe("ab…");
});
