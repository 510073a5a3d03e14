const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  connectFromArguments,
  followed,
  messageIdOf,
  nodeOf,
  onInterrupt,
  progressOn,
  showOutcomes,
  timerOf,
  waitingOptions
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
import "./chunk-VLDOLLNL.js";
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

// src/cli/commands/wait.ts
var { follow, quiet } = waitingOptions;
var waitCommand = defineCommand({
  name: "wait",
  group: "send and wait",
  impact: "reads",
  endsAsMessages: true,
  describe: "wait for the outcome of an earlier message",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "id" }],
  options: {
    node: { type: "string", completes: "node", describe: "only on this node" },
    wait: { type: "string", value: "duration", describe: "how long to wait; default until it has ended on all nodes" },
    follow,
    quiet
  },
  examples: [
    ["steward wait 01KAP7Q4T0000000000000000", "wait until it has ended on all nodes"],
    ["steward wait 01KAP7Q4T0000000000000000 --follow", "show the output so far and from now on"],
    ["steward wait 01KAP7Q4T0000000000000000 --wait 0s", "the state now, with the exit code of a send"]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const [id, node] = [messageIdOf(args.id), nodeOf(args.node)];
      const waitMs = timerOf("wait", args.wait);
      const steward = __using(_stack, await connectFromArguments(args), true);
      const interrupt = __using(_stack, onInterrupt());
      const sent = await steward.attach(id, { node });
      const wait = waitMs === void 0 ? "forever" : `${waitMs}ms`;
      const { standings } = await followed(
        sent.addresses,
        args,
        (onEvent) => sent.done({ wait, enough: interrupt.signal, onWaiting: progressOn(args), onEvent })
      );
      return await showOutcomes(standings, args, { interrupted: interrupt.signal.aborted });
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
export {
  waitCommand
};
