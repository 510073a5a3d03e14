import type { ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ApiError } from "@nats-io/jetstream";
import { askApi } from "../../../src/broker/connection/api.ts";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { startLink, type Link } from "../../../test/support/link.ts";
import { startBroker, type BenchBroker } from "../bench/broker.ts";
import { endProcess, startDaemon } from "../bench/daemon.ts";

/** A daemon as a process, and its link to the broker. */
export interface Daemon {
  readonly name: string;
  readonly dataDir: string;
  readonly link: Link;
  child: ChildProcess;
  readonly restart: () => Promise<void>;
}

/** A broker as shipped and three daemons, each a process of its own. */
export interface Stage extends AsyncDisposable {
  readonly server: BenchBroker;
  readonly broker: Broker;
  readonly daemons: readonly Daemon[];
}

/** `central` and `ship1` run from start to end; `ship2` is restarted. */
export const lasting = ["central", "ship1"] as const;
export const restarted = "ship2";

/** How long the log is kept, in seconds: after that time the broker's store no longer grows. */
const logKept = 60;

export async function setStage(): Promise<Stage> {
  const home = mkdtempSync(join(import.meta.dirname, "soak-"));
  const server = await startBroker(home, true);
  const broker = await openBroker({ servers: server.url, namespace: "steward" }, { name: "soak", waitMs: Infinity });
  await keepLogShort(broker);
  const daemons: Daemon[] = [];
  for (const name of [...lasting, restarted]) daemons.push(await startOverLink(server.url, name, home));
  return {
    server,
    broker,
    daemons,
    [Symbol.asyncDispose]: async () => {
      for (const { child, link } of daemons) {
        await endProcess(child);
        await link[Symbol.asyncDispose]();
      }
      await broker[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function startOverLink(url: string, name: string, home: string): Promise<Daemon> {
  const link = await startLink([url]);
  const selfReport = pathToFileURL(join(import.meta.dirname, "self-report.mjs")).href;
  const start = (): Promise<ChildProcess> =>
    startDaemon({ url: link.url, name, home, execArgv: ["--expose-gc", "--import", selfReport], ipc: true });
  const daemon = {
    name,
    dataDir: join(home, name),
    link,
    child: await start(),
    restart: async () => {
      await endProcess(daemon.child);
      daemon.child = await start();
    },
  };
  return daemon;
}

interface Answer {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly error?: ApiError;
}

async function keepLogShort(broker: Broker): Promise<void> {
  const { acks } = broker.names;
  const { config } = await askApi<Answer>(broker, `$JS.API.STREAM.INFO.${acks}`, "");
  const body = JSON.stringify({ ...config, max_age: logKept * 1e9, duplicate_window: logKept * 1e9 });
  const { error } = await askApi<Answer>(broker, `$JS.API.STREAM.UPDATE.${acks}`, body);
  if (error !== undefined) throw new Error(`the log could not be made short: ${error.description}`);
}
