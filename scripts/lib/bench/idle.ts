import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startBroker, type BenchBroker } from "./broker.ts";
import { startCluster } from "./cluster.ts";
import { now, type Edition } from "./edition.ts";
import { returnAfterKill } from "./fleet-return.ts";
import { GrowingFleet } from "./growing-fleet.ts";
import { rowOf, type Row, type Suite, type SuiteOptions, type Unit } from "./result.ts";
import { watch, type Watched } from "./watch.ts";

/** The sizes of the measured fleets on one server; a larger one is made by starting more nodes. */
const sizes = [1000, 5000, 10_000];
/** Nodes on three servers: as many of now may cost what those of before cost. */
const clusterSizes = { now: 3000, before: 1000 };
/**
 * How long it takes until the heartbeats of a new fleet have spread, and its first pulls have expired without a
 * message.
 */
const settleMs = 80_000;
const watchMs = 60_000;

/** Whole fleets that do nothing: their cost for the broker, and how they come back. */
export const idle: Suite = {
  name: "idle",
  describe: "up to 10,000 idle nodes, a connection each: requests, CPU, memory, and the return after a broker's death",
  run: async (options) => {
    if (options.fsync === false) return { rows: [] };
    const { rows, cpu, memory } = await oneServer(options);
    rows.push(...(await threeServers(options)));
    const plot = (title: string, y: string, points: readonly [number, number][]) => {
      return { title, x: "nodes", y, lines: [{ name: "one server", points }] };
    };
    const plots = [
      plot("CPU of the broker, idle nodes", "% of a core", cpu),
      plot("Memory of the broker, idle nodes", "MiB", memory),
    ];
    return { rows, plots: cpu.length === 0 ? [] : plots };
  },
};

interface Stage extends AsyncDisposable {
  readonly edition: Edition;
  readonly broker: BenchBroker;
  readonly fleet: GrowingFleet;
}

interface OneServer {
  readonly rows: Row[];
  readonly cpu: [number, number][];
  readonly memory: [number, number][];
}

/** Both checkouts at the same time, each on a broker of its own. Only the returns follow each other. */
async function oneServer({ quick, only, before }: SuiteOptions): Promise<OneServer> {
  const found: OneServer = { rows: [], cpu: [], memory: [] };
  const asked = (quick ? [200] : sizes).filter((size) => `${size} nodes, one server`.includes(only));
  if (asked.length === 0) return found;
  const stages: Stage[] = [];
  try {
    for (const edition of before === undefined ? [now] : [before, now]) stages.push(await startStage(edition));
    for (const size of asked) {
      for (const { fleet } of stages) await fleet.grow(size);
      await delay(settleMs);
      const ms = quick ? 20_000 : watchMs;
      const watched = await Promise.all(
        stages.map(({ broker, fleet }) => watch([broker.pid], [broker.monitor], fleet, ms)),
      );
      const [own, old] = [watched.at(-1), watched.at(-2)];
      if (own === undefined) continue;
      found.rows.push(...rowsOf(own, `${size} idle nodes`, "fsync on", size === 10_000 ? idleBounds : {}));
      found.cpu.push([size, own.cpu]);
      found.memory.push([size, own.memory]);
      if (old !== undefined) found.rows.push(...besideRows(own, old, size));
    }
    for (const { edition, broker, fleet } of stages) {
      found.rows.push(...(await returnRows(edition, broker, fleet)));
    }
    return found;
  } finally {
    for (const stage of stages) await stage[Symbol.asyncDispose]();
  }
}

async function startStage(edition: Edition): Promise<Stage> {
  const broker = await startBroker(mkdtempSync(join(import.meta.dirname, "idle-")), true, edition);
  const fleet = new GrowingFleet(broker.url, edition.script("process"));
  const end = async (): Promise<void> => {
    await fleet[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
  };
  return { edition, broker, fleet, [Symbol.asyncDispose]: end };
}

/** One fleet after the other. Bare consumers show the cost without heartbeats. */
async function threeServers({ quick, only, before }: SuiteOptions): Promise<Row[]> {
  const rows: Row[] = [];
  const fleets = [
    { name: "bare consumers", edition: now, script: "floor-nodes", bounds: { cpu: 3, memory: 200 } },
    // What 1,000 nodes cost before.
    { name: "nodes", edition: now, script: "process", bounds: { cpu: 23 } },
    ...(before === undefined ? [] : [{ name: "nodes, before", edition: before, script: "process", bounds: {} }]),
  ];
  for (const { name, edition, script, bounds } of fleets.filter((each) => `R3, ${each.name}`.includes(only))) {
    const size = quick ? 100 : clusterSizes[edition.name];
    await using cluster = await startCluster(mkdtempSync(join(import.meta.dirname, "idle-")), true, edition);
    await using fleet = new GrowingFleet(cluster.url, edition.script(script));
    await fleet.grow(size);
    await delay(settleMs);
    const [pids, monitors] = [cluster.servers.map(({ pid }) => pid), cluster.servers.map(({ monitor }) => monitor)];
    const watched = await watch(pids, monitors, fleet, quick ? 20_000 : watchMs);
    rows.push(...rowsOf(watched, `${size} idle ${name}`, "R3, fsync on", bounds));
  }
  return rows;
}

const idleBounds: Partial<Watched> = { requests: 8, cpu: 25, memory: 1.5 * 1024 };
/** The worst allowed ratio to the checkout before, with 10,000 nodes. */
const cpuBound = 0.75;

const figures: readonly { readonly key: keyof Watched; readonly name: string; readonly unit: Unit }[] = [
  { key: "requests", name: "requests of a node", unit: "/min" },
  { key: "cpu", name: "CPU of the broker", unit: "% of a core" },
  { key: "memory", name: "memory of the broker", unit: "MiB" },
  { key: "daemons", name: "memory of the processes of 1,000", unit: "MiB" },
];

function rowsOf(watched: Watched, what: string, broker: string, bounds: Partial<Watched>): Row[] {
  return figures.map(({ key, name, unit }) =>
    rowOf({ name: `${what}: ${name}`, broker, unit, bound: bounds[key] }, [{ steward: watched[key] }]),
  );
}

function besideRows(own: Watched, old: Watched, size: number): Row[] {
  return figures.map(({ key, name, unit }) => {
    const bound = key === "cpu" && size === 10_000 ? cpuBound : undefined;
    const about = { name: `${size} idle nodes: ${name}, beside before`, broker: "fsync on", unit, bound };
    return rowOf(about, [{ floor: old[key], steward: own[key] }]);
  });
}

/** The death of the broker with all nodes connected; then its start when none of them is. */
async function returnRows(edition: Edition, broker: BenchBroker, fleet: GrowingFleet): Promise<Row[]> {
  const { size } = fleet;
  const row = (name: string, unit: Unit, value: number, bound?: number): Row => {
    const about = { name: edition === now ? name : `${name}, before`, broker: "fsync on", unit };
    return rowOf({ ...about, bound: edition === now ? bound : undefined }, [{ steward: value }]);
  };
  const { known, back, missing, spread } = await returnAfterKill(broker, fleet);
  await fleet[Symbol.asyncDispose]();
  const alone = await broker.restart("SIGKILL");
  const what = `${size} nodes after the broker's kill -9`;
  return [
    row(`${what}: the broker knows its streams again`, "s", known),
    row(`${what}: all nodes pull again`, "s", back, 90),
    row(`${what}: missing then`, "", missing, 0),
    row(`${what}: between the connects of the first and the last tenth`, "s", spread),
    row(`${size} known nodes, none connected: start of the broker`, "s", alone / 1000, 3),
  ];
}
