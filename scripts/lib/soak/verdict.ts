/** One figure over the time of a run. */
export interface Series {
  readonly name: string;
  readonly unit: "MiB" | "";
  /**
   * How much it may grow over the second half of the run: for late warm-up, and for the uncertainty of the measurement.
   */
  readonly tolerance: number;
  readonly points: readonly Point[];
}

export type Point = readonly [seconds: number, figure: number];

export interface Verdict {
  readonly name: string;
  readonly unit: Series["unit"];
  readonly first: number;
  readonly last: number;
  readonly highest: number;
  /** The rise of the line through the second half, from its start to its end. */
  readonly growth: number;
  readonly tolerance: number;
  readonly isSteady: boolean;
}

/** Whether a figure is steady. Only the second half counts, since everything warms up in the first. */
export function judge({ name, unit, tolerance, points }: Series): Verdict {
  const figures = points.map(([, figure]) => figure);
  const half = points.slice(Math.floor(points.length / 2));
  const [begin, end] = [half[0]?.[0] ?? Number.NaN, half.at(-1)?.[0] ?? Number.NaN];
  const growth = slopeOf(half) * (end - begin);
  return {
    name,
    unit,
    tolerance,
    growth,
    first: figures[0] ?? Number.NaN,
    last: figures.at(-1) ?? Number.NaN,
    highest: Math.max(...figures),
    // A figure that could not be measured is not steady.
    isSteady: growth <= tolerance,
  };
}

/**
 * The median of the slopes between each two points, on which a few outliers, as during a restart, have no influence.
 */
function slopeOf(points: readonly Point[]): number {
  const slopes = points.flatMap(([x, y], at) => points.slice(at + 1).map(([x2, y2]) => (y2 - y) / (x2 - x)));
  return slopes.toSorted((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? Number.NaN;
}
