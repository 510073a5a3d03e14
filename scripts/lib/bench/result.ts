import { cpus, totalmem } from "node:os";
import { median } from "./median.ts";

/** Of the figures of several rounds. */
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

/** What came of one measurement: of Steward, and where there is one, of its floor and of the ratio of the two. */
export interface Row {
  readonly name: string;
  /** On which broker: `fsync on`, `fsync off`, with `R3` before it for a cluster of three servers; empty where none matters. */
  readonly broker: string;
  /** Of the figures. Of `/s` more is better, of all others less. */
  readonly unit: Unit;
  /** What the ratio, or the figure where there is no floor, must not be worse than. */
  readonly bound?: number | undefined;
  readonly floor?: Spread;
  readonly steward: Spread;
  readonly ratio?: Spread;
  readonly turns: readonly (Turn | { readonly steward: number })[];
}

export type Unit = "µs" | "ms" | "s" | "/s" | "MiB" | "% of a core" | "/min" | "";

/** How a figure grows with something, as a line in a plot. */
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
  /** Only with this broker: syncing before each acknowledgement, or not. */
  readonly fsync: boolean | undefined;
  /** Only what has this in its name. */
  readonly only: string;
  /** Where each Node process leaves a CPU profile. */
  readonly profiles: string | undefined;
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

/** That of this run. */
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
