import { cpus, totalmem } from "node:os";
import type { Case } from "./cases.ts";
import { median } from "./median.ts";

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What came of a case: the figures of the turns, and Steward's in relation to the floor's of the same turn. */
export interface Row {
  readonly name: string;
  readonly fsync: boolean;
  readonly unit: string;
  readonly bound: number | undefined;
  readonly floor: Spread;
  readonly steward: Spread;
  readonly ratio: Spread;
  readonly turns: readonly Turn[];
}

interface Turn {
  readonly floor: number;
  readonly steward: number;
}

export function toRow({ name, unit, bound }: Case, fsync: boolean, turns: readonly Turn[]): Row {
  return {
    name,
    fsync,
    unit,
    bound,
    floor: spreadOf(turns.map(({ floor }) => floor)),
    steward: spreadOf(turns.map(({ steward }) => steward)),
    ratio: spreadOf(turns.map(({ floor, steward }) => steward / floor)),
    turns,
  };
}

/** When, and on what class of machine, the figures were taken. */
export function machine(): Record<string, unknown> {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    cpu: cpu?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

/** A Markdown table, which reads well in a terminal too. */
export function printTable(rows: readonly Row[]): void {
  const head = ["what", "fsync", "floor", "Steward", "ratio (lowest–highest)", "bound"];
  const lines = rows.map((row) => [
    row.name,
    row.fsync ? "on" : "off",
    figure(row.floor.median, row.unit),
    figure(row.steward.median, row.unit),
    `${row.ratio.median.toFixed(2)} (${row.ratio.min.toFixed(2)}–${row.ratio.max.toFixed(2)})`,
    boundOf(row),
  ]);
  const all = [head, ...lines];
  const widths = head.map((_cell, at) => Math.max(...all.map((line) => line[at]?.length ?? 0)));
  const print = (line: readonly string[]): void =>
    console.log(`| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`);
  print(head);
  print(widths.map((width) => "-".repeat(width)));
  for (const line of lines) print(line);
}

function boundOf({ bound, unit, ratio }: Row): string {
  if (bound === undefined) return "";
  const isMet = unit === "ms" ? ratio.median <= bound : ratio.median >= bound;
  return `${unit === "ms" ? "≤" : "≥"} ${bound}${isMet ? "" : " missed"}`;
}

function figure(value: number, unit: string): string {
  return unit === "ms" ? `${value.toFixed(value < 10 ? 2 : 0)} ms` : `${Math.round(value)}/s`;
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
