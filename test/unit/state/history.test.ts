import { expect, test } from "vitest";
import { timeOf } from "../../../src/state/history.ts";

const now = Date.parse("2026-01-31T12:00:00Z");

test.each([
  [new Date("2026-01-30T12:00:00Z"), "2026-01-30T12:00:00.000Z"],
  [{ agoMs: 3_600_000 }, "2026-01-31T11:00:00.000Z"],
  // 3,000 and 300,000 years ago: the broker does not accept the first, and the second is not a valid date.
  [{ agoMs: 1_100_000 * 86_400_000 }, "1970-01-01T00:00:00.000Z"],
  [{ agoMs: 104_000_000 * 86_400_000 }, "1970-01-01T00:00:00.000Z"],
])("%j is %s", (moment, time) => {
  expect(timeOf(moment, now).toISOString()).toBe(time);
});
