const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  messageOf
} from "./chunks/chunk-IH65MIS5.js";
import "./chunks/chunk-7CBYIQL6.js";
import "./chunks/chunk-LCNIN5BG.js";

// src/handlers/worker/process.ts
import { Worker } from "node:worker_threads";
var ownMemoryMb = 128;
var memoryLookMs = 50;
var spec = JSON.parse(process.argv[2] ?? "");
var thread = new Worker(new URL("./handler-thread.js", import.meta.url), {
  workerData: spec,
  resourceLimits: { maxOldGenerationSizeMb: spec.memoryMb }
});
process.on("message", (request) => thread.postMessage(request));
process.on("disconnect", endAll);
thread.on("message", (report) => process.send?.(report));
thread.on("error", (error) => end(reasonOf(error)));
thread.on("exit", (code) => end(`process.exit(${code}) was called`));
setInterval(() => {
  if (process.memoryUsage.rss() > (spec.memoryMb + ownMemoryMb) * 2 ** 20) end(outOfMemory());
}, memoryLookMs);
function reasonOf(error) {
  const code = error instanceof Error && "code" in error ? error.code : void 0;
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? outOfMemory() : `uncaught error: ${messageOf(error)}`;
}
function outOfMemory() {
  return `the handler used more than its ${spec.memoryMb} MB of memory`;
}
function end(why) {
  process.send?.({ kind: "ended", why }, endAll);
}
function endAll() {
  process.kill(-process.pid, "SIGKILL");
}
