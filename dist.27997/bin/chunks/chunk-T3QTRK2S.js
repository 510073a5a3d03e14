const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/broker/server/folders.ts
import { homedir } from "node:os";
import { join } from "node:path";
function cacheFolder(env) {
  return folder(env["XDG_CACHE_HOME"], ".cache");
}
function stateFolder(env) {
  return folder(env["XDG_STATE_HOME"], ".local/state");
}
function folder(named, usual) {
  return join(named === void 0 || named === "" ? join(homedir(), usual) : named, "steward");
}

export {
  cacheFolder,
  stateFolder
};
