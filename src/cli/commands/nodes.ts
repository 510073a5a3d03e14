import { lastOutcome, readNodes, type NodeState } from "../../state/nodes.ts";
import { flagOf, textOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { ago, table } from "../render/table.ts";

export const nodesCommand: Command = {
  name: "nodes",
  group: "look",
  describe: "show every node: up or down, queued messages, held lanes, last outcome",
  positionals: [
    { name: "pattern", describe: "only nodes of this name; * stands for any characters", completes: "node" },
  ],
  examples: [["steward nodes 'ship*'", "the nodes whose names begin with ship"]],
  run: nodes,
};

async function nodes(args: Arguments): Promise<number> {
  await using broker = await openFromArguments(args);
  const wanted = matcher(textOf(args, "pattern"));
  const states = (await readNodes(broker)).filter(({ node }) => wanted(node));
  if (flagOf(args, "json")) console.log(JSON.stringify(states));
  else if (states.length === 0) console.error("no node is known by that name; `steward node NAME` starts one");
  else console.log(table(["NODE", "STATE", "QUEUED", "RUNNING", "HELD", "LAST", "WHEN", "HOST"], states.map(row)));
  return 0;
}

function row(state: NodeState): string[] {
  const { node, up, presence, queued } = state;
  const last = lastOutcome(state);
  const running = presence?.lanes.reduce((sum, lane) => sum + lane.running, 0) ?? 0;
  return [
    node,
    up ? "up" : "down",
    String(queued),
    String(running),
    String(state.holds.length),
    last === undefined ? "-" : `${last.messageType}.${last.subject} ${last.state}`,
    last?.finishedAt === undefined ? "-" : ago(Date.parse(last.finishedAt)),
    presence?.host ?? "-",
  ];
}

function matcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const parts = pattern.split("*").map((part) => part.replaceAll(/[^A-Za-z0-9_-]/g, String.raw`\$&`));
  const expression = new RegExp(`^${parts.join(".*")}$`);
  return (name) => expression.test(name);
}
