import type { RatioRow } from "../../../scripts/lib/bench-report/ratio-plot.ts";
import { rowOf, type Row } from "../../../scripts/lib/bench/result.ts";

/** A row of invented figures with these ratios to a floor of 10. */
export function rowBeside(about: Pick<Row, "name" | "broker" | "unit" | "bound">, ratios: readonly number[]): RatioRow {
  const row = rowOf(
    about,
    ratios.map((ratio) => ({ floor: 10, steward: ratio * 10 })),
  );
  if (row.ratio === undefined) throw new Error("there is no ratio");
  return { ...row, ratio: row.ratio };
}
