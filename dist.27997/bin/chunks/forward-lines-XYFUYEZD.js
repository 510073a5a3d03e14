const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  connectFromArguments,
  countsOf,
  draftOf,
  endingOf,
  exitCodeFor,
  mayReach,
  onInterrupt,
  resolved,
  showTargets,
  standingText,
  waitOf2 as waitOf,
  warnOfUnknownNodes
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
import {
  exitCodes
} from "./chunk-P6SB6KP3.js";
import {
  print,
  printJson,
  printNote
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  canonicalSubject
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

// src/cli/forward-lines.ts
import { once } from "node:events";
import { createReadStream } from "node:fs";
var longestId = 32;
async function forwardLines(file, args) {
  var _stack = [];
  try {
    const draft = await draftOf({ ...args, subject: args.subject ?? "log" });
    if (canonicalSubject(draft.subject) !== "log" || draft.data?.length !== 0) {
      throw new StewardError(
        "usage",
        "--lines sends log events and takes no data, such as `steward send central --lines FILE`"
      );
    }
    if ((draft.id?.length ?? 0) > longestId) {
      throw new StewardError("usage", `--id may have at most ${longestId} characters with --lines`);
    }
    const wait = waitOf(args);
    const input = await openInput(file);
    const steward = __using(_stack, await connectFromArguments(args), true);
    const nodes = await resolved(steward, draft.nodes);
    if (args["dry-run"]) return showTargets(draft.nodes, nodes.nodes, args);
    if (!await mayReach(nodes.nodes, args, draft.nodes)) return exitCodes.failed;
    const interrupt = __using(_stack, onInterrupt());
    const { signal } = interrupt;
    const result = await steward.forward(
      input,
      { ...draft, nodes },
      {
        wait,
        knownOnly: args["known-only"],
        onUnseen: (unseen) => warnOfUnknownNodes(unseen, "it is queued"),
        onCut: onlyOnce(warnOfCut),
        enough: signal
      }
    );
    show(result, args);
    if (signal.aborted) return exitCodes.interrupted;
    if (result.fault !== void 0) return exitCodes.failed;
    return args["no-wait"] ? exitCodes.succeeded : exitCodeFor(result.summary);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function show({ id, blocks, summary, firstFailure, open, fault }, args) {
  const stored = args["no-wait"];
  if (args.json) printJson({ id, blocks, summary });
  else if (stored) print(id);
  if (blocks === 0) return printNote("there were no lines; nothing was sent");
  const which = blocks === 1 ? `1 block, ${id}-0` : `${blocks} blocks, ${id}-0 to ${id}-${blocks - 1}`;
  printNote(`${which}: ${stored ? "stored" : countsOf(summary, open)}`);
  if (fault !== void 0) printNote(`steward: ${fault.message}; the lines before that were sent (${fault.code})`);
  if (firstFailure !== void 0) printNote(`first failure: ${lineOf(firstFailure)}`);
  const [first] = open.filter((outcome) => endingOf(outcome) === "pending");
  if (first === void 0) return;
  printNote(`first block that has not ended: ${lineOf(first)}; see \`steward status ${first.address.id}\``);
}
function lineOf(outcome) {
  const { node, id } = outcome.address;
  return `${node}: ${id} ${standingText(outcome)}`;
}
function warnOfCut() {
  printNote("steward: a line is longer than 256 KiB; it is sent in pieces, each as a line");
}
async function openInput(file) {
  if (file === "-") return process.stdin;
  const input = createReadStream(file);
  await once(input, "open").catch((error) => {
    throw new StewardError("fileUnreadable", `${file} cannot be read: ${messageOf(error)}`);
  });
  return input;
}
function onlyOnce(action) {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
export {
  forwardLines
};
