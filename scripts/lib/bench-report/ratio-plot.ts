import type { Row } from "../bench/result.ts";
import { boundOf, isMet } from "../bench/verdict.ts";
import { axisOf, shortNumber } from "./axis.ts";
import { axisLine, characterWidth, colouredLine, dot, gridLine, picture, text, verdictColours } from "./svg.ts";

const width = 860;
const rowHeight = 24;
const top = 62;

/** The rows that have a floor to compare with. */
export type RatioRow = Row & Required<Pick<Row, "ratio">>;

/** The ratios to the floor: the median as a dot, the spread as a bar, the bound as a stroke. */
export function ratioPlot(title: string, rows: readonly RatioRow[]): string {
  const labels = rows.map(({ name, broker }) => [name, broker].filter(Boolean).join(", "));
  const verdicts = rows.map((row) => `${row.ratio.median.toFixed(2)}  ${boundOf(row)}`);
  const left = 24 + longest(labels) * characterWidth;
  const right = width - 24 - longest(verdicts) * characterWidth;
  const bottom = top + rows.length * rowHeight;
  const axis = axisOf([0, ...rows.flatMap(({ ratio, bound = 0 }) => [ratio.max, bound])]);
  const xOf = (ratio: number): number => left + axis.at(ratio) * (right - left);
  return picture(width, bottom + 48, title, [
    ...axis.ticks.flatMap((tick) => [
      gridLine([xOf(tick), top], [xOf(tick), bottom]),
      text(xOf(tick), bottom + 17, shortNumber(tick), { anchor: "middle" }),
    ]),
    // The floor itself.
    axisLine([xOf(1), top], [xOf(1), bottom]),
    text((left + right) / 2, bottom + 37, "ratio to the floor: median, lowest to highest, and bound", {
      anchor: "middle",
    }),
    ...rows.flatMap((row, index) => {
      const y = top + (index + 0.5) * rowHeight;
      const { median, min, max } = row.ratio;
      const colour = verdictColours[row.bound === undefined ? "none" : isMet(row) ? "met" : "missed"];
      const bound = row.bound === undefined ? undefined : xOf(row.bound);
      return [
        text(left - 10, y + 4, labels[index] ?? "", { anchor: "end" }),
        colouredLine([xOf(min), y], [xOf(max), y], colour),
        dot([xOf(median), y], colour, 4.5),
        ...(bound === undefined ? [] : [colouredLine([bound, y - 8], [bound, y + 8], colour, 3)]),
        text(right + 14, y + 4, verdicts[index] ?? "", { colour }),
      ];
    }),
  ]);
}

function longest(words: readonly string[]): number {
  return Math.max(...words.map(({ length }) => length));
}
