import { expect, test } from "vitest";
import { ratioPlot } from "../../../scripts/lib/bench-report/ratio-plot.ts";
import { attributes, isWellFormed, sizeOf } from "./svg.ts";
import { rowBeside } from "./support.ts";

test("each row has its spread, its bound and its verdict within the picture", () => {
  const svg = ratioPlot("messages", [
    rowBeside({ name: "round trip, ping", broker: "fsync on", unit: "ms", bound: 1.3 }, [1, 1.2]),
    rowBeside({ name: "round trip, log", broker: "fsync on", unit: "ms", bound: 1.3 }, [1.5, 4.4]),
    rowBeside({ name: "throughput, ping", broker: "R3, fsync off", unit: "/s", bound: 0.8 }, [0.85, 0.9]),
    rowBeside({ name: "throughput, log", broker: "R3, fsync off", unit: "/s" }, [0.85, 0.9]),
  ]);
  expect(isWellFormed(svg)).toBe(true);
  const { width, height } = sizeOf(svg);
  for (const x of attributes(svg, "x", "x1", "x2", "cx")) expect(x >= 0 && x <= width).toBe(true);
  for (const y of attributes(svg, "y", "y1", "y2", "cy")) expect(y >= 0 && y <= height).toBe(true);
  expect(svg.match(/<circle /g)).toHaveLength(4);
  expect([...svg.matchAll(/[≤≥] [\d.]+( missed)?/g)].map(([said]) => said)).toEqual(["≤ 1.3", "≤ 1.3 missed", "≥ 0.8"]);
});
