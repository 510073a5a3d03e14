const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  commonOptions,
  connectionOptions
} from "./chunk-NGO76LME.js";

// src/cli/global-options.ts
var globalOptions = {
  ...connectionOptions,
  context: commonOptions.context,
  namespace: commonOptions.namespace,
  config: {
    type: "string",
    completes: "file",
    describe: "configuration file; default steward.yaml in ~/.config/steward or /etc/steward"
  },
  "log-level": commonOptions["log-level"],
  json: { type: "boolean", describe: "one JSON document on stdout" }
};
function allOptionsOf({ options }) {
  return { ...globalOptions, ...options };
}

export {
  globalOptions,
  allOptionsOf
};
