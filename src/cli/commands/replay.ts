import { finalStates, type FinalState } from "../../protocol/ack.ts";
import { StewardError } from "../../protocol/errors.ts";
import { firstGiven, messageIdOf, nodeOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { sendAndShow } from "../send-and-show.ts";
import { mayReach, resolved, showTargets, targetOptions, targetsOf } from "../targets.ts";
import { waitingOptions, waitOf } from "../waiting-options.ts";

/** In this command, `--only` takes states only. */
const { only: _only, ...narrowing } = targetOptions;

export const replayCommand: Command = defineCommand({
  name: "replay",
  group: "act",
  impact: "writes",
  onlyReadsWhen: "with --dry-run",
  onlyReads: (args) => args["dry-run"] === true,
  describe: "send a message of the log again, under a new id, and wait for the outcome",
  positionals: [
    { name: "id", describe: "the id of the message, or of a firing of a schedule", required: true, completes: "id" },
  ],
  options: {
    node: { type: "string", completes: "node", describe: "only the message to this node" },
    to: { type: "string", completes: "node", describe: "send it to this node instead" },
    only: {
      type: "string",
      value: "states",
      describe: "only nodes where it ended in these states, such as failed,expired",
    },
    ...narrowing,
    ...waitingOptions,
    "known-only": { type: "boolean", describe: "refuse unknown nodes" },
  },
  examples: [
    ["steward replay 01KAP7Q4T0000000000000000", "on all its nodes"],
    ["steward replay 01KAP7Q4T0000000000000000 --only failed,expired", "on the nodes where it failed or expired"],
    ["steward replay 01KAP7Q4T0000000000000000 --node ship1 --to ship2", "the message of ship1, on ship2"],
  ],
  run: async (args) => {
    const [id, node, to] = [messageIdOf(args.id), nodeOf(args.node), nodeOf(args.to)];
    const misplaced = to === undefined ? undefined : firstGiven(args, ["label", "exclude", "limit", "seed"]);
    if (misplaced !== undefined) throw new StewardError("usage", `--to selects one node; leave out --${misplaced}`);
    const [only, wait] = [statesOf(args.only), waitOf(args)];
    const { nodes: _all, ...narrowed } = await targetsOf("all", { ...args, only: undefined });
    await using steward = await connectFromArguments(args);
    const went = await steward.prepareReplay(id, { nodes: node, to, only });
    const targets = { ...narrowed, nodes: went.nodes };
    const { nodes } = to === undefined ? await resolved(steward, targets) : went;
    if (args["dry-run"]) return showTargets(targets, nodes, args);
    if (!(await mayReach(nodes, args))) return exitCodes.failed;
    const meant = new Set(nodes);
    const messages = went.messages.filter((message) => meant.has(message.node));
    return await sendAndShow(steward, { ...went, messages, nodes }, args, { wait });
  },
});

function statesOf(words: string | undefined): FinalState[] | undefined {
  return words?.split(",").map((word) => {
    const state = finalStates.find((known) => known === word.trim());
    if (state === undefined)
      throw new StewardError("usage", `--only ${word}: must be one or several of ${finalStates.join(", ")}`);
    return state;
  });
}
