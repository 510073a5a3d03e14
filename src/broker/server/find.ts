import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { fetchServer } from "./fetch.ts";
import { cacheFolder } from "./folders.ts";
import { isTooOld, minimumServerVersion } from "./minimum-version.ts";
import { cachedServer, shippedPins as pins } from "./pins.ts";

export interface FoundServer {
  readonly path: string;
  readonly version: string;
}

export interface FindOptions {
  /**
   * The binary that the user named. It has precedence over `STEWARD_NATS_SERVER`. If this binary cannot be used, the
   * search fails.
   */
  readonly path?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with one line of text for each server that is skipped or fetched. */
  readonly say?: (line: string) => void;
}

/**
 * Finds a nats-server. The order is: the binary that the user named; the first binary on PATH that is new enough; a
 * binary in Steward's cache; a binary that is now fetched into the cache.
 * @throws StewardError serverNotFound or serverTooOld
 */
export async function findServer({ path, env = process.env, say = () => {} }: FindOptions = {}): Promise<FoundServer> {
  const named = path ?? env["STEWARD_NATS_SERVER"];
  if (named !== undefined && named !== "") return await inspect(resolve(named));

  const cache = cacheFolder(env);
  const onPath = (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "nats-server"));
  const inCache = [pins.wheel, pins.module].map(({ version }) => cachedServer(cache, version));
  for (const candidate of [...onPath, ...inCache].filter(isExecutable)) {
    try {
      return await inspect(candidate);
    } catch (error) {
      say(`${messageOf(error)}; looking for another`);
    }
  }
  return await inspect(await fetchServer({ cache, env, pins, say }));
}

async function inspect(path: string): Promise<FoundServer> {
  const version = await readServerVersion(path).catch((error: unknown) => {
    throw new StewardError("serverNotFound", `${path} is not a nats-server that runs here: ${messageOf(error)}`);
  });
  if (isTooOld(version)) {
    const needed = `Steward needs ${minimumServerVersion} or newer`;
    throw new StewardError("serverTooOld", `${path} is nats-server ${version}; ${needed}`);
  }
  return { path, version };
}

/**
 * The version that a nats-server binary prints, such as `2.15.2`. Throws if the binary cannot be run or prints no
 * version.
 */
export async function readServerVersion(binary: string): Promise<string> {
  const { stdout } = await promisify(execFile)(binary, ["--version"], { timeout: 10_000 });
  const version = /\bv?(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error("it prints no version");
  return version;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
