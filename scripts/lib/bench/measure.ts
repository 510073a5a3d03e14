import { rowOf, type Row, type Turn, type Unit } from "./result.ts";

/** One thing that is measured: each call of `floor` or `steward` gives the figure of one turn. */
export interface Case {
  readonly name: string;
  readonly unit: Unit;
  /** What the ratio to the floor must not be worse than. */
  readonly bound?: number;
  readonly floor: () => Promise<number>;
  readonly steward: () => Promise<number>;
}

/** Lets floor and Steward take turns, after a round that warms both up and does not count. */
export async function measure({ floor, steward, ...about }: Case, broker: string, rounds: number): Promise<Row> {
  const turns: Turn[] = [];
  for (let round = 0; round <= rounds; round++) {
    const turn = { floor: await floor(), steward: await steward() };
    if (round > 0) turns.push(turn);
  }
  const row = rowOf({ ...about, broker }, turns);
  process.stderr.write(`– ${about.name}, ${broker}: ${row.ratio?.median.toFixed(2)}× the floor\n`);
  return row;
}
