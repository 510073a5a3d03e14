import type { Row, Unit } from "./result.ts";

/** Whether a row is within its bound; it must have one. */
export function isMet({ bound = Number.NaN, unit, ratio, steward }: Row): boolean {
  const value = (ratio ?? steward).median;
  return unit === "/s" ? value >= bound : value <= bound;
}

/** Whether a row is within its bound; empty without a bound. */
export function boundOf(row: Row): string {
  const { bound, unit, ratio } = row;
  if (bound === undefined) return "";
  const said = ratio === undefined ? figure(bound, unit) : String(bound);
  return `${unit === "/s" ? "≥" : "≤"} ${said}${isMet(row) ? "" : " missed"}`;
}

export function figure(value: number, unit: Unit): string {
  const digits = Math.abs(value) < 10 && unit !== "/s" ? 2 : 0;
  const space = unit === "/s" || unit === "/min" ? "" : " ";
  return `${value.toFixed(digits)}${space}${unit}`.trim();
}
