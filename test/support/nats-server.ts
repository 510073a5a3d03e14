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

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The process id of the present life. */
  readonly pid: number;
  readonly storeDir: string;
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
  readonly cluster?: { readonly name: string; readonly port: number; readonly routePorts: readonly number[] };
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

/** A cluster on loopback. Resolves when each server knows the meta leader. */
export function startCluster(size: number): Promise<TestCluster> {
  return onFreePorts(size, async (routePorts) => {
    const launched = await Promise.allSettled(
      routePorts.map((port) => launch({ cluster: { name: "test", port, routePorts } })),
    );
    const servers = launched.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const stop = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.stop())));
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
    ...(cluster && { name: `test-${cluster.routePorts.indexOf(cluster.port) + 1}` }),
  });
  const routes = cluster?.routePorts.map((other) => `"nats://127.0.0.1:${other}"`).join(", ");
  const clusterConfig =
    cluster && `cluster { name: ${cluster.name}, no_advertise: true, listen: "127.0.0.1:${cluster.port}", routes: [${routes}] }`;
  return [config, clusterConfig, options.extraConfig].filter(Boolean).join("\n");
}

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
