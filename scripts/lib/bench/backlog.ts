import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { runRound, type Place, type Round, type Worker } from "./backlog-run.ts";
import { startBroker } from "./broker.ts";
import { environment, startDaemon } from "./daemon.ts";
import { log, ping, type Work } from "./kinds.ts";
import { brokersFor, rowOf, type Row, type Suite, type Turn, type Unit } from "./result.ts";

const works: Readonly<Record<string, Work>> = { ping, log };

/** What is allowed from a daemon's connection to its first run, in milliseconds. */
const firstBound = 200;
/** Which share of the live rate the drain must reach. */
const rateBound = 0.8;

/** Compared with a bare consumer. Each handles the same messages live too; its drain must reach a share of that rate. */
export const backlog: Suite = {
  name: "backlog",
  describe: "10,000 messages for a node that is down: how soon it begins, how fast and in what order it drains",
  run: async ({ quick, rounds, fsync: wanted, only, profiles }) => {
    const rows: Row[] = [];
    const execArgv = profiles === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profiles];
    for (const { name: on, fsync } of brokersFor(wanted)) {
      const home = mkdtempSync(join(import.meta.dirname, "backlog-"));
      await using server = await startBroker(home, fsync);
      const settings = { servers: server.url, namespace: "steward" };
      await using broker = await openBroker(settings, { name: "bench", waitMs: 5000 });
      const place: Place = { broker, monitor: server.monitor };
      const [floor, steward] = workersOf(server.url, home, execArgv);
      for (const [name, work] of Object.entries(works)) {
        if (!`backlog, ${name}`.includes(only)) continue;
        const done: Record<"floor" | "steward", Round>[] = [];
        for (let round = 0; round < Math.min(rounds, fsync ? 3 : 5); round++) {
          const run = (worker: Worker): Promise<Round> => runRound(place, worker, work, quick ? 5000 : 10_000);
          done.push({ floor: await run(floor), steward: await run(steward) });
        }
        const of = rowsOf(`backlog, ${name}`, on, done);
        for (const { name: what, steward: figure } of of)
          process.stderr.write(`– ${what}: ${figure.median.toFixed(2)}\n`);
        rows.push(...of);
      }
    }
    return { rows };
  },
};

function workersOf(url: string, home: string, execArgv: readonly string[]): [floor: Worker, steward: Worker] {
  const startBare = async (): Promise<ChildProcess> => {
    const options = { env: environment(), execArgv: [...execArgv], cwd: home };
    const child = fork(join(import.meta.dirname, "floor-worker.mjs"), [url], options);
    await once(child, "message");
    return child;
  };
  return [
    { node: "floor", start: startBare },
    { node: "ship1", start: () => startDaemon({ url, name: "ship1", home, execArgv }) },
  ];
}

function rowsOf(name: string, broker: string, done: readonly Record<"floor" | "steward", Round>[]): Row[] {
  const beside = (figure: (round: Round) => number): Turn[] =>
    done.map(({ floor, steward }) => ({ floor: figure(floor), steward: figure(steward) }));
  const alone = (figure: (round: Round) => number): { steward: number }[] =>
    done.map(({ steward }) => ({ steward: figure(steward) }));
  const row = (what: string, unit: Unit, turns: Parameters<typeof rowOf>[1], bound?: number): Row =>
    rowOf({ name: `${name}, ${what}`, broker, unit, bound }, turns);
  return [
    row(
      "first run after connecting",
      "ms",
      alone((round) => round.firstRunMs),
      firstBound,
    ),
    row(
      "first ACK after connecting",
      "ms",
      beside((round) => round.firstAckMs),
    ),
    row(
      "live",
      "/s",
      beside((round) => round.liveRate),
    ),
    row(
      "drained",
      "/s",
      beside((round) => round.drainRate),
    ),
    row(
      "drained, beside its own live rate",
      "/s",
      done.map(({ steward }) => drainTurn(steward)),
      rateBound,
    ),
    row(
      "drained by the floor, beside its own live rate",
      "/s",
      done.map(({ floor }) => drainTurn(floor)),
    ),
  ];
}

/** The drain's rate in relation to the live one. */
function drainTurn({ liveRate, drainRate }: Round): Turn {
  return { floor: liveRate, steward: drainRate };
}
