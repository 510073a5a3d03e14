const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  removalLine,
  scheduleJson,
  schedulesTable
} from "./chunk-OHHYFLPV.js";
import "./chunk-B5MVZWQ5.js";
import "./chunk-WQBAR2TX.js";
import {
  connectFromArguments,
  nodeOf,
  onInterrupt
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
  printJson,
  printNote
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  isId
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/cli/commands/schedule.ts
var scheduleCommand = defineCommand({
  name: "schedule",
  group: "act",
  impact: "writes",
  onlyReadsWhen: "with ls",
  onlyReads: ({ action }) => action === "ls",
  describe: "list the schedules, or delete one",
  positionals: [
    { name: "action", describe: "ls or rm", required: true, choices: ["ls", "rm"] },
    { name: "id", describe: "the schedule's id" }
  ],
  options: {
    node: { type: "string", completes: "node", describe: "only on this node" },
    from: { ...operatorOptions.from, describe: "name of the person who deletes it; default the user's" }
  },
  examples: [
    ["steward send ship1 exec --cron '30 4 * * 1-5' --id backup -- /opt/backup", "create a schedule"],
    ["steward schedule ls", "all schedules, with their next times"],
    ["steward schedule rm backup", "delete it on all nodes"]
  ],
  run: async (args) => {
    const [{ action, id }, node] = [args, nodeOf(args.node)];
    if (id !== void 0 && !isId(id)) throw new StewardError("usage", `"${id}" is not a valid id of a schedule`);
    return action === "ls" ? list(id, node, args) : remove(id, node, args);
  }
});
async function list(id, node, args) {
  var _stack = [];
  try {
    const steward = __using(_stack, await connectFromArguments(args), true);
    const schedules = await steward.schedules.list({ node, id });
    const states = schedules.flatMap((one) => one.states);
    if (args.json) printJson(states.map(scheduleJson));
    else if (states.length === 0) printNote("no schedules; create one with `steward send` and --cron, --every or --at");
    else print(schedulesTable(states));
    return exitCodes.succeeded;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function remove(id, node, args) {
  var _stack = [];
  try {
    if (id === void 0) throw new StewardError("usage", "name the schedule, such as `steward schedule rm backup`");
    const steward = __using(_stack, await connectFromArguments(args), true);
    const interrupt = __using(_stack, onInterrupt());
    const { removals } = await steward.schedules.remove(id, { node, enough: interrupt.signal });
    const nodes = removals.map(({ address: { node: name, messageType, subject }, ...rest }) => {
      return { node: name, messageType, subject, ...rest };
    });
    if (args.json) printJson({ id, nodes });
    else print(removals.map(removalLine));
    return exitCodes.succeeded;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
export {
  scheduleCommand
};
