import { formatDuration } from "../../util/duration.ts";
import { oneLine } from "./line.ts";

/**
 * The lines of a table. Each column is as wide as its widest cell, and two spaces separate the columns, so that people
 * can read the table and programs can search it.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows].map((row) => row.map(oneLine));
  const widths = head.map((_cell, column) => all.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return all.map((row) => line(row).trimEnd());
}

/** The time since a moment, in one unit: `3m ago`. The result is `?` for an invalid time. */
export function ago(moment: number, now: number = Date.now()): string {
  if (!Number.isFinite(moment)) return "?";
  return `${inOneUnit(now - moment)} ago`;
}

/** A number of milliseconds in whole days, hours, minutes or seconds: `3m`. The result is `?` for an invalid number. */
export function inOneUnit(ms: number): string {
  if (!Number.isFinite(ms)) return "?";
  const unit = [86_400_000, 3_600_000, 60_000, 1000].find((size) => ms >= size) ?? 1000;
  return formatDuration(Math.max(0, Math.floor(ms / unit)) * unit).replace(/^0ms$/, "0s");
}
