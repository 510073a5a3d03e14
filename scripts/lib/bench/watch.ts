import { setTimeout as delay } from "node:timers/promises";
import type { GrowingFleet } from "./growing-fleet.ts";
import { cpuSeconds, residentMiB } from "./process-figures.ts";

/** What a fleet that does nothing costs. */
export interface Watched {
  /** All publishes of the daemons, for each node and minute. */
  readonly requests: number;
  /** For the server with the most: percent of a core, and MiB. */
  readonly cpu: number;
  readonly memory: number;
  /** MiB of the daemons' processes for 1,000 nodes. */
  readonly daemons: number;
}

/** Watches a fleet, and its broker or the servers of its cluster, for some time. */
export async function watch(
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

interface Varz {
  readonly in_client_msgs: number;
}

async function varz(monitor: string): Promise<Varz> {
  return (await (await fetch(`${monitor}/varz`)).json()) as Varz;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
