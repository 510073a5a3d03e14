import { now } from "./edition.ts";
import { median } from "./median.ts";
import { rowOf, type Line, type Row, type Suite, type SuiteOptions } from "./result.ts";
import { startBare, startDaemons, type FanOut, type Side } from "./side.ts";

/** The numbers of nodes. */
const sizes = [100, 1000, 2500, 5000, 10_000];
/** A fleet of this size and more is asked only a few times. */
const large = 5000;

/** The worst allowed ratio to bare consumers, and with 10,000 nodes to the checkout before. */
const bounds = { bare: 1.5, before: 0.25 };

const figures: readonly { readonly key: keyof FanOut; readonly name: string }[] = [
  { key: "stored", name: "stored" },
  { key: "ended", name: "all ended" },
  { key: "empty", name: "queue empty" },
  { key: "cpu", name: "CPU of the broker" },
];

export const fanOut: Suite = {
  name: "fan-out",
  describe: "a command to each of many nodes: until it is stored, all have ended it, and the queue is empty",
  run: async (options) => {
    const rows: Row[] = [];
    const points = new Map<string, [number, number][]>();
    const asked = options.fsync === false ? [] : sizes.filter((size) => !options.quick || size <= 1000);
    for (const size of asked.filter((each) => nameOf(each).includes(options.only))) {
      const sides = await measured(size, options);
      rows.push(...rowsOf(size, sides));
      for (const { key, name } of figures.slice(0, 3)) {
        for (const [who, turns] of [
          ["Steward", sides.now],
          ["bare consumers", sides.bare],
        ] as const) {
          const line = `${who}, ${name}`;
          points.set(line, [...(points.get(line) ?? []), [size, median(turns.map((turn) => turn[key]))]]);
        }
      }
    }
    const lines: Line[] = Array.from(points, ([name, each]) => ({ name, points: each }));
    return { rows, plots: lines.length === 0 ? [] : [{ title: "Send to many nodes", x: "nodes", y: "ms", lines }] };
  },
};

function nameOf(size: number): string {
  return `send to ${size} nodes`;
}

interface Sides {
  readonly bare: readonly FanOut[];
  readonly now: readonly FanOut[];
  readonly before?: readonly FanOut[];
}

async function measured(size: number, { rounds, before }: SuiteOptions): Promise<Sides> {
  // The checkout before runs alone: its fleet costs the machine much, even when it is idle.
  const old = before && (await inTurns({ before: () => startDaemons(before, size) }, size < large ? 3 : 1));
  const sides = { bare: () => startBare(size), now: () => startDaemons(now, size) };
  return { ...old, ...(await inTurns(sides, Math.min(rounds, size < large ? 7 : 3))) };
}

/** Lets the sides take turns, forwards and backwards, after a round that does not count; a single round counts. */
async function inTurns<Name extends string>(
  sides: Readonly<Record<Name, () => Promise<Side>>>,
  rounds: number,
): Promise<Record<Name, FanOut[]>> {
  const made = {} as Record<Name, FanOut[]>;
  const started: { readonly name: Name; readonly side: Side }[] = [];
  try {
    for (const name of Object.keys(sides) as Name[]) {
      made[name] = [];
      const begun = performance.now();
      started.push({ name, side: await sides[name]() });
      process.stderr.write(`– ${name}: nodes are up after ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
    }
    for (let round = rounds === 1 ? 1 : 0; round <= rounds; round++) {
      for (const { name, side } of round % 2 === 0 ? started : started.toReversed()) {
        const figure = await side.fanOut();
        process.stderr.write(
          `–   ${name}: ${figures.map(({ key }) => `${key} ${figure[key].toFixed(0)}`).join(", ")}\n`,
        );
        if (round > 0) made[name].push(figure);
      }
    }
    return made;
  } finally {
    for (const { side } of started) await side[Symbol.asyncDispose]();
  }
}

function rowsOf(size: number, { bare, now: own, before }: Sides): Row[] {
  return figures.flatMap(({ key, name }) => {
    const about = { name: `${nameOf(size)}, ${name}`, broker: "fsync on", unit: "ms" } as const;
    const bounded = key === "empty";
    const turnsOf = (floors: readonly FanOut[]) =>
      own.map((turn, at) => ({ floor: (floors[at] ?? floors[0])?.[key] ?? Number.NaN, steward: turn[key] }));
    const rows = [rowOf({ ...about, bound: bounded ? bounds.bare : undefined }, turnsOf(bare))];
    if (before === undefined) return rows;
    const beside = { ...about, name: `${about.name}, beside before` };
    return [
      ...rows,
      rowOf({ ...beside, bound: bounded && size === 10_000 ? bounds.before : undefined }, turnsOf(before)),
    ];
  });
}
