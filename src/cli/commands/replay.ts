import { finalStates, type FinalState } from "../../protocol/ack.ts";
import { StewardError } from "../../protocol/errors.ts";
import { replayOf } from "../../state/replay.ts";
import { messageIdOf, nodeOf } from "../address-arguments.ts";
import { textOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { waitingOf } from "../send-arguments.ts";
import { sendAndShow, waitingOptions } from "../send-and-show.ts";

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
    ...waitingOptions,
    "known-only": { type: "boolean", describe: "refuse node names that were never seen" },
  },
  examples: [
    ["steward replay 01KAP7Q4T0000000000000000", "on every node that it was sent to"],
    ["steward replay 01KAP7Q4T0000000000000000 --only failed,expired", "where it did not succeed"],
    ["steward replay 01KAP7Q4T0000000000000000 --node ship1 --to ship2", "what ship1 got, on ship2"],
  ],
  reads: false,
  run: replay,
};

async function replay(args: Arguments): Promise<number> {
  const [id, node, to] = [messageIdOf(args), nodeOf(args), nodeOf(args, "to")];
  const [only, waiting] = [statesOf(args), waitingOf(args)];
  await using broker = await openFromArguments(args);
  const messages = await replayOf(broker, id, { node, to, only });
  return await sendAndShow(broker, messages, args, { waiting });
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
