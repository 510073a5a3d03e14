/**
 * The thread in which a user's handlers run. The thread loads the handlers, and makes the calls that the daemon
 * requests.
 */
import { parentPort, workerData } from "node:worker_threads";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { typeAndSubject } from "../../protocol/subjects.ts";
import { validated, type Handler, type RunResult } from "../define.ts";
import { describeHandlers, loadHandlers } from "./module-file.ts";
import { offerOwnLibrary } from "./own-library.ts";
import { checkedResult, failureOf, longestText } from "./result.ts";
import type { Reason, Report, Request, WorkerSpec } from "./wire.ts";

const { lane, files, outputLimit } = workerData as WorkerSpec;
const running = new Map<number, AbortController>();

// Keeps the thread alive. Without this, the thread would end if a file has an endless `await` at its top level.
parentPort?.ref();
offerOwnLibrary(new URL("./library.js", import.meta.url));
try {
  const handlers: Handler[] = [];
  for (const file of files) {
    report({ kind: "loading", file });
    const found = await loadHandlers(file);
    report({ kind: "found", file, definitions: describeHandlers(found) });
    handlers.push(...found);
  }
  if (lane !== undefined) serve(handlerOf(lane, handlers));
  report({ kind: "ready" });
} catch (error) {
  report({ kind: "fault", message: messageOf(error) });
}

function handlerOf(name: string, handlers: readonly Handler[]): Handler {
  const handler = handlers.find((one) => typeAndSubject(one) === name);
  if (handler === undefined) throw new Error(`has no handler for ${name} any more; restart the daemon`);
  return handler;
}

function serve(handler: Handler): void {
  parentPort?.on("message", (request: Request) => {
    if (request.kind === "abort") running.get(request.call)?.abort(toError(request.reason));
    else if (request.kind === "check") void check(handler, request);
    else void run(handler, request);
  });
}

function toError({ code, message }: Reason): Error {
  return code === undefined ? new Error(message) : new StewardError(code, message);
}

async function check(handler: Handler, { call, data }: Request & { kind: "check" }): Promise<void> {
  report({ kind: "taken", call });
  report({ kind: "checked", call, issue: await issueOf(handler, data) });
}

async function issueOf(handler: Handler, data: unknown): Promise<string | undefined> {
  try {
    await validated(handler, data);
    return undefined;
  } catch (error) {
    return messageOf(error).slice(0, longestText);
  }
}

async function run(handler: Handler, { call, message, env, dataDir }: Request & { kind: "run" }): Promise<void> {
  report({ kind: "taken", call });
  const controller = new AbortController();
  running.set(call, controller);
  // If only one message runs at a time, the marks of the run are set in the thread's environment too. So programs that
  // the handler starts with the default environment have these marks.
  if ((handler.concurrency ?? 1) === 1) Object.assign(process.env, env);
  try {
    // The schema's output stays in this thread, because it may be a value that cannot be sent to the daemon.
    const data = await validated(handler, message.data);
    const { signal } = controller;
    const result: RunResult = await handler.run({ message, data, signal, env, dataDir });
    report({ kind: "done", call, result: checkedResult(result, outputLimit) });
  } catch (error) {
    report({ kind: "failed", call, failure: failureOf(error, outputLimit) });
  } finally {
    running.delete(call);
  }
}

function report(what: Report): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is a thread, not a window
  parentPort?.postMessage(what);
}
