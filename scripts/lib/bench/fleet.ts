import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openBroker } from "../../../src/broker/connect.ts";
import { renderServerConfig } from "../../../src/broker/server/config.ts";
import { findServer } from "../../../src/broker/server/find.ts";
import { startServerProcess } from "../../../src/broker/server/process.ts";
import { applyTopology } from "../../../src/broker/topology/apply.ts";
import type { Job } from "./sending.ts";

/** A sender process: makes a measurement and answers with its figure. */
export interface Sender {
  readonly ask: (job: Job) => Promise<number>;
}

/** A broker, and Steward and the floor beside each other on it: each a worker and a sender, all processes. */
export interface Fleet extends AsyncDisposable {
  readonly url: string;
  /** The program as users have it. */
  readonly program: string;
  readonly floorSender: Sender;
  readonly stewardSender: Sender;
}

export interface FleetOptions {
  /** The broker syncs to disk before each acknowledgement. */
  readonly fsync: boolean;
  /** Where each Node process leaves a CPU profile. */
  readonly profiles: string | undefined;
}

export async function startFleet({ fsync, profiles }: FleetOptions): Promise<Fleet> {
  const home = mkdtempSync(join(import.meta.dirname, "fleet-"));
  const server = await startBroker(home, fsync);
  const children: ChildProcess[] = [];
  const env = environment();
  const execArgv = profiles === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profiles];

  const forked = async (name: string): Promise<ChildProcess> => {
    const child = fork(join(import.meta.dirname, `${name}.mjs`), [server.url], { env, execArgv, cwd: home });
    children.push(child);
    child.once("exit", (code) => {
      // Nobody would answer any more; what went wrong stands on stderr.
      if (code !== 0) process.exit(1);
    });
    const [word] = (await once(child, "message")) as unknown[];
    if (word !== "ready") throw new Error(`${name} did not start: ${String(word)}`);
    return child;
  };
  const program = join(process.cwd(), "dist/bin/steward.js");
  const nodeArgs = [program, "node", "ship1", "--server", server.url, "--data-dir", join(home, "ship1")];
  children.push(await startNode([...execArgv, ...nodeArgs], env, home));
  await forked("floor-worker");
  return {
    url: server.url,
    program,
    floorSender: senderOf(await forked("floor-sender")),
    stewardSender: senderOf(await forked("steward-sender")),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        children.map(async (child) => {
          if (!child.kill()) return;
          await once(child, "exit");
        }),
      );
      server.stop();
      await server.ended;
    },
  };
}

interface Broker {
  readonly url: string;
  readonly stop: () => void;
  readonly ended: Promise<unknown>;
}

/** Ends with this process, however that ends. */
async function startBroker(home: string, syncAlways: boolean): Promise<Broker> {
  const { path: binary } = await findServer();
  const port = await freePort();
  const configFile = join(home, "broker.conf");
  writeFileSync(configFile, renderServerConfig({ host: "127.0.0.1", port, storeDir: join(home, "store"), syncAlways }));
  const server = startServerProcess({ binary, configFile });
  await server.ready;
  const url = `nats://127.0.0.1:${port}`;
  await using broker = await openBroker({ servers: url, namespace: "steward" }, { name: "bench", waitMs: 5000 });
  await applyTopology(broker.nc, { namespace: "steward" });
  return { url, stop: () => server.signal("SIGTERM"), ended: server.ended };
}

async function startNode(args: readonly string[], env: NodeJS.ProcessEnv, home: string): Promise<ChildProcess> {
  const log = join(home, "ship1.log");
  const stderr = openSync(log, "w");
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", stderr] });
  closeSync(stderr);
  process.once("exit", () => child.kill("SIGKILL"));
  while (!readFileSync(log, "utf8").includes('"ready"')) {
    if (child.exitCode !== null) throw new Error(`the daemon ended: ${readFileSync(log, "utf8")}`);
    await delay(20);
  }
  return child;
}

function senderOf(child: ChildProcess): Sender {
  return {
    ask: async (job) => {
      child.send(job);
      const [answer] = (await once(child, "message")) as unknown[];
      if (typeof answer !== "number") throw new Error(String(answer));
      return answer;
    },
  };
}

/** The environment without what would lead the programs to another broker. */
export function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(STEWARD_|NATS_)/.test(name)));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
