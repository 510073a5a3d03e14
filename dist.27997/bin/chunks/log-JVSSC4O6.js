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
  selectionOptions,
  stateOption,
  statesOf
} from "./chunk-IFH4VSKC.js";
import {
  fitted
} from "./chunk-WQBAR2TX.js";
import {
  connectFromArguments,
  gaps,
  indentedOutput,
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
  asLines,
  jsonLine,
  printNote,
  stdout
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/cli/commands/log.ts
var options = {
  ...selectionOptions,
  state: stateOption,
  from: { type: "string", describe: "only messages of this sender (final ACKs only)" },
  since: {
    type: "string",
    value: "time",
    describe: "only entries since then, such as 2h or 2026-01-31T12:00:00Z"
  },
  until: { type: "string", value: "time", describe: "only entries before then" },
  limit: { type: "number", alias: "n", describe: "only this many, the last ones" },
  follow: { type: "boolean", alias: "f", describe: "continue with new entries until interrupted" },
  output: { type: "boolean", describe: "also show the output" }
};
var logCommand = defineCommand({
  name: "log",
  group: "look",
  impact: "reads",
  describe: "show the history: one line for each ACK, oldest first",
  options,
  examples: [
    ["steward log --node ship1 --state failed --since 1d", "failures on ship1 in the last day"],
    ["steward log --node 'ship*' --limit 20 --follow", "the last 20 entries of these nodes, and new ones"],
    ["steward log --id 'nightly_*' --state ended", "the outcome of each firing of the schedule nightly"]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const wanted = wantedBy(args);
      const textOfEntry = args.json ? jsonOf : textLines(args.output === true);
      const steward = __using(_stack, await connectFromArguments({ ...args, from: void 0 }), true);
      const interrupt = __using(_stack, wanted.follow === true ? onLeave() : onInterrupt());
      const { signal } = interrupt;
      await printLines(steward.log({ ...wanted, signal }), textOfEntry, signal);
      return signal.aborted && wanted.follow !== true ? exitCodes.interrupted : exitCodes.succeeded;
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
function wantedBy(args) {
  const [until, follow] = [momentOf("until", args.until), args.follow === true];
  if (follow && until !== void 0) throw new StewardError("usage", "--follow has no end; leave out --until");
  return {
    ...filterOf(args),
    states: statesOf(args.state),
    from: args.from,
    since: momentOf("since", args.since),
    until,
    last: args.limit,
    follow
  };
}
function jsonOf({ at, ack }) {
  return jsonLine({ storedAt: at.toISOString(), ...ack });
}
function textLines(withOutput) {
  return ({ at, ack }) => {
    const line = fitted(ackLine({ storedAt: at.toISOString(), ack }));
    if (!withOutput) return line;
    for (const gap of gaps(ack)) {
      printNote(`${ack.node} ${ack.id}: ${gap}`);
      stdout.isPartial = true;
    }
    return Buffer.concat([Buffer.from(asLines(line)), indentedOutput(ack)]);
  };
}
export {
  logCommand
};
