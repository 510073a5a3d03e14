const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  connectFromArguments,
  groupName,
  resolved,
  targetsOf,
  warnOfUnknownNodes
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

// src/cli/commands/group.ts
var groupCommand = defineCommand({
  name: "group",
  group: "set up",
  impact: "writes",
  onlyReadsWhen: "with ls",
  onlyReads: ({ action }) => action === "ls",
  describe: "list or change groups of nodes; write @name to send to a group",
  positionals: [
    { name: "action", describe: "ls, add or rm", required: true, choices: ["ls", "add", "rm"] },
    { name: "group", describe: "the group's name", completes: "group" },
    {
      name: "nodes",
      describe: "nodes to add or remove, also 'ship*'; rm without nodes deletes the group",
      variadic: true,
      completes: "nodes"
    }
  ],
  examples: [
    ["steward group add web ship1 ship2", "create @web with these two nodes, or add them"],
    ["steward group add oslo 'oslo-*'", "add the known nodes with a matching name"],
    ["steward group rm web ship2", "remove one node from @web"],
    ["steward group ls", "list all groups"]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const { action, group } = args;
      if (action === "ls") return list(group === void 0 ? void 0 : nameOf(group), args);
      if (group === void 0)
        throw new StewardError("usage", `name the group, such as \`steward group ${action} web ship1\``);
      const [name, words] = [nameOf(group), (args.nodes ?? []).join(",")];
      if (words === "" && action === "add") throw new StewardError("usage", `name the nodes to add to ${name}`);
      const targets = words === "" ? void 0 : await targetsOf(words, {});
      const steward = __using(_stack, await connectFromArguments(args), true);
      const nodes = targets && await resolved(steward, targets);
      const isAdded = action === "add" && nodes !== void 0;
      const done = isAdded ? await add(steward, name, nodes) : await steward.groups.remove(name, { nodes });
      if (!done.changed && done.nodes.length === 0) throw noGroup(name);
      if (args.json) printJson(done);
      else if (done.nodes.length === 0) print(`group @${name} was removed`);
      else print(`@${name}: ${done.nodes.join(", ")}`);
      return 0;
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
async function add(steward, name, nodes) {
  const { unseen, ...done } = await steward.groups.add(name, nodes);
  warnOfUnknownNodes(unseen, `it is in @${name} now`);
  return done;
}
async function list(group, args) {
  var _stack = [];
  try {
    const steward = __using(_stack, await connectFromArguments(args), true);
    const all = Object.entries(await steward.groups.list());
    const groups = all.filter(([name]) => group === void 0 || name === group);
    if (group !== void 0 && groups.length === 0) throw noGroup(group);
    if (args.json) printJson(groups.map(([name, nodes]) => ({ group: name, nodes })));
    else if (groups.length === 0) printNote("no groups; create one with `steward group add NAME NODE`");
    for (const [name, nodes] of args.json ? [] : groups) print(`@${name}: ${nodes.join(", ")}`);
    return 0;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function noGroup(name) {
  return new StewardError("noMatch", `group @${name} not found; \`steward group ls\` lists the groups`);
}
function nameOf(text) {
  return groupName(text.replace(/^@/, ""));
}
export {
  groupCommand
};
