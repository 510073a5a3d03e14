import fc from "fast-check";
import { expect, test } from "vitest";
import { byName } from "../../../src/util/by-name.ts";

test.each([
  ["numbers by their size", ["ship1", "ship2", "ship10", "ship100"]],
  ["numbers in the middle", ["rack2-node10", "rack10-node2"]],
  ["a beginning before what goes on", ["ship", "ship1", "ship1-a", "ship12"]],
  ["numbers of one size by how they are written", ["ship002", "ship02", "ship2"]],
  ["numbers before letters", ["ship-1", "ship1", "ship_1", "shipa"]],
  ["numbers beyond what is counted exactly", ["n99999999999999999", "n100000000000000000", "n100000000000000001"]],
])("%s", (_what, names) => {
  expect(names.toReversed().toSorted(byName)).toEqual(names);
});

const name = fc.stringMatching(/^[ab019-]{0,6}$/);

test("it is one order: the same both ways round, and three names never form a circle", () => {
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      expect(Math.sign(byName(a, b)) + Math.sign(byName(b, a))).toBe(0);
      expect(byName(a, b) === 0).toBe(a === b);
      if (byName(a, b) < 0 && byName(b, c) < 0) expect(byName(a, c)).toBeLessThan(0);
    }),
    { numRuns: 5000 },
  );
});
