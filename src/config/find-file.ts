import { access } from "node:fs/promises";
import { join } from "node:path";
import { configHome } from "./nats-context.ts";

/** Where the configuration is looked for when nobody names a file, the first one that is there. */
function usualConfigFiles(env: NodeJS.ProcessEnv): readonly string[] {
  return [join(configHome(env), "steward", "steward.yaml"), "/etc/steward/steward.yaml"];
}

/** The configuration file at one of the usual places; undefined when there is none. */
export async function findConfigFile(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const path of usualConfigFiles(env)) if (await isThere(path)) return path;
  return undefined;
}

/** Only a file that is not there is passed over. One that may not be read is met when it is read: it may forbid things. */
async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}
