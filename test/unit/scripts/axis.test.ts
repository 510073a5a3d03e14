import { expect, test } from "vitest";
import { axisOf, shortNumber } from "../../../scripts/lib/bench-report/axis.ts";

test.each<[string, readonly number[], readonly number[]]>([
  ["some figures", [3, 12, 47], [0, 10, 20, 30, 40, 50]],
  ["fractions", [0.1, 0.3], [0, 0.1, 0.2, 0.3]],
  ["one figure", [31], [0, 10, 20, 30, 40]],
  ["zero alone", [0, 0], [0, 0.2]],
  ["what falls below zero", [-3, 4], [-4, -2, 0, 2, 4]],
  ["ratios that matter", [10, 1000], [10, 20, 50, 100, 200, 500, 1000]],
  ["many orders of magnitude", [1, 5_000_000], [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]],
  ["the same, with a zero", [0, 1, 1000], [0, 200, 400, 600, 800, 1000]],
])("%s: the ticks are round and enclose them", (_name, values, ticks) => {
  const axis = axisOf(values);
  expect(axis.ticks).toEqual(ticks);
  for (const value of values) {
    expect(axis.at(value)).toBeGreaterThanOrEqual(0);
    expect(axis.at(value)).toBeLessThanOrEqual(1);
  }
});

test("equal ratios are equal steps on a logarithmic axis", () => {
  const { at } = axisOf([1, 10_000]);
  expect([1, 100, 10_000].map(at)).toEqual([0, 0.5, 1]);
});

test("numbers are written short", () => {
  expect([0, 0.5, 999, 20_000, 5_000_000, 1_500_000].map(shortNumber)).toEqual([
    "0",
    "0.5",
    "999",
    "20k",
    "5M",
    "1.5M",
  ]);
});
