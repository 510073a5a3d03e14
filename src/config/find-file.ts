import { access } from "node:fs/promises";
import { join } from "node:path";
import { configHome } from "./nats-context.ts";

/** The default paths of the configuration file. The first existing file is used. */
function usualConfigFiles(env: NodeJS.ProcessEnv): readonly string[] {
  return [join(configHome(env), "steward", "steward.yaml"), "/etc/steward/steward.yaml"];
}

/** The configuration file at one of the default places; undefined when there is none. */
export async function findConfigFile(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const path of usualConfigFiles(env)) if (await isThere(path)) return path;
  return undefined;
}

/**
 * False if the file does not exist. True for a file without read permission: the file may forbid messages, so the later
 * read must fail.
 */
async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}
