import { markdownTable } from "./markdown-table.ts";
import type { Row, Unit } from "./result.ts";

/** All rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const head = ["what", "broker", "floor", "Steward", "ratio (lowest–highest)", "bound"];
  const lines = rows.map((row) => [
    row.name,
    row.broker,
    row.floor === undefined ? "" : figure(row.floor.median, row.unit),
    figure(row.steward.median, row.unit),
    row.ratio === undefined ? "" : `${ratio(row.ratio.median)} (${ratio(row.ratio.min)}–${ratio(row.ratio.max)})`,
    boundOf(row),
  ]);
  return markdownTable(head, lines);
}

/** How a row stands to its bound; empty where it has none. */
function boundOf(row: Row): string {
  const { bound, unit, ratio: beside, steward } = row;
  if (bound === undefined) return "";
  const more = unit === "/s";
  const value = (beside ?? steward).median;
  const isMet = more ? value >= bound : value <= bound;
  const said = beside === undefined ? figure(bound, unit) : String(bound);
  return `${more ? "≥" : "≤"} ${said}${isMet ? "" : " missed"}`;
}

function figure(value: number, unit: Unit): string {
  const digits = Math.abs(value) < 10 && unit !== "/s" ? 2 : 0;
  const space = unit === "/s" || unit === "/min" ? "" : " ";
  return `${value.toFixed(digits)}${space}${unit}`.trim();
}

function ratio(value: number): string {
  return value.toFixed(2);
}
