import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "nats";
import { startLightNodes, nodeNames, type LightNodes } from "../fleet/nodes.ts";
import { startBroker, type BenchBroker } from "./broker.ts";
import { startCluster } from "./cluster.ts";
import { connectionStarts } from "./connections.ts";
import { cpuSeconds, residentMiB } from "./process-figures.ts";
import { rowOf, type Row, type Suite, type Unit } from "./result.ts";

/** The sizes of the measured fleets; a larger one is made by starting more nodes. */
const sizes = [1000, 5000, 10_000];
/** How many nodes run in one process of the fleet. */
const nodesInProcess = 2500;
const clusterSize = 1000;
/**
 * How long it takes until the heartbeats of a new fleet have spread, and its first pulls have expired without a
 * message.
 */
const settleMs = 80_000;
const watchMs = 60_000;
/** A fleet that takes longer to return is reported as not back. */
const longestReturn = 300_000;

/** Whole fleets that do nothing: their cost for the broker, and how they come back. */
export const idle: Suite = {
  name: "idle",
  describe: "up to 10,000 idle nodes, a connection each: requests, CPU, memory, and the return after a broker's death",
  run: async ({ quick, fsync, only }) => {
    const rows: Row[] = [];
    const cpu: [number, number][] = [];
    const memory: [number, number][] = [];
    if (fsync === false) return { rows };
    if ("one server".includes(only)) {
      const asked = quick ? [200] : sizes;
      await using broker = await startBroker(mkdtempSync(join(import.meta.dirname, "idle-")), true);
      await using fleet = new GrowingFleet(broker.url);
      for (const size of asked) {
        await fleet.grow(size);
        const watched = await watch([broker.pid], [broker.monitor], fleet, quick ? 20_000 : watchMs);
        rows.push(...rowsOf(watched, size, "fsync on", size === 10_000));
        cpu.push([size, watched.cpu]);
        memory.push([size, watched.memory]);
      }
      rows.push(...(await returnRows(broker, fleet)));
    }
    if ("R3".includes(only)) {
      const size = quick ? 100 : clusterSize;
      await using cluster = await startCluster(mkdtempSync(join(import.meta.dirname, "idle-")), true);
      await using fleet = new GrowingFleet(cluster.url);
      await fleet.grow(size);
      const [pids, monitors] = [cluster.servers.map(({ pid }) => pid), cluster.servers.map(({ monitor }) => monitor)];
      rows.push(...rowsOf(await watch(pids, monitors, fleet, quick ? 20_000 : watchMs), size, "R3, fsync on", false));
    }
    const plots = [
      {
        title: "CPU of the broker, idle nodes",
        x: "nodes",
        y: "% of a core",
        lines: [{ name: "one server", points: cpu }],
      },
      {
        title: "Memory of the broker, idle nodes",
        x: "nodes",
        y: "MiB",
        lines: [{ name: "one server", points: memory }],
      },
    ];
    return { rows, plots: plots.filter(({ lines }) => (lines[0]?.points.length ?? 0) > 0) };
  },
};

/** A simulated fleet that more processes join. */
class GrowingFleet implements AsyncDisposable {
  readonly #url: string;
  readonly #parts: LightNodes[] = [];
  size = 0;

  constructor(url: string) {
    this.#url = url;
  }

  get pids(): readonly number[] {
    return this.#parts.flatMap(({ pids }) => pids);
  }

  async grow(size: number): Promise<void> {
    const begun = performance.now();
    while (this.size < size) {
      const next = Math.min(size, this.size + nodesInProcess);
      const names = nodeNames(next).slice(this.size);
      this.#parts.push(await startLightNodes(join(import.meta.dirname, "process.mjs"), this.#url, names, 1));
      this.size = next;
    }
    process.stderr.write(`– ${size} nodes are up after ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
    await delay(settleMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#parts.map((part) => part[Symbol.asyncDispose]()));
  }
}

interface Watched {
  /** All publishes of the daemons, for each node and minute. */
  readonly requests: number;
  /** For the server with the most: percent of a core, and MiB. */
  readonly cpu: number;
  readonly memory: number;
  /** MiB of the daemons' processes for 1,000 nodes. */
  readonly daemons: number;
}

async function watch(
  pids: readonly number[],
  monitors: readonly string[],
  fleet: GrowingFleet,
  ms: number,
): Promise<Watched> {
  const messages = async (): Promise<number> =>
    sum(await Promise.all(monitors.map(async (url) => (await varz(url)).in_client_msgs)));
  const before = { messages: await messages(), cpu: pids.map(cpuSeconds), at: performance.now() };
  await delay(ms);
  const seconds = (performance.now() - before.at) / 1000;
  const used = pids.map((pid, at) => ((cpuSeconds(pid) - (before.cpu[at] ?? 0)) / seconds) * 100);
  return {
    requests: (((await messages()) - before.messages) / fleet.size / seconds) * 60,
    cpu: Math.max(...used),
    memory: Math.max(...pids.map(residentMiB)),
    daemons: (sum(fleet.pids.map(residentMiB)) / fleet.size) * 1000,
  };
}

function rowsOf({ requests, cpu, memory, daemons }: Watched, size: number, broker: string, bounded: boolean): Row[] {
  const row = (name: string, unit: Unit, value: number, bound?: number): Row =>
    rowOf({ name: `${size} idle nodes: ${name}`, broker, unit, bound: bounded ? bound : undefined }, [
      { steward: value },
    ]);
  return [
    row("requests of a node", "/min", requests, 8),
    row("CPU of the broker", "% of a core", cpu, 25),
    row("memory of the broker", "MiB", memory, 1.5 * 1024),
    row("memory of 1,000 light daemons", "MiB", daemons),
  ];
}

/** Kills the broker and starts it again: how long until all nodes pull again, and over what time they came. */
async function returnRows(broker: BenchBroker, fleet: GrowingFleet): Promise<Row[]> {
  // Sees which nodes pull. It reconnects before the nodes, which wait longer.
  const nc = await connect({
    servers: broker.url,
    reconnectTimeWait: 10,
    reconnectJitter: 0,
    maxReconnectAttempts: -1,
  });
  const pulling = new Set<string>();
  nc.subscribe("$JS.API.CONSUMER.MSG.NEXT.STEWARD_MESSAGES.*", {
    callback: (_error, msg) => void pulling.add(msg.subject.slice(msg.subject.lastIndexOf(".") + 1)),
  });
  await nc.flush();
  pulling.clear();
  const begun = performance.now();
  const ready = await broker.restart("SIGKILL");
  while (pulling.size < fleet.size && performance.now() - begun < longestReturn) await delay(100);
  const back = (performance.now() - begun) / 1000;
  await nc.close();
  const starts = await connectionStarts(broker.monitor);
  const at = (share: number): number => starts[Math.floor((starts.length - 1) * share)] ?? 0;
  const row = (name: string, unit: Unit, value: number, bound?: number): Row => {
    const about = { name: `${fleet.size} nodes after the broker's kill -9: ${name}`, broker: "fsync on", unit, bound };
    return rowOf(about, [{ steward: value }]);
  };
  return [
    row("the broker knows its streams again", "s", ready / 1000),
    row("all nodes pull again", "s", back, 90),
    row("missing then", "", fleet.size - pulling.size, 0),
    row("between the connects of the first and the last tenth", "s", (at(0.9) - at(0.1)) / 1000),
  ];
}

interface Varz {
  readonly in_client_msgs: number;
}

async function varz(monitor: string): Promise<Varz> {
  return (await (await fetch(`${monitor}/varz`)).json()) as Varz;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
