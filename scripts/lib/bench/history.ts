import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { startBroker, type BenchBroker } from "./broker.ts";
import { fillHistory, type Example } from "./history-fill.ts";
import { questions, type Log, type Question } from "./history-questions.ts";
import { diskMiB, residentMiB } from "./process-figures.ts";
import { rowOf, type Line, type Plot, type Row, type Suite, type Turn } from "./result.ts";

/** The floor is Steward itself on a broker whose log holds one message; the two take turns. */
export const history: Suite = {
  name: "history",
  describe: "what is asked of a log of millions of ACKs, and what it costs the broker",
  run: async ({ quick, rounds, fsync, only }) => {
    if (fsync === true) return { rows: [] };
    const home = mkdtempSync(join(import.meta.dirname, "history-"));
    const asked = questions.filter(({ name }) => name.includes(only));
    const steps: Step[] = [];
    await using small = await openPlace(join(home, "small"));
    await using large = await openPlace(join(home, "large"));
    await fill(small, 2);
    const before = residentMiB(large.server.pid);
    for (const acks of quick ? [100_000, 200_000] : [1_000_000, 2_000_000, 5_000_000]) {
      const start = performance.now();
      await fill(large, acks);
      process.stderr.write(`– filled up to ${acks} ACKs in ${Math.round((performance.now() - start) / 1000)} s\n`);
      steps.push(await measureStep(asked, small, large, rounds, before));
    }
    return { rows: steps.flatMap(({ rows }) => rows), plots: plotsOf(steps) };
  },
};

interface Place extends Log, AsyncDisposable {
  readonly server: BenchBroker;
  readonly examples: Example[];
  acks: number;
}

async function openPlace(home: string): Promise<Place> {
  mkdirSync(home);
  const server = await startBroker(home, false);
  const settings = { servers: server.url, namespace: "steward" };
  const broker = await openBroker(settings, { name: "bench", waitMs: Infinity });
  const examples: Example[] = [];
  let turn = 0;
  return {
    server,
    broker,
    url: server.url,
    examples,
    acks: 0,
    // Old and new ones in turn.
    example: () => examples[(turn++ * 7919) % examples.length] ?? { id: "", node: "" },
    [Symbol.asyncDispose]: async () => {
      await broker[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function fill(place: Place, acks: number): Promise<void> {
  place.examples.push(...(await fillHistory(place.broker, place.acks, acks)));
  place.acks = acks;
}

/** The figures with this number of ACKs in the log. */
interface Step {
  readonly acks: number;
  readonly answers: readonly Row[];
  readonly costs: Readonly<Record<Cost, number>>;
  readonly rows: readonly Row[];
}

const costs = ["broker's memory", "broker's memory after a restart", "broker's files"] as const;
const restarts = ["restart of the broker", "restart of the broker after a kill"] as const;
type Cost = (typeof costs)[number] | (typeof restarts)[number];

async function measureStep(
  asked: readonly Question[],
  small: Place,
  large: Place,
  rounds: number,
  before: number,
): Promise<Step> {
  const { acks, server } = large;
  const answers: Row[] = [];
  for (const question of asked) answers.push(await measureQuestion(question, small, large, rounds));
  const measured: Record<Cost, number> = {
    "broker's memory": residentMiB(server.pid) - before,
    "broker's files": diskMiB(server.storeDir),
    "restart of the broker after a kill": await server.restart("SIGKILL"),
    "restart of the broker": await server.restart("SIGTERM"),
    "broker's memory after a restart": residentMiB(server.pid) - before,
  };
  await large.broker.untilAnswered(() => large.broker.nc.flush());
  const millions = acks / 1e6;
  const about = { broker: "fsync off" };
  const rows = [
    ...answers,
    ...costs.map((name) => {
      const turn = { steward: measured[name] / millions };
      return rowOf({ ...about, name: `${name} for each million, ${counted(acks)}`, unit: "MiB" }, [turn]);
    }),
    ...restarts.map((name) => {
      return rowOf({ ...about, name: `${name}, ${counted(acks)}`, unit: "ms" }, [{ steward: measured[name] }]);
    }),
  ];
  return { acks, answers, costs: measured, rows };
}

async function measureQuestion(
  { name, ask, ...bounds }: Question,
  small: Place,
  large: Place,
  rounds: number,
): Promise<Row> {
  const turns: Turn[] = [];
  for (let round = 0; round <= rounds; round++) {
    const turn = { floor: await ask(small), steward: await ask(large) };
    // The first round warms both up.
    if (round > 0) turns.push(turn);
  }
  const about = { name: `${name}, ${counted(large.acks)}`, broker: "fsync off", unit: "ms" } as const;
  // A bound in milliseconds is compared with the figure itself.
  const row = rowOf(about, bounds.bound === undefined ? turns : turns.map(({ steward }) => ({ steward })));
  process.stderr.write(`– ${row.name}: ${row.steward.median.toFixed(1)} ms\n`);
  return { ...row, bound: bounds.ratioBound ?? bounds.bound };
}

function counted(acks: number): string {
  return `${acks.toLocaleString("en")} ACKs`;
}

function plotsOf(steps: readonly Step[]): Plot[] {
  const overAcks = (name: string, figure: (step: Step) => number): Line => ({
    name,
    points: steps.map((step) => [step.acks, figure(step)]),
  });
  const ofCosts = (names: readonly Cost[]): Line[] => names.map((name) => overAcks(name, (step) => step.costs[name]));
  const ofAnswers = (steps[0]?.answers ?? []).map(({ name }, at) =>
    overAcks(name.replace(/, [^,]*(,\d+)* ACKs$/, ""), (step) => step.answers[at]?.steward.median ?? Number.NaN),
  );
  const x = "ACKs in the log";
  return [
    { title: "Answers and history", x, y: "ms", lines: ofAnswers },
    { title: "Broker and history", x, y: "MiB", lines: ofCosts(costs) },
    { title: "Restart and history", x, y: "ms", lines: ofCosts(restarts) },
  ];
}
