/**
 * The process for a lane of a user's own handler. The handler runs in a thread, so that a blocked handler does not
 * block this process. This process always ends when the daemon ends, or when the memory limit is reached.
 */
import { Worker } from "node:worker_threads";
import { messageOf } from "../../protocol/errors.ts";
import type { Report, Request, WorkerSpec } from "./wire.ts";

/** The memory that the process needs in addition to the handler's memory, in megabytes. */
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

// The thread's own limit is not enough. It counts the thread's objects, but not its buffers. If a single large object
// exceeds that limit, the whole process crashes.
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

/**
 * Ends this process and the programs that the handler has started. `process.exit` is not used, because it would wait
 * for a blocked thread.
 */
function endAll(): void {
  process.kill(-process.pid, "SIGKILL");
}
