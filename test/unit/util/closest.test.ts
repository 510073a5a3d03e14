import { expect, test } from "vitest";
import { closest } from "../../../src/util/closest.ts";

const nodes = ["central", "ship1", "ship2", "harbour-crane"];

test.each([
  ["a letter left out", "shp1", "ship1"],
  ["a letter too many", "shipp2", "ship2"],
  ["another letter", "shop1", "ship1"],
  ["two letters swapped", "cetnral", "central"],
  ["capitals", "SHIP1", "ship1"],
  ["several mistakes in a long name", "habor-cranne", "harbour-crane"],
])("%s: %s means %s", (_what, name, meant) => {
  expect(closest(name, nodes)).toBe(meant);
});

test.each([["x"], ["boat"], ["harbour"], ["ship1-backup-of-the-old-one"], [""]])("nothing is like %j", (name) => {
  expect(closest(name, nodes)).toBeUndefined();
});

test("the closest is taken, and the first of several as close", () => {
  expect(closest("ship10", ["ship201", "ship100", "ship11"])).toBe("ship100");
  expect(closest("pause", [])).toBeUndefined();
});

test("a swap that begins a name counts as one mistake", () => {
  expect(closest("puase", ["pause", "resume"])).toBe("pause");
  expect(closest("tiemout", ["timeout", "retries"])).toBe("timeout");
});
