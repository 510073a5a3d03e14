import { markdownTable } from "../bench/markdown-table.ts";
import type { Verdict } from "./verdict.ts";

/** The measured figures, and whether they are steady. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const head = ["what", "first", "highest", "last", "growth in the second half", "allowed", ""];
  const lines = verdicts.map(({ name, unit, first, highest, last, growth, tolerance, isSteady }) => [
    `${name}${unit && `, ${unit}`}`,
    ...[first, highest, last, growth].map((figure) => figure.toFixed(unit === "" ? 0 : 1)),
    String(tolerance),
    isSteady ? "" : "grows",
  ]);
  return markdownTable(head, lines);
}
