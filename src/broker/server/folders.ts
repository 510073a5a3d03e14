import { homedir } from "node:os";
import { join } from "node:path";

/** The folder for files that can be fetched again. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return folder(env["XDG_CACHE_HOME"], ".cache");
}

/** The folder for files that must survive a restart. The user can name another folder. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  return folder(env["XDG_STATE_HOME"], ".local/state");
}

function folder(named: string | undefined, usual: string): string {
  return join(named === undefined || named === "" ? join(homedir(), usual) : named, "steward");
}
