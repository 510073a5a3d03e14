const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  printLines
} from "./chunk-3HKBXGOG.js";
import {
  ackText
} from "./chunk-HGG327CP.js";
import {
  filterOf,
  selectionOptions
} from "./chunk-IFH4VSKC.js";
import {
  fitted,
  oneLine,
  shortened
} from "./chunk-WQBAR2TX.js";
import {
  connectFromArguments,
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
import "./chunk-P6SB6KP3.js";
import {
  jsonLine,
  printNote
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

// src/cli/render/happenings.ts
var mostData = 200;
function happeningLine(happening) {
  const { at, address } = happening;
  const arrow = happening.kind === "acked" ? "<-" : "->";
  return fitted(
    `${at.toISOString()} ${arrow} ${address.node} ${typeAndSubject(address)} ${address.id} ${said(happening)}`
  );
}
function said(happening) {
  if (happening.kind === "acked") return ackText(happening.ack);
  const { kind, message } = happening;
  if (message === void 0) return `${kind}, but it is not a valid message`;
  const data = oneLine(message.data.map((item) => shortened(item, mostData)).join(" "));
  return `${kind} by ${message.from}${data === "" ? "" : `: ${shortened(data, mostData)}`}`;
}
function happeningJson({ at, address, ...rest }) {
  return jsonLine({ at: at.toISOString(), ...address, ...rest });
}

// src/cli/commands/watch.ts
var watchCommand = defineCommand({
  name: "watch",
  group: "look",
  impact: "reads",
  describe: "show messages and ACKs as they happen, until interrupted",
  options: selectionOptions,
  examples: [
    ["steward watch --node ship1", "messages to ship1, and its ACKs"],
    ["steward watch --id 'nightly_*' --json", "the firings of the schedule nightly, one JSON document for each step"]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const filter = filterOf(args);
      const steward = __using(_stack, await connectFromArguments(args), true);
      const leave = __using(_stack, onLeave());
      const { signal } = leave;
      reportConnection(steward);
      const happenings = await steward.watch({ ...filter, signal });
      printNote("watching until Ctrl-C; `published` means sent, even if the broker refused to store it");
      await printLines(happenings, args.json ? happeningJson : happeningLine, signal);
      if (happenings.dropped > 0)
        printNote(`${happenings.dropped} were left out, because they came faster than they were read`);
      return 0;
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
function reportConnection(steward) {
  steward.onConnection({
    lost: () => printNote("steward: connection lost; until it is back, only `steward log` has what happens"),
    back: () => printNote("steward: connected again")
  });
}
export {
  watchCommand
};
