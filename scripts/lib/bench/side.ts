import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { nodeNames, startLightNodes } from "../fleet/nodes.ts";
import { startBroker } from "./broker.ts";
import { endProcess, environment } from "./daemon.ts";
import { now, type Edition } from "./edition.ts";
import { senderOf } from "./fleet.ts";
import { noop } from "./kinds.ts";
import { cpuSeconds } from "./process-figures.ts";
import { untilAllDrained } from "./work.ts";

/** The figures of one send to many nodes, in milliseconds from its start, and the broker's CPU time for it. */
export interface FanOut {
  readonly stored: number;
  readonly ended: number;
  /** Until the queue is empty. */
  readonly empty: number;
  readonly cpu: number;
}

/** Simulated nodes, and a sender, on a broker of their own. */
export interface Side extends AsyncDisposable {
  readonly fanOut: () => Promise<FanOut>;
}

/** How many processes share the nodes. */
const processes = 2;

/** The light daemons of an edition. An older sender gives up while its broker is busy with acknowledgements. */
export function startDaemons(edition: Edition, size: number): Promise<Side> {
  const sender = now.script(edition === now ? "steward-sender" : "floor-sender");
  return startSide(edition, size, edition.script("process"), sender);
}

/** Bare consumers that do the same writes as a daemon of now. */
export function startBare(size: number): Promise<Side> {
  return startSide(now, size, now.script("floor-nodes"), now.script("floor-sender"));
}

async function startSide(edition: Edition, size: number, nodes: string, sender: string): Promise<Side> {
  const started: (() => PromiseLike<void>)[] = [];
  const end = async (): Promise<void> => {
    for (const one of started.splice(0).toReversed()) await one();
  };
  const use = <T extends AsyncDisposable>(one: T): T => {
    started.push(() => one[Symbol.asyncDispose]());
    return one;
  };
  try {
    const server = use(await startBroker(mkdtempSync(join(import.meta.dirname, "fan-out-")), true, edition));
    const { url } = server;
    const names = nodeNames(size);
    use(await startLightNodes(nodes, url, names, processes));
    const broker = use(await openBroker({ servers: url, namespace: "steward" }, { name: "bench", waitMs: 5000 }));
    const child = fork(sender, [url], { env: environment() });
    started.push(() => endProcess(child));
    await once(child, "message");
    return { fanOut: () => fanOut(broker, server.pid, child, names), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function fanOut(broker: Broker, pid: number, sender: ChildProcess, nodes: readonly string[]): Promise<FanOut> {
  const cpu = cpuSeconds(pid);
  const start = performance.now();
  // It answers when all have ended.
  const stored = await senderOf(sender).ask({ kind: "fanOut", nodes, work: noop, wait: false });
  const ended = performance.now() - start;
  await untilAllDrained(broker);
  return { stored, ended, empty: performance.now() - start, cpu: (cpuSeconds(pid) - cpu) * 1000 };
}
