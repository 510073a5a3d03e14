import { replayOf } from "../../operate/replay.ts";
import { finalStates, type FinalState } from "../../protocol/ack.ts";
import { StewardError } from "../../protocol/errors.ts";
import { messageIdOf, nodeOf } from "../address-arguments.ts";
import { flagOf, textOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { exitCodes } from "../exit-codes.ts";
import { sendAndShow, waitingOptions } from "../send-and-show.ts";
import { waitingOf } from "../send-arguments.ts";
import { mayReach, meantBy, showTargets, targetOptions, targetSpecOf } from "../targets.ts";

/** Here `--only` names states alone. */
const { only: _only, ...narrowing } = targetOptions;

export const replayCommand: Command = {
  name: "replay",
  group: "act",
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
  reads: (args) => flagOf(args, "dry-run"),
  run: replay,
};

async function replay(args: Arguments): Promise<number> {
  const [id, node, to] = [messageIdOf(args), nodeOf(args), nodeOf(args, "to")];
  const misplaced = ["label", "exclude", "limit", "seed"].find((name) => to !== undefined && args[name] !== undefined);
  if (misplaced !== undefined) throw new StewardError("usage", `--to is one node, so leave out --${misplaced}`);
  const [only, waiting] = [statesOf(args), waitingOf(args)];
  await using broker = await openFromArguments(args);
  const messages = await replayOf(broker, id, { node, to, only });
  const spec = await targetSpecOf([...new Set(messages.map((message) => message.node))].join(","), {
    ...args,
    only: undefined,
  });
  const { nodes } = await meantBy(broker, spec);
  if (flagOf(args, "dry-run")) return showTargets(spec, { nodes }, args);
  if (!(await mayReach(nodes, args))) return exitCodes.failed;
  const meant = new Set(nodes);
  return await sendAndShow(
    broker,
    messages.filter((message) => meant.has(message.node)),
    args,
    { waiting },
  );
}

function statesOf(args: Arguments): FinalState[] | undefined {
  return textOf(args, "only")
    ?.split(",")
    .map((word) => {
      const state = finalStates.find((known) => known === word.trim());
      if (state === undefined)
        throw new StewardError("usage", `--only ${word}: name some of ${finalStates.join(", ")}`);
      return state;
    });
}
