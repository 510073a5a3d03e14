import type { Row } from "./result.ts";
import { boundOf, figure } from "./verdict.ts";

/** A Markdown table, which reads well in a terminal too. */
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
  const all = [head, ...lines];
  const widths = head.map((_cell, at) => Math.max(...all.map((line) => line[at]?.length ?? 0)));
  const text = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [text(head), text(widths.map((width) => "-".repeat(width))), ...lines.map(text)].join("\n");
}

function ratio(value: number): string {
  return value.toFixed(2);
}
