import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { renderServerConfig } from "../../../src/broker/server/config.ts";
import { findServer } from "../../../src/broker/server/find.ts";
import { startServerProcess } from "../../../src/broker/server/process.ts";
import { freePort } from "./broker.ts";
import { now, type Edition } from "./edition.ts";

/** Three servers on this machine with three copies of Steward's streams. */
export interface BenchCluster extends AsyncDisposable {
  /** The addresses of all, with commas between. */
  readonly url: string;
  readonly servers: readonly { readonly pid: number; readonly monitor: string }[];
}

/** Starts a cluster that keeps its files in `home`, with the streams of an edition; ends with this process. */
export async function startCluster(home: string, syncAlways: boolean, edition: Edition = now): Promise<BenchCluster> {
  const { path: binary } = await findServer();
  const places = [];
  for (const name of ["server1", "server2", "server3"]) {
    places.push({ name, port: await freePort(), http: await freePort(), routes: await freePort() });
  }
  const others = places.map(({ routes }) => `nats://127.0.0.1:${routes}`);
  const servers = places.map(({ name, port, http, routes }) => {
    const folder = join(home, name);
    mkdirSync(folder);
    const configFile = join(folder, "broker.conf");
    const config = renderServerConfig({ host: "127.0.0.1", port, storeDir: join(folder, "store"), name, syncAlways });
    const cluster = `cluster { name: bench, listen: "127.0.0.1:${routes}", routes: ${JSON.stringify(others)} }`;
    writeFileSync(configFile, `${config}\nhttp: "127.0.0.1:${http}"\n${cluster}\n`);
    return { ...startServerProcess({ binary, configFile }), monitor: `http://127.0.0.1:${http}` };
  });
  const end = async (): Promise<void> => {
    for (const server of servers) server.signal("SIGKILL");
    await Promise.all(servers.map(({ ended }) => ended));
  };
  try {
    await Promise.all(servers.map(({ ready }) => ready));
    const url = places.map(({ port }) => `nats://127.0.0.1:${port}`).join(",");
    await using broker = await openBroker({ servers: url, namespace: "steward" }, { name: "bench", waitMs: 60_000 });
    await broker.untilAnswered(() => broker.request("$JS.API.INFO", ""));
    edition.init(url, servers.length);
    return { url, servers, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
