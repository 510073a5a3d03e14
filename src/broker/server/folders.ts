import { homedir } from "node:os";
import { join } from "node:path";

/** The folder for what can be fetched again. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return folder(env["XDG_CACHE_HOME"], ".cache");
}

/** The folder for what must outlive a restart, unless the user names another one. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  return folder(env["XDG_STATE_HOME"], ".local/state");
}

function folder(named: string | undefined, usual: string): string {
  return join(named === undefined || named === "" ? join(homedir(), usual) : named, "steward");
}
