import { access } from "node:fs/promises";
import { join } from "node:path";
import { configHome } from "./nats-context.ts";

/** The default places of the configuration file. The first one that exists is used. */
function usualConfigFiles(env: NodeJS.ProcessEnv): readonly string[] {
  return [join(configHome(env), "steward", "steward.yaml"), "/etc/steward/steward.yaml"];
}

/** The configuration file at one of the default places; undefined when there is none. */
export async function findConfigFile(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const path of usualConfigFiles(env)) if (await isThere(path)) return path;
  return undefined;
}

/**
 * True unless the file does not exist. A file without read permission counts: it may forbid messages, so reading it
 * must fail.
 */
async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}
