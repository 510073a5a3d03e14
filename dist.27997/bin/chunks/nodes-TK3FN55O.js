const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  nodeJson,
  nodesTable
} from "./chunk-G5GISQZN.js";
import "./chunk-B5MVZWQ5.js";
import "./chunk-WQBAR2TX.js";
import "./chunk-2CFWZEUP.js";
import "./chunk-EYZB2UB4.js";
import {
  hasLabel,
  labelsIn
} from "./chunk-XJF2EC2I.js";
import "./chunk-6KZYLPZB.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  connectFromArguments,
  firstGiven,
  nodeOf,
  onLeave,
  parseLabel
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import {
  defineCommand
} from "./chunk-7C3OR7HS.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import {
  namePattern
} from "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import {
  operatorOptions
} from "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import "./chunk-P6SB6KP3.js";
import {
  print,
  printJson,
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

// src/cli/commands/nodes.ts
var options = {
  up: { type: "boolean", describe: "only nodes that are up" },
  down: { type: "boolean", describe: "only nodes that are down" },
  label: {
    type: "strings",
    completes: "label",
    value: "key=value",
    describe: "only nodes with this label; may be repeated, then all must match"
  },
  watch: { type: "boolean", alias: "w", describe: "show changes until interrupted" },
  yes: { type: "boolean", alias: "y", describe: "retire without asking" },
  from: { ...operatorOptions.from, describe: "name of the person who retires it; default the user's" }
};
var nodesCommand = defineCommand({
  name: "nodes",
  group: "look",
  impact: "writes",
  onlyReadsWhen: "unless a node is retired",
  onlyReads: ({ pattern }) => pattern !== "forget",
  describe: "list the nodes: state, queue, last outcome, held lanes; show one in detail; or retire one",
  positionals: [
    { name: "pattern", describe: "a node's name for details, or a pattern with * and ?", completes: "node" },
    { name: "name", describe: "after forget: the node to retire", completes: "node" }
  ],
  options,
  examples: [
    ["steward nodes 'ship*' --down", "the nodes that are down and whose names begin with ship"],
    ["steward nodes --label site=oslo --watch", "watch the nodes of one site"],
    ["steward nodes ship1", "its lanes, its last failures, its version and host"],
    ["steward nodes forget ship1", "retire it: cancel its queued messages, delete its state, keep its log"]
  ],
  run: async (args) => {
    const { pattern, name } = args;
    if (pattern === "forget") {
      const misplaced = firstGiven(args, ["up", "down", "label", "watch"]);
      if (misplaced !== void 0)
        throw new StewardError("usage", `--${misplaced} cannot be used with forget; leave it out`);
      return (await import("./forget-node-4KFGCLUB.js")).confirmAndForget(name, args);
    }
    if (name !== void 0) {
      throw new StewardError("usage", `"${pattern}" is not an action; \`steward nodes forget ${name}\` retires a node`);
    }
    if (args.up && args.down)
      throw new StewardError("usage", "--up and --down exclude each other; leave out one of them");
    const wanted = wantedBy(pattern, args);
    const isOne = pattern !== void 0 && !/[*?]/.test(pattern);
    if (args.watch) return watch(isOne ? pattern : void 0, wanted, args);
    return isOne ? showOne(pattern, args) : list(wanted, args);
  }
});
function wantedBy(pattern, args) {
  const fits = pattern === void 0 ? () => true : namePattern(pattern);
  const { up, down } = args;
  const labels = (args.label ?? []).map(parseLabel);
  return (state) => {
    const its = labelsIn(state.info);
    return fits(state.node) && (!up || state.up) && (!down || !state.up) && labels.every((label) => hasLabel(its, label));
  };
}
async function list(wanted, args) {
  var _stack = [];
  try {
    const steward = __using(_stack, await connectFromArguments(args), true);
    const found = (await steward.nodes()).filter(wanted);
    if (args.json) printJson(found.map(nodeJson));
    else if (found.length > 0) print(nodesTable(found));
    else printNote("no matching node; `steward node NAME` starts one");
    return 0;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function watch(node, wanted, args) {
  var _stack = [];
  try {
    const { drawnScreen, lineScreen, watchNodes } = await import("./watch-nodes-7XLTB6ET.js");
    const json = args.json === true;
    const steward = __using(_stack, await connectFromArguments(args), true);
    const leave = __using(_stack, onLeave());
    const isDrawn = stdout.isTerminal && process.env["TERM"] !== "dumb" && !json;
    const screen = isDrawn ? drawnScreen(stdout.terminal) : lineScreen(json);
    await watchNodes(steward, async () => (await steward.nodes(node)).filter(wanted), screen, leave.signal);
    if (isDrawn) print("");
    return 0;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function showOne(name, args) {
  var _stack = [];
  try {
    const misplaced = firstGiven(args, ["up", "down", "label"]);
    if (misplaced !== void 0)
      throw new StewardError("usage", `--${misplaced} needs a pattern such as 'ship*', not the name of one node`);
    const node = nodeOf(name);
    const { nodePageJson, nodePageText } = await import("./node-page-7UYCQGQE.js");
    const steward = __using(_stack, await connectFromArguments(args), true);
    const page = await steward.node(node);
    if (args.json) printJson(nodePageJson(page));
    else print(nodePageText(page));
    return 0;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
export {
  nodesCommand
};
