import { replayOf } from "../../operate/replay.ts";
import { finalStates, type FinalState } from "../../protocol/ack.ts";
import { StewardError } from "../../protocol/errors.ts";
import { firstGiven, messageIdOf, nodeOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { sendAndShow } from "../send-and-show.ts";
import { mayReach, meantBy, showTargets, targetOptions, targetSpecOf } from "../targets.ts";
import { waitingOf, waitingOptions } from "../waiting-options.ts";

/** Here `--only` names states alone. */
const { only: _only, ...narrowing } = targetOptions;

export const replayCommand: Command = defineCommand({
  name: "replay",
  group: "act",
  impact: "writes",
  onlyReadsWhen: "with --dry-run",
  onlyReads: (args) => args["dry-run"] === true,
  describe: "send a message again as the log holds it, under a new id, and wait for what becomes of it",
  positionals: [
    { name: "id", describe: "the id of the message, or of one firing of a schedule", required: true, completes: "id" },
  ],
  options: {
    node: { type: "string", completes: "node", describe: "only what went to this node" },
    to: { type: "string", completes: "node", describe: "send it to this node instead" },
    only: { type: "string", value: "states", describe: "only where it ended so, such as failed,expired" },
    ...narrowing,
    ...waitingOptions,
    "known-only": { type: "boolean", describe: "refuse node names that were never seen" },
  },
  examples: [
    ["steward replay 01KAP7Q4T0000000000000000", "on every node that it was sent to"],
    ["steward replay 01KAP7Q4T0000000000000000 --only failed,expired", "where it did not succeed"],
    ["steward replay 01KAP7Q4T0000000000000000 --node ship1 --to ship2", "what ship1 got, on ship2"],
  ],
  run: async (args) => {
    const [id, node, to] = [messageIdOf(args.id), nodeOf(args.node), nodeOf(args.to)];
    const misplaced = to === undefined ? undefined : firstGiven(args, ["label", "exclude", "limit", "seed"]);
    if (misplaced !== undefined) throw new StewardError("usage", `--to is one node, so leave out --${misplaced}`);
    const [only, waiting] = [statesOf(args.only), waitingOf(args)];
    await using broker = await openFromArguments(args);
    const messages = await replayOf(broker, id, { node, to, only });
    const spec = await targetSpecOf([...new Set(messages.map((message) => message.node))].join(","), {
      ...args,
      only: undefined,
    });
    const { nodes } = await meantBy(broker, spec);
    if (args["dry-run"]) return showTargets(spec, { nodes }, args);
    if (!(await mayReach(nodes, args))) return exitCodes.failed;
    const meant = new Set(nodes);
    return await sendAndShow(
      broker,
      messages.filter((message) => meant.has(message.node)),
      args,
      { waiting },
    );
  },
});

function statesOf(words: string | undefined): FinalState[] | undefined {
  return words?.split(",").map((word) => {
    const state = finalStates.find((known) => known === word.trim());
    if (state === undefined) throw new StewardError("usage", `--only ${word}: name some of ${finalStates.join(", ")}`);
    return state;
  });
}
