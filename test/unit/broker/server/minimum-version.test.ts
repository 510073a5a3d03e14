import { expect, test } from "vitest";
import { isTooOld } from "../../../../src/broker/server/minimum-version.ts";

test.each([
  ["2.14.0", false],
  ["2.14.1", false],
  ["2.100.0", false],
  ["10.0.0", false],
  ["2.13.99", true],
  ["2.9.25", true],
  ["1.99.0", true],
  ["2.14.0-RC.1", false],
  ["2.14", false],
  ["", true],
])("%s too old: %s", (version, expected) => {
  expect(isTooOld(version)).toBe(expected);
});
