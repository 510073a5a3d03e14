import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../../src/util/duration.ts";

test.each([
  ["250ms", 250],
  ["30s", 30_000],
  ["1.5s", 1500],
  ["5m", 300_000],
  ["1h30m", 5_400_000],
  ["7d", 604_800_000],
  ["0s", 0],
])("%s has %d milliseconds", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["", "5", "s", "5 s", "-5s", "5s ", "1e3s", "5w", "soon", ".5s", "9".repeat(400) + "d"])(
  "%j is not a duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test("a formatted duration is read back as the same number of milliseconds", () => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});

test("a duration is shown in the largest unit that holds it exactly", () => {
  const shown = [0, 999, 1000, 90_000, 3_600_000, 86_400_000].map(formatDuration);
  expect(shown).toEqual(["0ms", "999ms", "1s", "90s", "1h", "1d"]);
});
