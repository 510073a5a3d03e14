const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  printLines
} from "./chunk-3HKBXGOG.js";
import {
  ackLine
} from "./chunk-HGG327CP.js";
import {
  filterOf,
  momentOf,
  selectionOptions
} from "./chunk-IFH4VSKC.js";
import {
  fitted,
  oneLine
} from "./chunk-WQBAR2TX.js";
import {
  connectFromArguments,
  onInterrupt,
  onLeave
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
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import {
  exitCodes
} from "./chunk-P6SB6KP3.js";
import {
  jsonLine
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/cli/render/errors.ts
function errorLine(error) {
  return fitted(textOf(error), `; see \`${nextStep(error)}\``);
}
function textOf(error) {
  if (error.kind === "message") return ackLine(error.entry);
  const { node: node2, lane, hold } = error;
  return `${hold.since} ${node2} ${lane} quarantined by ${hold.by}: ${oneLine(hold.reason)}`;
}
function errorJson(error) {
  const next = nextStep(error);
  if (error.kind === "lane") {
    const { kind, node: node2, lane, hold } = error;
    return jsonLine({ kind, node: node2, lane, ...hold, next });
  }
  const { storedAt, ack } = error.entry;
  return jsonLine({ kind: error.kind, storedAt, ...ack, next });
}
function nextStep(error) {
  if (error.kind === "lane") return `steward lanes ${error.node}`;
  const { id, node: node2 } = error.entry.ack;
  return `steward status ${id} --node ${node2}`;
}

// src/cli/commands/errors.ts
var { node, subject, type } = selectionOptions;
var errorsCommand = defineCommand({
  name: "errors",
  group: "look",
  impact: "reads",
  describe: "show failures, newest last, and the quarantined lanes",
  options: {
    node,
    subject,
    type,
    since: {
      type: "string",
      value: "time",
      describe: "all failures since then, such as 2h or 2026-01-31T12:00:00Z"
    },
    limit: { type: "number", alias: "n", describe: "only this many, the last ones; default 20, with --since all" },
    follow: { type: "boolean", alias: "f", describe: "continue with new entries until interrupted" }
  },
  examples: [
    ["steward errors", "the last 20, each with the next command to type"],
    ["steward errors --node 'ship*' --since 1d", "all failures of these nodes in the last day"]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const since = momentOf("since", args.since);
      const last = args.limit ?? (since === void 0 ? 20 : void 0);
      const filter = { ...filterOf(args), since, last };
      const follow = args.follow === true;
      const steward = __using(_stack, await connectFromArguments(args), true);
      const interrupt = __using(_stack, follow ? onLeave() : onInterrupt());
      const { signal } = interrupt;
      await printLines(steward.errors({ ...filter, follow, signal }), args.json ? errorJson : errorLine, signal);
      return signal.aborted && !follow ? exitCodes.interrupted : exitCodes.succeeded;
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
export {
  errorsCommand
};
