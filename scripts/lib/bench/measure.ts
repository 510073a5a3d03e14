import { rowOf, type Row, type Turn, type Unit } from "./result.ts";

/** One thing that is measured: each call of `floor` or `steward` gives the figure of one turn. */
export interface Case {
  readonly name: string;
  readonly unit: Unit;
  /** The worst allowed ratio to the floor. */
  readonly bound?: number;
  readonly floor: () => Promise<number>;
  readonly steward: () => Promise<number>;
}

/** A measurement that is compared with several others, each with the worst allowed ratio to it. */
export interface CaseBeside extends Pick<Case, "name" | "unit" | "steward"> {
  readonly others: readonly { readonly name: string; readonly bound?: number; readonly run: () => Promise<number> }[];
}

/**
 * Lets Steward and all others take turns, forwards and backwards, after a round that does not count. One row for each
 * of the others.
 */
export async function measureBeside(
  { name, unit, steward, others }: CaseBeside,
  broker: string,
  rounds: number,
): Promise<Row[]> {
  const all = [...others.map(({ run }) => run), steward];
  const turns: Turn[][] = others.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    const figures: number[] = [];
    const order = [...all.keys()];
    for (const at of round % 2 === 0 ? order : order.toReversed()) figures[at] = (await all[at]?.()) ?? Number.NaN;
    const own = figures.at(-1) ?? Number.NaN;
    if (round > 0) for (const [at, each] of turns.entries()) each.push({ floor: figures[at] ?? own, steward: own });
  }
  return others.map((other, at) => {
    const { bound } = other;
    const row = rowOf({ name: `${name}, beside ${other.name}`, unit, bound, broker }, turns[at] ?? []);
    process.stderr.write(`– ${row.name}, ${broker}: ${row.ratio?.median.toFixed(2)}×\n`);
    return row;
  });
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
