import { cpus, totalmem } from "node:os";
import type { Edition } from "./edition.ts";
import { median } from "./median.ts";

/** The median and the range of the figures of several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The figures of one round. */
export interface Turn {
  readonly floor: number;
  readonly steward: number;
}

/** The result of one measurement: Steward's figures and, if there is a floor, the floor's figures and their ratio. */
export interface Row {
  readonly name: string;
  /**
   * The broker: `fsync on`, `fsync off`, with `R3` before it for a cluster of three servers; empty if it does not
   * matter.
   */
  readonly broker: string;
  /** The unit of the figures. For `/s` more is better, for all others less. */
  readonly unit: Unit;
  /** The worst allowed value of the ratio, or of the figure without a floor. */
  readonly bound?: number | undefined;
  readonly floor?: Spread;
  readonly steward: Spread;
  readonly ratio?: Spread;
  readonly turns: readonly (Turn | { readonly steward: number })[];
}

export type Unit = "µs" | "ms" | "s" | "/s" | "MiB" | "% of a core" | "/min" | "";

/** How a figure grows, as a line in a plot. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  /** Also the name of its file, in lower case with dashes. */
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

export interface SuiteResult {
  readonly rows: readonly Row[];
  readonly plots?: readonly Plot[];
}

/** The settings of one run of a suite. */
export interface SuiteOptions {
  readonly quick: boolean;
  readonly rounds: number;
  /** Only with this broker: with a sync before each acknowledgement, or without. */
  readonly fsync: boolean | undefined;
  /** Only measurements with this text in their name. */
  readonly only: string;
  /** The folder for the CPU profiles of the Node processes. */
  readonly profiles: string | undefined;
  /** An older state of the project to compare with. */
  readonly before: Edition | undefined;
}

/** A set of measurements that are made together. */
export interface Suite {
  readonly name: string;
  readonly describe: string;
  readonly run: (options: SuiteOptions) => Promise<SuiteResult>;
}

/** The brokers to measure on: one that syncs before each acknowledgement, as it is shipped, and one that does not. */
export function brokersFor(
  wanted: SuiteOptions["fsync"],
): readonly { readonly name: string; readonly fsync: boolean }[] {
  const all = [
    { name: "fsync on", fsync: true },
    { name: "fsync off", fsync: false },
  ];
  return all.filter(({ fsync }) => wanted === undefined || wanted === fsync);
}

/** A row of the figures of the rounds, Steward's in relation to the floor's of the same round. */
export function rowOf(
  about: Pick<Row, "name" | "broker" | "unit" | "bound">,
  turns: readonly (Turn | { readonly steward: number })[],
): Row {
  const beside = turns.flatMap((turn) => ("floor" in turn ? [turn] : []));
  const steward = spreadOf(turns.map((turn) => turn.steward));
  if (beside.length === 0) return { ...about, steward, turns };
  const floor = spreadOf(beside.map((turn) => turn.floor));
  const ratio = spreadOf(beside.map((turn) => turn.steward / turn.floor));
  return { ...about, floor, steward, ratio, turns };
}

/** When, and on what class of machine, the figures were taken. */
export interface Machine {
  readonly date: string;
  readonly cpu: string | undefined;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
}

/** The time and machine of this run. */
export function machine(): Machine {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    cpu: cpu?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
