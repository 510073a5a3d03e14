const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  readStandings
} from "./chunk-XDSV7F2Y.js";
import "./chunk-6KZYLPZB.js";
import "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  Queue,
  Waiter,
  count,
  emptySummary,
  endingOf,
  lastLook,
  newId,
  prepareNodes,
  resolve,
  templateOf,
  toMessages,
  unlessAborted,
  waitOf,
  withinPatience
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import "./chunk-7C3OR7HS.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import "./chunk-P6SB6KP3.js";
import "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import {
  maxDataBytes
} from "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  keyOf
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/send/blocks.ts
import { addAbortSignal } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
var blockBytes = 64 * 1024;
var blockMs = 200;
var pieceLength = Math.floor(maxDataBytes / 6);
async function* lineBlocks(input, signal, onCut) {
  const read = reader(input, signal);
  let text = "";
  let next = read();
  let due;
  for (; ; ) {
    const came = await (due === void 0 ? next : Promise.race([next, due]));
    if (came === "due") {
      const end = text.lastIndexOf("\n") + 1;
      if (end > 0) yield carried(text.slice(0, end));
      text = text.slice(end);
      due = void 0;
      continue;
    }
    if (came.kind === "end") {
      if (text !== "") yield carried(text);
      if (came.error !== void 0) throw came.error;
      return;
    }
    next = read();
    text += came.text;
    for (let end = blockEnd(text); end > 0; end = blockEnd(text)) {
      if (text[end - 1] !== "\n") onCut();
      yield carried(text.slice(0, end));
      text = text.slice(end);
    }
    due ??= delay(blockMs, "due", { ref: false });
  }
}
function reader(input, signal) {
  const text = addAbortSignal(signal, input).setEncoding("latin1");
  const chunks = text[Symbol.asyncIterator]();
  return async () => {
    try {
      const chunk = await chunks.next();
      return chunk.done === true ? { kind: "end" } : { kind: "text", text: chunk.value };
    } catch (error) {
      if (signal.aborted) return { kind: "end" };
      const name = "path" in input ? String(input.path) : "standard input";
      return { kind: "end", error: new StewardError("fileUnreadable", `${name} cannot be read: ${messageOf(error)}`) };
    }
  };
}
function carried(block) {
  const bytes = Buffer.from(block, "latin1");
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}
var utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function blockEnd(text) {
  const end = text.lastIndexOf("\n", blockBytes - 1) + 1;
  if (end === 0) return longLineEnd(text);
  return text.length > blockBytes ? end : 0;
}
function longLineEnd(text) {
  const end = text.indexOf("\n") + 1;
  const line = end === 0 ? text : text.slice(0, end);
  if (!fits(line)) return pieceEnd(text);
  return line.length > blockBytes ? end : 0;
}
function fits(line) {
  if (JSON.stringify(line).length - 2 > maxDataBytes) return false;
  if (line.length <= maxDataBytes * 3 / 4) return true;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(line, "latin1"), { stream: true });
    return true;
  } catch {
    return false;
  }
}
function pieceEnd(text) {
  let end = pieceLength;
  while (end > pieceLength - 4 && (text.charCodeAt(end) & 192) === 128) end -= 1;
  return end;
}

// src/send/send-lines.ts
async function sendLines(broker, input, template, { from, id }, options) {
  var _stack = [];
  try {
    const { waitMs, known = false, signal, onCut } = options;
    const queue = new Queue(broker);
    const summary = emptySummary();
    let firstFailure;
    const take = (outcome) => {
      count(summary, outcome);
      if (!["succeeded", "pending"].includes(endingOf(outcome))) firstFailure ??= outcome;
    };
    const waiter = __using(_stack, new Waiter(broker, take));
    const reportUnseen = await withinPatience(
      [{ id }],
      signal,
      (patience) => prepareNodes(broker, queue, template.nodes, options, patience)
    );
    let blocks = 0;
    let fault;
    try {
      for await (const block of readAhead(lineBlocks(input, signal, onCut))) {
        const messages = toMessages({ ...template, ...dataOf(block) }, { from, id: `${id}-${blocks}` });
        if (waitMs !== void 0) waiter.expect(messages);
        await queue.send(messages);
        blocks += 1;
        if (blocks === 1) await reportUnseen();
      }
    } catch (error) {
      if (blocks === 0 || !(error instanceof StewardError) || error.code !== "fileUnreadable") throw error;
      fault = error;
    }
    if (known) await unlessAborted(signal, waiter.catchUp());
    if (waitMs === void 0) {
      return { blocks, summary: { ...summary, pending: blocks * template.nodes.length }, firstFailure, open: [], fault };
    }
    await waiter.settled(waitMs, signal);
    const { pending } = waiter;
    const asked = pending.map((outcome) => ({ ...outcome, message: known ? void 0 : template }));
    const standings = await lastLook(() => readStandings(broker, asked), signal).catch(() => void 0);
    const left = new Set(waiter.pending.map(({ address }) => keyOf(address)));
    const open = (standings ?? pending).filter(({ address }) => left.has(keyOf(address)));
    for (const outcome of open) take(outcome);
    return { blocks, summary, firstFailure, open, fault };
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
function dataOf(block) {
  if (typeof block === "string") return { data: [block] };
  return { data: [block.toString("base64")], encoding: "base64", requires: ["encoding"] };
}
async function* readAhead(items) {
  let next = items.next();
  for (let item = await next; item.done !== true; item = await next) {
    next = items.next();
    next.catch(() => void 0);
    yield item.value;
  }
}

// src/client/lines.ts
var longestId = 32;
async function forward(session, input, { subject = "log", ...draft }, options = {}) {
  const { wait, knownOnly = false, onUnseen, onCut = () => void 0 } = options;
  const waitMs = wait === void 0 ? void 0 : waitOf(wait);
  const { id = newId(), from = session.from, ...template } = templateOf({ ...draft, subject });
  if (id.length > longestId) {
    throw new StewardError("usage", `the id of a text has at most ${longestId} characters`, { id });
  }
  return session.run(options, async (signal) => {
    const { nodes, seen } = await resolve(session, draft.nodes);
    const result = await sendLines(
      session.broker,
      input,
      { ...template, nodes },
      { from, id },
      {
        waitMs,
        known: draft.id !== void 0,
        seen,
        knownOnly,
        onNeverSeen: (names, meant) => onUnseen?.(names.map((node) => ({ node, meant: meant.get(node) }))),
        onCut,
        signal
      }
    );
    return { ...result, id };
  });
}
export {
  forward
};
