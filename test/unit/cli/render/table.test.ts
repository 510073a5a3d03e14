import { expect, test } from "vitest";
import { ago, inOneUnit, table } from "../../../../src/cli/render/table.ts";

test("columns are as wide as their widest cell, without spaces at the end", () => {
  const rows = [
    ["ship1", "up", "10000"],
    ["a", "down", "0"],
  ];
  expect(`\n${table(["NODE", "STATE", "N"], rows).join("\n")}`).toBe(`
NODE   STATE  N
ship1  up     10000
a      down   0`);
});

test("B12: any number of rows", () => {
  const rows = Array.from({ length: 200_000 }, (_, row) => [String(row)]);
  expect(table(["N"], rows)).toHaveLength(200_001);
});

test("how long ago is shown in one unit", () => {
  const shown = [-5, 999, 1000, 59_999, 60_000, 7_199_999, 3 * 86_400_000].map((ms) => ago(0, ms));
  expect(shown).toEqual(["0s ago", "0s ago", "1s ago", "59s ago", "1m ago", "1h ago", "3d ago"]);
});

test("an invalid time is shown as unknown", () => {
  expect([ago(Date.parse("soon")), inOneUnit(NaN), inOneUnit(Infinity)]).toEqual(["?", "?", "?"]);
});
