/**
 * The process for a lane of a user's own handler. It runs the handler in a thread, so that it can always react itself:
 * whatever the handler does, this process ends when the daemon ends, and when the memory is used up.
 */
import { Worker } from "node:worker_threads";
import { messageOf } from "../../protocol/errors.ts";
import type { Report, Request, WorkerSpec } from "./wire.ts";

/** Megabytes that the process needs in addition to the handler's memory. */
const ownMemoryMb = 128;
const memoryLookMs = 50;

const spec = JSON.parse(process.argv[2] ?? "") as WorkerSpec;
const thread = new Worker(new URL("./handler-thread.js", import.meta.url), {
  workerData: spec,
  resourceLimits: { maxOldGenerationSizeMb: spec.memoryMb },
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is a thread, not a window
process.on("message", (request: Request) => thread.postMessage(request));
process.on("disconnect", endAll);
thread.on("message", (report: Report) => process.send?.(report));
thread.on("error", (error) => end(reasonOf(error)));
thread.on("exit", (code) => end(`process.exit(${code}) was called`));

// The thread's own limit counts its objects but not its buffers; and a single large object would exceed it by a crash.
setInterval(() => {
  if (process.memoryUsage.rss() > (spec.memoryMb + ownMemoryMb) * 2 ** 20) end(outOfMemory());
}, memoryLookMs);

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? outOfMemory() : `uncaught error: ${messageOf(error)}`;
}

function outOfMemory(): string {
  return `the handler used more than its ${spec.memoryMb} MB of memory`;
}

function end(why: string): void {
  process.send?.({ kind: "ended", why } satisfies Report, endAll);
}

/** Also ends the programs that the handler has started. `process.exit` would wait for a thread that is stuck. */
function endAll(): void {
  process.kill(-process.pid, "SIGKILL");
}
