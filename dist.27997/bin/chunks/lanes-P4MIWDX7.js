const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  laneState,
  lanesTable
} from "./chunk-SUQWLEH4.js";
import "./chunk-B5MVZWQ5.js";
import "./chunk-WQBAR2TX.js";
import {
  connectFromArguments,
  nodeOf
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
import "./chunk-P6SB6KP3.js";
import {
  print,
  printJson,
  printNote
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

// src/cli/commands/lanes.ts
var actions = {
  pause: { takesLane: "always", done: "is paused" },
  resume: { takesLane: "maybe", done: "is resumed" },
  restart: { takesLane: "always", done: "is restarted" },
  drain: { takesLane: "never", done: "starts no further message" },
  stop: { takesLane: "never", done: "stops" }
};
var actionNames = Object.keys(actions);
var lanesCommand = defineCommand({
  name: "lanes",
  group: "act",
  impact: "writes",
  onlyReadsWhen: "without an action",
  onlyReads: ({ action }) => action === void 0,
  describe: "show the lanes of a node; pause, resume or restart one",
  positionals: [
    { name: "node", describe: "the node", required: true, completes: "node" },
    {
      name: "action",
      describe: "pause, resume or restart a lane; drain, resume or stop the node",
      choices: actionNames
    },
    { name: "lane", describe: "the lane, such as command.exec", completes: "lane" }
  ],
  options: {
    reason: { type: "string", value: "text", describe: "why the lane is paused; others can see it" },
    from: { ...operatorOptions.from, describe: "name of the person who asks for it; default the user's" }
  },
  examples: [
    ["steward lanes ship1", "running and waiting messages of ship1, by lane"],
    ["steward lanes ship1 pause command.exec", "start no further message of this lane until resumed"],
    ["steward lanes ship1 restart command.exec", "stop the running message, and run it again"],
    ["steward lanes ship1 drain", "start no further message on this node until resumed"]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const { action, lane, reason } = args;
      const node = nodeOf(args.node);
      if (action === void 0) return show(node, args);
      assertForLane(action, lane);
      const steward = __using(_stack, await connectFromArguments(args), true);
      if (lane === void 0) await steward.control(node, action, { reason });
      else await steward.lane(node, lane, action, { reason });
      if (args.json) printJson({ node, action, lane });
      else print(`${[node, lane].filter(Boolean).join(" ")} ${actions[action].done}`);
      return 0;
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
function assertForLane(action, lane) {
  const { takesLane } = actions[action];
  if (takesLane === "always" && lane === void 0) {
    throw new StewardError("usage", `name the lane, such as \`steward lanes ship1 ${action} command.exec\``);
  }
  if (takesLane === "never" && lane !== void 0) {
    throw new StewardError("usage", `${action} is for the whole node, so leave out ${lane}`);
  }
}
async function show(node, args) {
  var _stack = [];
  try {
    const steward = __using(_stack, await connectFromArguments(args), true);
    const state = await steward.daemon(node);
    if (args.json) {
      printJson({ ...state, lanes: state.lanes.map((lane) => ({ ...lane, state: laneState(lane) })) });
      return 0;
    }
    if (state.lanes.length > 0) print(lanesTable(state.lanes));
    else printNote(`no lanes: nothing is queued or running on ${node}, and no lane is held`);
    if (state.daemon === "down") printNote(`${node} is down; this is what the broker knows`);
    if (state.daemon === "silent") printNote(`${node} does not answer; this is what the broker knows`);
    if (state.draining) printNote(`${node} starts no further message until \`steward lanes ${node} resume\``);
    return 0;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
export {
  lanesCommand
};
