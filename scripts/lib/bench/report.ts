import { markdownTable } from "./markdown-table.ts";
import type { Row } from "./result.ts";
import { boundOf, figure } from "./verdict.ts";

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

function ratio(value: number): string {
  return value.toFixed(2);
}
