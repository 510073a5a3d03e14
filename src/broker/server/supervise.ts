import { mkdir, rename, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { renderServerConfig } from "./config.ts";
import { watchDisk } from "./disk.ts";
import { lockStore } from "./lock.ts";
import type { LogLine } from "./log.ts";
import { startServerProcess, type ServerProcess } from "./process.ts";

export interface SuperviseOptions {
  /** The nats-server to run. */
  readonly binary: string;
  readonly host: string;
  readonly port: number;
  readonly storeDir: string;
  readonly name?: string | undefined;
  /** If true, the server syncs to disk before each acknowledgement. True by default. */
  readonly syncAlways?: boolean;
  /** The time for the server to stop, in milliseconds; by default 30 s. After that time the server is killed. */
  readonly stopGrace?: number;
  /** Called with one line for each event of the server after the first start. */
  readonly say?: (line: string) => void;
  /** Receives the lines of the server's log. Lines that `say` or an error reports are left out. */
  readonly onLine?: (line: LogLine) => void;
}

export interface SupervisedServer extends AsyncDisposable {
  readonly url: string;
  /** Stops the server with SIGTERM, then frees the store. A second call is harmless. */
  stop(): Promise<void>;
}

/**
 * The wait before a restart, in milliseconds. The wait doubles with each restart. After the server has run for
 * `steadyMs`, the next wait is the first wait again.
 */
const restart = { firstWaitMs: 250, longestWaitMs: 5000, steadyMs: 10_000 };

/**
 * Starts a nats-server with JetStream, and restarts the server when it ends. The server runs until `stop` is called or
 * this process ends, even by `kill -9`. No other broker can use the store meanwhile. Resolves when the server accepts
 * connections.
 * @throws StewardError portTaken, storeLocked, diskFull, fileUnreadable or serverFailed if the server does not start
 */
export async function superviseServer(options: SuperviseOptions): Promise<SupervisedServer> {
  try {
    await mkdir(options.storeDir, { recursive: true });
    const lock = await lockStore(options.storeDir);
    try {
      return await startOn(lock, options);
    } catch (error) {
      await lock.close();
      throw error;
    }
  } catch (error) {
    throw explain(error, options);
  }
}

async function startOn(lock: FileHandle, options: SuperviseOptions): Promise<SupervisedServer> {
  const { binary, storeDir, stopGrace = 30_000, say = () => {}, onLine = () => {} } = options;
  const configFile = await writeConfig(options);
  const stopping = new AbortController();
  const { signal } = stopping;
  const tellsOfDisk = watchDisk({ storeDir, say, signal, restart: () => server.signal("SIGTERM") });
  const pass = (line: LogLine): void => {
    if (!tellsOfDisk(line) && line.level !== "fatal") onLine(line);
  };
  const start = (): ServerProcess => startServerProcess({ binary, configFile, lock: lock.fd, onLine: pass });

  let server = start();
  await server.ready.catch((error: unknown) => {
    stopping.abort();
    throw error;
  });

  const keepRunning = async (): Promise<void> => {
    for (let waitMs = restart.firstWaitMs; ; waitMs = Math.min(2 * waitMs, restart.longestWaitMs)) {
      const startedAt = performance.now();
      const how = await server.ended;
      if (signal.aborted) return;
      if (performance.now() - startedAt > restart.steadyMs) waitMs = restart.firstWaitMs;
      say(`nats-server ended (${how}); restarting in ${waitMs / 1000} s`);
      await delay(waitMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      server = start();
      server.ready.then(
        () => say("nats-server is ready again"),
        () => {},
      );
    }
  };
  const running = keepRunning();
  const stop = async (): Promise<void> => {
    stopping.abort();
    server.signal("SIGTERM");
    const kill = setTimeout(() => {
      say(`nats-server did not stop within ${stopGrace / 1000} s; it is killed`);
      server.signal("SIGKILL");
    }, stopGrace);
    await running;
    clearTimeout(kill);
    await lock.close();
  };
  return { url: urlOf(options), stop, [Symbol.asyncDispose]: stop };
}

/** Writes the configuration into the store folder, completely or not at all. Returns the path of the file. */
async function writeConfig({ host, port, storeDir, name, syncAlways = true }: SuperviseOptions): Promise<string> {
  const path = join(storeDir, "broker.conf");
  await writeFile(`${path}.new`, renderServerConfig({ host, port, storeDir, name, syncAlways }));
  await rename(`${path}.new`, path);
  return path;
}

function urlOf({ host, port }: SuperviseOptions): string {
  return `nats://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function explain(error: unknown, options: SuperviseOptions): StewardError {
  const { storeDir } = options;
  const text = messageOf(error);
  if (text.includes("address already in use")) {
    const what = `another program listens at ${urlOf(options)}`;
    return new StewardError("portTaken", `${what}: stop it, or choose another port`, { cause: error, about: "port" });
  }
  if (text.includes("no space left on device")) {
    return new StewardError("diskFull", `no space left for the store ${storeDir}; free some disk space`, {
      cause: error,
    });
  }
  if (error instanceof StewardError) return error;
  return new StewardError("fileUnreadable", `the store ${storeDir} cannot be used: ${text}`, { cause: error });
}
