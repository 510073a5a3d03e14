import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { endProcess, environment, startDaemon } from "./daemon.ts";
import { residentMiB } from "./process-figures.ts";
import { rowOf, type Row, type Turn } from "./result.ts";
import { untilDrained } from "./work.ts";

export interface MemoryBench {
  readonly url: string;
  readonly broker: Broker;
  readonly home: string;
}

/** The resident memory of both some seconds after their start, as users start them: without any option of Node's. */
export async function measureIdle({ url, broker, home }: MemoryBench, quick: boolean, rounds: number): Promise<Row> {
  const turns: Turn[] = [];
  for (let round = 0; round < rounds; round++) {
    const daemon = await startDaemon({ url, name: "ship1", home });
    const floor = spawn(process.execPath, [join(import.meta.dirname, "floor-worker.mjs"), url], {
      env: environment(),
      cwd: home,
      stdio: ["ignore", "ignore", "inherit"],
    });
    process.once("exit", () => floor.kill("SIGKILL"));
    await delay(quick ? 3000 : 20_000);
    // Both have created their consumer by now.
    await Promise.all([untilDrained(broker, "floor"), untilDrained(broker, "ship1")]);
    turns.push({ floor: residentMiB(floor.pid ?? 0), steward: residentMiB(daemon.pid ?? 0) });
    await Promise.all([endProcess(daemon), endProcess(floor)]);
  }
  return rowOf({ name: "memory, idle", broker: "fsync off", unit: "MiB", bound: 1.3 }, turns);
}
