import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { startBroker } from "./broker.ts";
import { startCluster } from "./cluster.ts";
import { endProcess, environment, program, startDaemon } from "./daemon.ts";
import { cpuSeconds } from "./process-figures.ts";
import type { Job } from "./sending.ts";

/** A sender process: makes a measurement and answers with its figure. */
export interface Sender {
  readonly ask: (job: Job) => Promise<number>;
}

/** A broker with Steward and the floor on it: each has a worker and a sender, all separate processes. */
export interface Fleet extends AsyncDisposable {
  readonly url: string;
  /** The CPU time of the broker until now, of all servers of a cluster, in milliseconds. */
  readonly brokerCpu: () => number;
  /** The program as users have it. */
  readonly program: string;
  readonly floorSender: Sender;
  readonly stewardSender: Sender;
  readonly daemon: ChildProcess;
  readonly floorWorker: ChildProcess;
  /** Starts one more process on the broker, which ends with the fleet. */
  readonly fork: (name: string) => Promise<ChildProcess>;
}

export interface FleetOptions {
  /** The broker syncs to disk before each acknowledgement. */
  readonly fsync: boolean;
  /** Three servers, with three copies of each stream. */
  readonly cluster?: boolean;
  /** Where each Node process leaves a CPU profile. */
  readonly profiles: string | undefined;
}

export async function startFleet({ fsync, cluster = false, profiles }: FleetOptions): Promise<Fleet> {
  const home = mkdtempSync(join(import.meta.dirname, "fleet-"));
  const broker = await (cluster ? startCluster : startBroker)(home, fsync);
  const servers = "servers" in broker ? broker.servers : [broker];
  const children: ChildProcess[] = [];
  const env = environment();
  const execArgv = profiles === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profiles];

  const forked = async (name: string): Promise<ChildProcess> => {
    const child = fork(join(import.meta.dirname, `${name}.mjs`), [broker.url], { env, execArgv, cwd: home });
    children.push(child);
    child.once("exit", (code) => {
      // No node would answer any more; stderr has the reason.
      if (code !== 0) process.exit(1);
    });
    const [word] = (await once(child, "message")) as unknown[];
    if (word !== "ready") throw new Error(`${name} did not start: ${String(word)}`);
    return child;
  };
  const daemon = await startDaemon({ url: broker.url, name: "ship1", home, execArgv });
  children.push(daemon);
  const floorWorker = await forked("floor-worker");
  await forked("steward-worker");
  return {
    url: broker.url,
    brokerCpu: () => servers.reduce((total, { pid }) => total + cpuSeconds(pid), 0) * 1000,
    program,
    floorSender: senderOf(await forked("floor-sender")),
    stewardSender: senderOf(await forked("steward-sender")),
    daemon,
    floorWorker,
    fork: forked,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map(endProcess));
      await broker[Symbol.asyncDispose]();
    },
  };
}

/** A sender process that has started. */
export function senderOf(child: ChildProcess): Sender {
  return {
    ask: async (job) => {
      child.send(job);
      const [answer] = (await once(child, "message")) as unknown[];
      if (typeof answer !== "number") throw new Error(String(answer));
      return answer;
    },
  };
}
