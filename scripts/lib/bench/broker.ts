import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { streamInfo } from "../../../src/broker/read/stream-info.ts";
import { renderServerConfig } from "../../../src/broker/server/config.ts";
import { findServer } from "../../../src/broker/server/find.ts";
import { startServerProcess } from "../../../src/broker/server/process.ts";
import { now, type Edition } from "./edition.ts";

/** A broker with Steward's streams, a process of its own. Ends with this process, however that ends. */
export interface BenchBroker extends AsyncDisposable {
  readonly url: string;
  /** The address of its monitoring over HTTP. */
  readonly monitor: string;
  readonly storeDir: string;
  readonly pid: number;
  /** Ends it and starts it again; resolves to the milliseconds from its start until it reports its streams. */
  readonly restart: (signal: "SIGTERM" | "SIGKILL") => Promise<number>;
}

/** Starts a broker that keeps its files in `home`, with the streams of an edition. */
export async function startBroker(home: string, syncAlways: boolean, edition: Edition = now): Promise<BenchBroker> {
  const { path: binary } = await findServer();
  const [port, http] = [await freePort(), await freePort()];
  const [configFile, storeDir] = [join(home, "broker.conf"), join(home, "store")];
  const config = renderServerConfig({ host: "127.0.0.1", port, storeDir, syncAlways });
  writeFileSync(configFile, `${config}\nhttp: "127.0.0.1:${http}"\n`);
  const settings = { servers: `nats://127.0.0.1:${port}`, namespace: "steward" };
  const open = () => openBroker(settings, { name: "bench", waitMs: 60_000 });

  let server = startServerProcess({ binary, configFile });
  await server.ready;
  edition.init(settings.servers);
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    server.signal(signal);
    await server.ended;
  };
  return {
    url: settings.servers,
    monitor: `http://127.0.0.1:${http}`,
    storeDir,
    get pid(): number {
      return server.pid;
    },
    restart: async (signal) => {
      await end(signal);
      const start = performance.now();
      server = startServerProcess({ binary, configFile });
      await server.ready;
      await using again = await open();
      await again.untilAnswered(() => streamInfo(again, again.names.acks));
      return performance.now() - start;
    },
    // Killed, because its files are not needed any more, and an orderly stop takes 10 ms for each consumer.
    [Symbol.asyncDispose]: () => end("SIGKILL"),
  };
}

/** A port on which nothing listens at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
