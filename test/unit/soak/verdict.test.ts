import { expect, test } from "vitest";
import { judge, type Point, type Series } from "../../../scripts/lib/soak/verdict.ts";
import { seeded } from "../../support/random.ts";

/** A sample each five seconds for ten minutes. */
function series(figure: (seconds: number) => number): Series {
  const points = Array.from({ length: 120 }, (_, at): Point => [at * 5, figure(at * 5)]);
  return { name: "memory", unit: "MiB", tolerance: 5, points };
}

const wavering = (width: number): (() => number) => {
  const random = seeded(7);
  return () => (random(1000) / 1000 - 0.5) * width;
};

test("a leak is found under what wavers more than it", () => {
  const noise = wavering(20);
  const leaking = judge(series((seconds) => 100 + seconds * 0.04 + noise()));
  expect(leaking).toMatchObject({ isSteady: false });
  expect(leaking.growth).toBeGreaterThan(9);
  expect(leaking.growth).toBeLessThan(15);
});

test("a leak in steps is found", () => {
  expect(judge(series((seconds) => 10 + 2 * Math.floor(seconds / 60)))).toMatchObject({ isSteady: false });
});

test("what warms up in the first half and then wavers is steady", () => {
  const noise = wavering(20);
  expect(judge(series((seconds) => Math.min(150, 50 + seconds) + noise()))).toMatchObject({ isSteady: true });
});

test("a few points that stand out are no growth", () => {
  const peaks = new Set([310, 450, 585, 590, 595]);
  expect(judge(series((seconds) => (peaks.has(seconds) ? 500 : 50)))).toMatchObject({ isSteady: true, highest: 500 });
});

test("what falls is steady", () => {
  expect(judge(series((seconds) => 500 - seconds / 2))).toMatchObject({ isSteady: true });
});

test("what was hardly measured is not taken for steady", () => {
  expect(judge({ ...series(() => 1), points: [[0, 1]] })).toMatchObject({ isSteady: false });
});
