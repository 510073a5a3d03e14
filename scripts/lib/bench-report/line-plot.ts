import type { Plot } from "../bench/result.ts";
import { axisOf, shortNumber, type Axis } from "./axis.ts";
import { axisLine, characterWidth, dot, gridLine, lineColours, path, picture, text } from "./svg.ts";

const [width, height] = [720, 380];
const [left, top, bottom] = [64, 68, 332];
/** The space for the names at the ends of the lines. */
const lineHeight = 16;

/** A plot of growing figures: each line has its name at its end, and each axis its unit. */
export function linePlot(plot: Plot): string {
  const lines = plot.lines.filter(({ points }) => points.length > 0);
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) throw new Error(`the plot "${plot.title}" has no points`);
  const longest = Math.max(...lines.map(({ name }) => name.length));
  const right = width - Math.min(280, 28 + longest * characterWidth);
  const [xAxis, yAxis] = [axisOf(points.map(([x]) => x)), axisOf(points.map(([, y]) => y))];
  const xOf = (value: number): number => left + xAxis.at(value) * (right - left);
  const yOf = (value: number): number => bottom - yAxis.at(value) * (bottom - top);

  const drawn = lines.map(({ name, points: own }, index) => ({
    name,
    colour: lineColours[index % lineColours.length] ?? lineColours[0],
    places: own.toSorted(([a], [b]) => a - b).map(([x, y]) => [xOf(x), yOf(y)] as const),
  }));
  const heights = apart(
    drawn.map(({ places }) => places.at(-1)?.[1] ?? bottom),
    { low: top, high: bottom },
  );
  return picture(width, height, plot.title, [
    ...yAxis.ticks.flatMap((tick) => [
      gridLine([left, yOf(tick)], [right, yOf(tick)]),
      text(left - 8, yOf(tick) + 4, shortNumber(tick), { anchor: "end" }),
    ]),
    ...xAxis.ticks.flatMap((tick) => [
      axisLine([xOf(tick), bottom], [xOf(tick), bottom + 5]),
      text(xOf(tick), bottom + 19, shortNumber(tick), { anchor: "middle" }),
    ]),
    axisLine([left, bottom], [right, bottom]),
    text(16, 50, labelOf(plot.y, yAxis)),
    text((left + right) / 2, bottom + 38, labelOf(plot.x, xAxis), { anchor: "middle" }),
    ...drawn.flatMap(({ places, colour }) => [path(places, colour), ...places.map((place) => dot(place, colour))]),
    ...drawn.map(({ name, colour }, index) => text(right + 10, (heights[index] ?? bottom) + 4, name, { colour })),
  ]);
}

function labelOf(unit: string, { isLog }: Axis): string {
  return isLog ? `${unit} (logarithmic)` : unit;
}

/**
 * Moves heights as little as necessary, until each is at least one line of text away from the next. If there is room
 * for all, all stay within the bounds.
 */
export function apart(heights: readonly number[], { low, high }: { low: number; high: number }): number[] {
  const order = heights.map((_height, index) => index).toSorted((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const moved = [...heights];
  let next = low;
  for (const index of order) {
    moved[index] = Math.max(moved[index] ?? 0, next);
    next = (moved[index] ?? 0) + lineHeight;
  }
  let last = high;
  for (const index of order.toReversed()) {
    moved[index] = Math.min(moved[index] ?? 0, last);
    last = (moved[index] ?? 0) - lineHeight;
  }
  return moved;
}
