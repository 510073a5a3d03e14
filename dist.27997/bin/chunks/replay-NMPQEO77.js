const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  connectFromArguments,
  firstGiven,
  mayReach,
  messageIdOf,
  nodeOf,
  resolved,
  sendAndShow,
  showTargets,
  targetOptions,
  targetsOf,
  waitOf2 as waitOf,
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
import {
  exitCodes
} from "./chunk-P6SB6KP3.js";
import "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import {
  finalStates
} from "./chunk-U2N5OPV4.js";
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

// src/cli/commands/replay.ts
var { only: _only, ...narrowing } = targetOptions;
var replayCommand = defineCommand({
  name: "replay",
  group: "act",
  impact: "writes",
  onlyReadsWhen: "with --dry-run",
  onlyReads: (args) => args["dry-run"] === true,
  describe: "send a message of the log again, under a new id, and wait for the outcome",
  positionals: [
    { name: "id", describe: "the id of the message, or of a firing of a schedule", required: true, completes: "id" }
  ],
  options: {
    node: { type: "string", completes: "node", describe: "only the message to this node" },
    to: { type: "string", completes: "node", describe: "send it to this node instead" },
    only: {
      type: "string",
      value: "states",
      describe: "only nodes where it ended in these states, such as failed,expired"
    },
    ...narrowing,
    ...waitingOptions,
    "known-only": { type: "boolean", describe: "refuse unknown nodes" }
  },
  examples: [
    ["steward replay 01KAP7Q4T0000000000000000", "on all its nodes"],
    ["steward replay 01KAP7Q4T0000000000000000 --only failed,expired", "on the nodes where it failed or expired"],
    ["steward replay 01KAP7Q4T0000000000000000 --node ship1 --to ship2", "the message of ship1, on ship2"]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const [id, node, to] = [messageIdOf(args.id), nodeOf(args.node), nodeOf(args.to)];
      const misplaced = to === void 0 ? void 0 : firstGiven(args, ["label", "exclude", "limit", "seed"]);
      if (misplaced !== void 0) throw new StewardError("usage", `--to selects one node; leave out --${misplaced}`);
      const [only, wait] = [statesOf(args.only), waitOf(args)];
      const { nodes: _all, ...narrowed } = await targetsOf("all", { ...args, only: void 0 });
      const steward = __using(_stack, await connectFromArguments(args), true);
      const went = await steward.prepareReplay(id, { nodes: node, to, only });
      const targets = { ...narrowed, nodes: went.nodes };
      const { nodes } = to === void 0 ? await resolved(steward, targets) : went;
      if (args["dry-run"]) return showTargets(targets, nodes, args);
      if (!await mayReach(nodes, args)) return exitCodes.failed;
      const meant = new Set(nodes);
      const messages = went.messages.filter((message) => meant.has(message.node));
      return await sendAndShow(steward, { ...went, messages, nodes }, args, { wait });
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
function statesOf(words) {
  return words?.split(",").map((word) => {
    const state = finalStates.find((known) => known === word.trim());
    if (state === void 0)
      throw new StewardError("usage", `--only ${word}: must be one or several of ${finalStates.join(", ")}`);
    return state;
  });
}
export {
  replayCommand
};
