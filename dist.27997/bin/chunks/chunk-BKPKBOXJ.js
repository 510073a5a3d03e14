const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  openBroker
} from "./chunk-OMTY7AFQ.js";
import {
  connectionSettings,
  withContext
} from "./chunk-MNJ7CHLS.js";

// src/cli/connection.ts
var connectWait = 5e3;
async function openFromArguments(args, behaviour = {}) {
  const known = await withContext({ args, origins: {} }, process.env);
  return openBroker(connectionSettings(known.args), { name: "steward", waitMs: connectWait, ...behaviour });
}

export {
  openFromArguments
};
