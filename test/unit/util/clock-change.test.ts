import { expect, test } from "vitest";
import { clockChanges, type ClockChange } from "../../../src/util/clock-change.ts";

const now = Date.parse("2026-06-01T00:00:00Z");

test("an hour is repeated in autumn and skipped in spring", () => {
  expect(shown("Europe/Oslo")).toEqual([
    "repeats 2026-10-25T02:00 to 2026-10-25T03:00",
    "skips 2027-03-28T02:00 to 2027-03-28T03:00",
  ]);
});

test("in the south the other way round, and not everywhere by an hour", () => {
  expect(shown("Australia/Lord_Howe")).toEqual([
    "skips 2026-10-04T02:00 to 2026-10-04T02:30",
    "repeats 2027-04-04T01:30 to 2027-04-04T02:00",
  ]);
});

test("some clocks are never set", () => {
  expect(shown("Asia/Kolkata")).toEqual([]);
  expect(shown("UTC")).toEqual([]);
});

function shown(zone: string): string[] {
  const time = (moment: number): string => new Date(moment).toISOString().slice(0, 16);
  return clockChanges(zone, now).map(({ kind, from, to }: ClockChange) => `${kind} ${time(from)} to ${time(to)}`);
}
