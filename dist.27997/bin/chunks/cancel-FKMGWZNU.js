const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  connectFromArguments,
  messageIdOf,
  nodeOf,
  onInterrupt,
  timerOf
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import {
  defineCommand
} from "./chunk-7C3OR7HS.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import {
  operatorOptions
} from "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import {
  exitCodes
} from "./chunk-P6SB6KP3.js";
import {
  print,
  printJson
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/cli/render/cancellations.ts
function cancellationLine(cancellation) {
  return `${cancellation.address.node} ${typeAndSubject(cancellation.address)}: ${saidOf(cancellation)}`;
}
function saidOf(cancellation) {
  if (cancellation.kind === "undecided") return `not decided: ${cancellation.reason}`;
  const { ack, before } = cancellation;
  const { state, cancelled, finishedAt = "an unknown time" } = ack;
  if (cancelled !== void 0) {
    const { by, at, was } = cancelled;
    return `${before ? "had already been " : ""}cancelled while ${was} by ${by} at ${at}`;
  }
  return before ? `had already ended as ${state} at ${finishedAt}` : `ended as ${state} first`;
}
function cancellationJson({ address, ...rest }) {
  const { node, messageType, subject } = address;
  return { node, messageType, subject, ...rest };
}
function cancelExitCode(cancellations) {
  if (cancellations.some((one) => one.kind === "ended" && one.ack.state !== "cancelled")) return exitCodes.failed;
  return cancellations.some(({ kind }) => kind === "undecided") ? exitCodes.pending : exitCodes.succeeded;
}

// src/cli/commands/cancel.ts
var cancelCommand = defineCommand({
  name: "cancel",
  group: "act",
  impact: "writes",
  describe: "cancel a message, queued or running",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "open id" }],
  options: {
    node: { type: "string", completes: "node", describe: "only on this node" },
    wait: { ...operatorOptions.wait, describe: "how long to wait for a running message to end; default 30s" },
    from: { ...operatorOptions.from, describe: "name of the person who cancels it; default the user's" }
  },
  examples: [["steward cancel 01KAP7Q4T0000000000000000", "on all its nodes"]],
  run: async (args) => {
    var _stack = [];
    try {
      const [id, node] = [messageIdOf(args.id), nodeOf(args.node)];
      const waitMs = timerOf("wait", args.wait) ?? 3e4;
      const steward = __using(_stack, await connectFromArguments(args), true);
      const interrupt = __using(_stack, onInterrupt());
      const sent = await steward.attach(id, { node });
      const { cancellations } = await sent.cancel({
        wait: `${waitMs}ms`,
        enough: interrupt.signal,
        onDecided: (one) => {
          if (!args.json) print(cancellationLine(one));
        }
      });
      if (args.json) printJson({ id, nodes: cancellations.map(cancellationJson) });
      return interrupt.signal.aborted ? exitCodes.interrupted : cancelExitCode(cancellations);
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
export {
  cancelCommand
};
