import type { Node } from "../../client/nodes.ts";
import { operatorOptions, type ValuesOf } from "../../config/options.ts";
import { StewardError } from "../../protocol/errors.ts";
import { hasLabel, labelsIn } from "../../protocol/labels.ts";
import { parseLabel } from "../../protocol/targets.ts";
import { namePattern } from "../../util/glob.ts";
import { firstGiven, nodeOf } from "../arguments.ts";
import type { Command, Options } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import type { GlobalArguments } from "../global-options.ts";
import { onLeave } from "../interrupt.ts";
import { print, printJson, printNote } from "../print.ts";
import { nodeJson, nodesTable } from "../render/nodes.ts";
import { stdout } from "../stdio.ts";

const options: Options<{
  up: "boolean";
  down: "boolean";
  label: "strings";
  watch: "boolean";
  yes: "boolean";
  from: "string";
}> = {
  up: { type: "boolean", describe: "only nodes that are up" },
  down: { type: "boolean", describe: "only nodes that are down" },
  label: {
    type: "strings",
    completes: "label",
    value: "key=value",
    describe: "only nodes with this label; may be repeated, then all must match",
  },
  watch: { type: "boolean", alias: "w", describe: "show changes until interrupted" },
  yes: { type: "boolean", alias: "y", describe: "retire without asking" },
  from: { ...operatorOptions.from, describe: "name of the person who retires it; default the user's" },
};

type NodesArguments = GlobalArguments & ValuesOf<typeof options>;

export const nodesCommand: Command = defineCommand({
  name: "nodes",
  group: "look",
  impact: "writes",
  onlyReadsWhen: "unless a node is retired",
  onlyReads: ({ pattern }) => pattern !== "forget",
  describe: "list the nodes: state, queue, last outcome, held lanes; show one in detail; or retire one",
  positionals: [
    { name: "pattern", describe: "a node's name for details, or a pattern with * and ?", completes: "node" },
    { name: "name", describe: "after forget: the node to retire", completes: "node" },
  ],
  options,
  examples: [
    ["steward nodes 'ship*' --down", "the nodes that are down and whose names begin with ship"],
    ["steward nodes --label site=oslo --watch", "watch the nodes of one site"],
    ["steward nodes ship1", "its lanes, its last failures, its version and host"],
    ["steward nodes forget ship1", "retire it: cancel its queued messages, delete its state, keep its log"],
  ],
  run: async (args) => {
    const { pattern, name } = args;
    if (pattern === "forget") {
      const misplaced = firstGiven(args, ["up", "down", "label", "watch"]);
      if (misplaced !== undefined)
        throw new StewardError("usage", `--${misplaced} cannot be used with forget; leave it out`);
      return (await import("../forget-node.ts")).confirmAndForget(name, args);
    }
    if (name !== undefined) {
      throw new StewardError("usage", `"${pattern}" is not an action; \`steward nodes forget ${name}\` retires a node`);
    }
    if (args.up && args.down)
      throw new StewardError("usage", "--up and --down exclude each other; leave out one of them");
    const wanted = wantedBy(pattern, args);
    const isOne = pattern !== undefined && !/[*?]/.test(pattern);
    if (args.watch) return watch(isOne ? pattern : undefined, wanted, args);
    return isOne ? showOne(pattern, args) : list(wanted, args);
  },
});

type Wanted = (node: Node) => boolean;

function wantedBy(pattern: string | undefined, args: NodesArguments): Wanted {
  const fits = pattern === undefined ? () => true : namePattern(pattern);
  const { up, down } = args;
  const labels = (args.label ?? []).map(parseLabel);
  return (state) => {
    const its = labelsIn(state.info);
    return (
      fits(state.node) && (!up || state.up) && (!down || !state.up) && labels.every((label) => hasLabel(its, label))
    );
  };
}

async function list(wanted: Wanted, args: NodesArguments): Promise<number> {
  await using steward = await connectFromArguments(args);
  const all = await steward.nodes();
  const found = all.filter(wanted);
  if (args.json) printJson(found.map(nodeJson));
  else if (found.length > 0) print(nodesTable(found));
  else printNote(`${all.length === 0 ? "no nodes yet" : "no matching node"}; \`steward node NAME\` starts one`);
  return 0;
}

async function watch(node: string | undefined, wanted: Wanted, args: NodesArguments): Promise<number> {
  const { drawnScreen, lineScreen, watchNodes } = await import("../watch-nodes.ts");
  const json = args.json === true;
  await using steward = await connectFromArguments(args);
  using leave = onLeave();
  const isDrawn = stdout.isTerminal && process.env["TERM"] !== "dumb" && !json;
  const screen = isDrawn ? drawnScreen(stdout.terminal) : lineScreen(json);
  await watchNodes(steward, async () => (await steward.nodes(node)).filter(wanted), screen, leave.signal);
  if (isDrawn) print("");
  return 0;
}

async function showOne(name: string, args: NodesArguments): Promise<number> {
  const misplaced = firstGiven(args, ["up", "down", "label"]);
  if (misplaced !== undefined)
    throw new StewardError("usage", `--${misplaced} needs a pattern such as 'ship*', not the name of one node`);
  const node = nodeOf(name);
  const { nodePageJson, nodePageText } = await import("../render/node-page.ts");
  await using steward = await connectFromArguments(args);
  const page = await steward.node(node);
  if (args.json) printJson(nodePageJson(page));
  else print(nodePageText(page));
  return 0;
}
