const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  OutputCapture,
  toOutput
} from "./chunks/chunk-IRXL2X62.js";
import {
  isNotNow
} from "./chunks/chunk-IJB2EIWW.js";
import {
  RunError,
  TerminalError,
  defineHandler,
  validated
} from "./chunks/chunk-KRWR4BK3.js";
import "./chunks/chunk-3WOP4O5A.js";
import {
  typeAndSubject
} from "./chunks/chunk-VKEXPMYZ.js";
import {
  StewardError,
  errorMeanings,
  messageOf
} from "./chunks/chunk-IH65MIS5.js";
import "./chunks/chunk-7CBYIQL6.js";
import "./chunks/chunk-LCNIN5BG.js";

// src/handlers/worker/thread.ts
import { parentPort, workerData } from "node:worker_threads";

// src/handlers/worker/module-file.ts
import { pathToFileURL } from "node:url";
async function loadHandlers(file) {
  const { default: exported } = await load(file);
  const list = Array.isArray(exported) ? exported : [exported];
  if (list.length === 0) throw new Error("exports an empty list");
  return list.map(toHandler);
}
async function load(file) {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw new Error(`cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
}
function toHandler(exported) {
  if (exported === null || typeof exported !== "object" || !("run" in exported) || typeof exported.run !== "function") {
    throw new Error("has no handler as its default export; write `export default defineHandler({ \u2026 })`");
  }
  if ("data" in exported && !isSchema(exported.data))
    throw new Error("data must be a schema, such as one of valibot or zod");
  return defineHandler(exported);
}
function isSchema(value) {
  const standard = value?.["~standard"];
  return typeof standard?.validate === "function";
}
function describeHandlers(handlers) {
  return JSON.stringify(
    handlers.map(({ messageType, subject, describe, timeout, concurrency, repeatable, memoryMb }) => {
      return { messageType, subject, describe, timeout, concurrency, repeatable, memoryMb };
    })
  );
}

// src/handlers/worker/own-library.ts
import * as module from "node:module";
var packageName = "steward-nats";
function offerOwnLibrary(library) {
  const { registerHooks } = module;
  if (registerHooks === void 0) return module.register(olderHook, { data: library.href });
  registerHooks({
    resolve: (name, context, next) => name === packageName ? { url: library.href, shortCircuit: true } : next(name, context)
  });
}
var olderHook = `data:text/javascript,${encodeURIComponent(`
  let url;
  export const initialize = (library) => { url = library; };
  export const resolve = (name, context, next) =>
    name === "${packageName}" ? { url, shortCircuit: true } : next(name, context);
`)}`;

// src/handlers/worker/result.ts
var longestText = 2e3;
function checkedResult(returned, limit) {
  if (returned === null || typeof returned !== "object") {
    throw wrong("must return a text, nothing, or an object with output, exitCode and signal", returned);
  }
  const { output, exitCode, signal } = returned;
  if (exitCode !== void 0 && !Number.isSafeInteger(exitCode))
    throw wrong("exitCode must be a whole number", exitCode);
  if (signal !== void 0 && typeof signal !== "string") throw wrong("signal must be a text", signal);
  return {
    ...output === void 0 ? {} : { output: checkedOutput(output, limit) },
    ...exitCode === void 0 ? {} : { exitCode },
    ...signal === void 0 ? {} : { signal: signal.slice(0, longestText) }
  };
}
function checkedOutput(output, limit) {
  if (output === null || typeof output !== "object")
    throw wrong("output must be an object with stdout and stderr", output);
  const { stdout = "", stderr = "", encoding = "utf8" } = output;
  if (encoding !== "utf8" && encoding !== "base64") throw wrong('output.encoding can only be "base64"', encoding);
  const captured = (name, text) => {
    if (typeof text !== "string") throw wrong(`output.${name} must be a text`, text);
    const capture = new OutputCapture(limit);
    capture.add(Buffer.from(text, encoding));
    return capture.captured();
  };
  return toOutput(captured("stdout", stdout), captured("stderr", stderr));
}
function wrong(rule, value) {
  return new RunError("handlerFailed", `the handler's result is not usable: ${rule}, not ${kindOf(value)}`);
}
function kindOf(value) {
  if (value === null) return "null";
  if (typeof value === "number") return `the number ${value}`;
  return Array.isArray(value) ? "a list" : `a value of the type ${typeof value}`;
}
function failureOf(thrown, limit) {
  const message = messageOf(thrown).slice(0, longestText);
  try {
    const stack = thrown instanceof Error ? String(thrown.stack).slice(0, 2 * longestText) : void 0;
    if (!(thrown instanceof RunError)) {
      const failure = { code: "handlerFailed", message, terminal: false, result: {}, stack };
      return isNotNow(thrown) ? { ...failure, notNow: true } : failure;
    }
    const terminal = thrown instanceof TerminalError;
    return { code: knownCode(thrown.code), message, terminal, result: resultOf(thrown, limit), stack };
  } catch {
    return { code: "handlerFailed", message, terminal: false, result: {} };
  }
}
function resultOf(error, limit) {
  try {
    return checkedResult(error.result, limit);
  } catch {
    return {};
  }
}
function knownCode(code) {
  return Object.hasOwn(errorMeanings, code) ? code : "handlerFailed";
}

// src/handlers/worker/thread.ts
var { lane, files, outputLimit } = workerData;
var running = /* @__PURE__ */ new Map();
parentPort?.ref();
offerOwnLibrary(new URL("./library.js", import.meta.url));
try {
  const handlers = [];
  for (const file of files) {
    report({ kind: "loading", file });
    const found = await loadHandlers(file);
    report({ kind: "found", file, definitions: describeHandlers(found) });
    handlers.push(...found);
  }
  if (lane !== void 0) serve(handlerOf(lane, handlers));
  report({ kind: "ready" });
} catch (error) {
  report({ kind: "fault", message: messageOf(error) });
}
function handlerOf(name, handlers) {
  const handler = handlers.find((one) => typeAndSubject(one) === name);
  if (handler === void 0) throw new Error(`has no handler for ${name} any more; restart the daemon`);
  return handler;
}
function serve(handler) {
  parentPort?.on("message", (request) => {
    if (request.kind === "abort") running.get(request.call)?.abort(toError(request.reason));
    else if (request.kind === "check") void check(handler, request);
    else void run(handler, request);
  });
}
function toError({ code, message }) {
  return code === void 0 ? new Error(message) : new StewardError(code, message);
}
async function check(handler, { call, data }) {
  report({ kind: "taken", call });
  report({ kind: "checked", call, issue: await issueOf(handler, data) });
}
async function issueOf(handler, data) {
  try {
    await validated(handler, data);
    return void 0;
  } catch (error) {
    return messageOf(error).slice(0, longestText);
  }
}
async function run(handler, { call, message, env, dataDir }) {
  report({ kind: "taken", call });
  const controller = new AbortController();
  running.set(call, controller);
  if ((handler.concurrency ?? 1) === 1) Object.assign(process.env, env);
  try {
    const data = await validated(handler, message.data);
    const { signal } = controller;
    const result = await handler.run({ message, data, signal, env, dataDir });
    report({ kind: "done", call, result: checkedResult(result, outputLimit) });
  } catch (error) {
    report({ kind: "failed", call, failure: failureOf(error, outputLimit) });
  } finally {
    running.delete(call);
  }
}
function report(what) {
  parentPort?.postMessage(what);
}
