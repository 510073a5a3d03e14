const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  noConfig
} from "./chunk-F4IVHV5A.js";
import {
  nodeOptions
} from "./chunk-NGO76LME.js";
import {
  parseDuration
} from "./chunk-CFOZLGDG.js";

// src/node/settings.ts
function setByOptions(options) {
  const valueOf = (name) => options[name] ?? nodeOptions[name].default;
  const ms = (name) => parseDuration(String(valueOf(name))) ?? 0;
  const presenceTtl = ms("presence-ttl");
  return {
    central: String(valueOf("central")),
    timeout: ms("timeout"),
    retries: Number(valueOf("retries")),
    retryWait: ms("retry-wait"),
    killGrace: ms("kill-grace"),
    outputLimit: Number(valueOf("output-limit")),
    presenceBeat: presenceTtl / 3,
    presenceTtl,
    drainTimeout: ms("drain-timeout"),
    daemonEnds: Number(valueOf("daemon-ends")),
    watchdogInterval: ms("watchdog-interval")
  };
}
var nodeDefaults = {
  labels: {},
  config: () => noConfig,
  ...setByOptions({})
};
var maxRetryWait = 5 * 6e4;

export {
  setByOptions,
  nodeDefaults,
  maxRetryWait
};
