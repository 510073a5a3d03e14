import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { renderServerConfig } from "../../src/broker/server/config.ts";
import { findServer, type FoundServer } from "../../src/broker/server/find.ts";
import { startServerProcess, type ServerProcess } from "../../src/broker/server/process.ts";
import { startLink, type Link } from "./link.ts";

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The process id of the present life. */
  readonly pid: number;
  readonly storeDir: string;
  /** The ways to the others of a separable cluster; cut, they leave it alone with its clients. */
  readonly routes: readonly Link[];
  /** Ends it with SIGKILL; the store stays. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again (ending it first if it runs) on the same port and store. Resolves when JetStream answers. */
  restart(): Promise<void>;
  /** Stops it in order and removes a store made for it. May be called twice. */
  stop(): Promise<void>;
}

export interface TestServerOptions {
  /** Syncs before each acknowledgement, as `steward broker` does; slower, hence off in tests unless asked for. */
  readonly syncAlways?: boolean;
  /** A store to use and to leave behind; without it a temporary one is made and removed. */
  readonly storeDir?: string;
  readonly port?: number;
  /** Lines added to the server's configuration. */
  readonly extraConfig?: string;
  readonly cluster?: ClusterPlace;
}

interface ClusterPlace {
  readonly serverName: string;
  readonly port: number;
  /** The addresses of the routes. */
  readonly dials: readonly string[];
  readonly routes: readonly Link[];
}

export interface TestCluster extends AsyncDisposable {
  readonly servers: readonly TestServer[];
  readonly urls: readonly string[];
  restart(index: number): Promise<void>;
}

/** A nats-server with JetStream on loopback, which dies with this process. Resolves when JetStream answers. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await launch(options);
  try {
    await jetStreamAnswers(server.url);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/**
 * A cluster on loopback. Resolves when each server knows the meta leader. The servers of a separable one reach each other
 * over links, which cost some time.
 */
export function startCluster(size: number, { separable = false }: { separable?: boolean } = {}): Promise<TestCluster> {
  return onFreePorts(size, async (ports) => {
    const places = separable ? await overLinks(ports) : directly(ports);
    const launched = await Promise.allSettled(places.map((cluster) => launch({ cluster })));
    const servers = launched.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const stop = async (): Promise<void> => {
      await Promise.all(servers.map((server) => server.stop()));
      const links = new Set(places.flatMap(({ routes }) => routes));
      await Promise.all([...links].map((link) => link[Symbol.asyncDispose]()));
    };
    try {
      for (const one of launched) if (one.status === "rejected") throw one.reason;
      await Promise.all(servers.map((server) => jetStreamAnswers(server.url)));
    } catch (error) {
      await stop();
      throw error;
    }
    return {
      servers,
      urls: servers.map(({ url }) => url),
      restart: async (index) => servers[index]!.restart(),
      [Symbol.asyncDispose]: stop,
    };
  });
}

function directly(ports: readonly number[]): ClusterPlace[] {
  const dials = ports.map(routeUrl);
  return ports.map((port, at) => ({ serverName: `test-${at + 1}`, port, dials, routes: [] }));
}

/** Each two of them share a link, which has an address for each. */
async function overLinks(ports: readonly number[]): Promise<ClusterPlace[]> {
  const places = ports.map((port, at) => {
    return { serverName: `test-${at + 1}`, port, dials: [] as string[], routes: [] as Link[] };
  });
  for (const [at, one] of places.entries()) {
    for (const other of places.slice(at + 1)) {
      const link = await startLink([routeUrl(other.port), routeUrl(one.port)]);
      const [toOther, toOne] = link.url.split(",");
      one.dials.push(toOther!);
      other.dials.push(toOne!);
      for (const place of [one, other]) place.routes.push(link);
    }
  }
  return places;
}

function routeUrl(port: number): string {
  return `nats://127.0.0.1:${port}`;
}

let found: Promise<FoundServer> | undefined;

async function launch(options: TestServerOptions): Promise<TestServer> {
  const { path: binary } = await (found ??= findServer({ say: console.error }));
  const home = await mkdtemp(join(tmpdir(), "steward-test-"));
  const storeDir = options.storeDir ?? join(home, "store");
  const configFile = join(home, "server.conf");
  const start = async (): Promise<ServerProcess> => {
    const server = startServerProcess({ binary, configFile });
    await server.ready;
    return server;
  };
  const startOn = async (port: number) => {
    await writeFile(configFile, testConfig(options, port, storeDir));
    return { port, process: await start() };
  };
  const ports = options.port === undefined ? onFreePorts(1, ([port]) => startOn(port!)) : startOn(options.port);
  let { port, process } = await ports.catch(async (error: unknown) => {
    await rm(home, { recursive: true, force: true });
    throw error;
  });

  const end = async (signal: NodeJS.Signals) => {
    process.signal(signal);
    await process.ended;
  };
  const url = `nats://127.0.0.1:${port}`;
  const stop = async () => {
    await end("SIGTERM");
    await rm(home, { recursive: true, force: true });
  };
  return {
    url,
    port,
    get pid() {
      return process.pid;
    },
    storeDir,
    routes: options.cluster?.routes ?? [],
    kill: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGTERM");
      process = await start();
      await jetStreamAnswers(url);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function testConfig(options: TestServerOptions, port: number, storeDir: string): string {
  const { cluster } = options;
  const config = renderServerConfig({
    host: "127.0.0.1",
    port,
    storeDir,
    syncAlways: options.syncAlways ?? false,
    ...(cluster && { name: cluster.serverName }),
  });
  const clusterConfig =
    cluster &&
    `cluster {
  name: test
  listen: "127.0.0.1:${cluster.port}"
  routes: ${JSON.stringify(cluster.dials)}
  no_advertise: true${cluster.routes.length === 0 ? "" : `\n  advertise: "${nowhere}"`}
}`;
  return [config, clusterConfig, options.extraConfig].filter(Boolean).join("\n");
}

/** What the servers of a separable cluster tell each other of where they are, so that none goes round a link. */
const nowhere = "127.0.0.1:1";

/** Starts something on ports that look free, and again on others as long as one turns out to be taken. */
async function onFreePorts<T>(count: number, start: (ports: number[]) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await Promise.all(Array.from({ length: count }, freePort)));
    } catch (error) {
      if (attempt === 20 || !String(error).includes("address already in use")) throw error;
    }
  }
}

/** The server of a cluster that bears a name: `test-1` is that of the first. */
export function serverNamed(servers: readonly TestServer[], name: string | undefined): TestServer | undefined {
  return servers[Number(name?.split("-")[1]) - 1];
}

/** A port of loopback that nobody listens on, below the range of outgoing connections: so it stays free over a restart. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const server = createServer();
    try {
      await once(server.listen(port, "127.0.0.1"), "listening");
      return port;
    } catch {
      // It is taken: another one.
    } finally {
      server.close();
    }
  }
}

async function jetStreamAnswers(url: string): Promise<void> {
  const connection = await connect({ servers: url, reconnect: false });
  try {
    const deadline = Date.now() + 30_000;
    for (;;) {
      try {
        await (await jetstreamManager(connection, { checkAPI: false, timeout: 1000 })).getAccountInfo();
        return;
      } catch (error) {
        if (connection.isClosed() || Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  } finally {
    await connection.close();
  }
}
