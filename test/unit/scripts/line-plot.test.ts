import { expect, test } from "vitest";
import { apart, linePlot } from "../../../scripts/lib/bench-report/line-plot.ts";
import type { Line } from "../../../scripts/lib/bench/result.ts";
import { attributes, isWellFormed, sizeOf } from "./svg.ts";

const plotOf = (lines: readonly Line[]) => linePlot({ title: "Time & <nodes>", x: "nodes", y: "ms", lines });

test.each<[string, readonly Line[]]>([
  [
    "a growth",
    [
      {
        name: "stored",
        points: [
          [100, 5],
          [1000, 31],
          [5000, 150],
        ],
      },
    ],
  ],
  ["one point", [{ name: "stored", points: [[1000, 31]] }]],
  [
    "nothing but zeros",
    [
      {
        name: "stored",
        points: [
          [0, 0],
          [1, 0],
        ],
      },
    ],
  ],
  [
    "many orders of magnitude",
    [
      {
        name: "status",
        points: [
          [1, 0.002],
          [5_000_000, 4000],
        ],
      },
    ],
  ],
  [
    "what falls below zero",
    [
      {
        name: "growth",
        points: [
          [0, -3],
          [60, 4],
        ],
      },
    ],
  ],
  [
    "six lines that end together",
    Array.from({ length: 6 }, (_none, at) => ({
      name: `line ${at}`,
      points: [
        [0, at],
        [9, 5],
      ] as const,
    })),
  ],
])("%s is well-formed, and all of it within the picture", (_name, lines) => {
  const svg = plotOf(lines);
  expect(isWellFormed(svg)).toBe(true);
  const { width, height } = sizeOf(svg);
  for (const x of attributes(svg, "x", "x1", "x2", "cx")) expect(x >= 0 && x <= width).toBe(true);
  for (const y of attributes(svg, "y", "y1", "y2", "cy")) expect(y >= 0 && y <= height).toBe(true);
  expect(svg.match(/<circle /g)).toHaveLength(lines.flatMap(({ points }) => points).length);
});

test("axes and lines are labelled", () => {
  const svg = plotOf([
    {
      name: "all ACKs seen",
      points: [
        [1, 2],
        [1000, 4],
      ],
    },
  ]);
  for (const words of ["all ACKs seen", "nodes (logarithmic)", ">ms<", "Time &amp; &lt;nodes&gt;"]) {
    expect(svg).toContain(words);
  }
});

test("a plot without points is refused", () => {
  expect(() => plotOf([{ name: "stored", points: [] }])).toThrow("has no points");
});

test("labels are moved apart as little as needed, and stay within the bounds", () => {
  expect(apart([50, 100], { low: 0, high: 200 })).toEqual([50, 100]);
  expect(apart([100, 100, 98], { low: 0, high: 200 })).toEqual([114, 130, 98]);
  expect(apart([200, 200], { low: 0, high: 200 })).toEqual([184, 200]);
});
