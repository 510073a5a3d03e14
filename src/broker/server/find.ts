import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { StewardError } from "../../protocol/errors.ts";
import { isTooOld, minimumServerVersion, readServerVersion } from "./version.ts";

export interface FoundServer {
  readonly path: string;
  readonly version: string;
}

export interface FindOptions {
  /** A path the user named; nothing else is looked at then. */
  readonly path?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export async function findServer(options: FindOptions = {}): Promise<FoundServer> {
  const env = options.env ?? process.env;
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, "nats-server");
    try {
      accessSync(path, constants.X_OK);
      const version = await readServerVersion(path);
      if (!isTooOld(version)) return { path, version };
    } catch {}
  }
  throw new StewardError("serverNotFound", `no nats-server ${minimumServerVersion} or newer was found`);
}
