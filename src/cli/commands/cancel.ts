import { operatorOptions } from "../../config/options.ts";
import type { Cancellation } from "../../operate/cancel-on-node.ts";
import { cancel } from "../../operate/cancel.ts";
import { messageIdOf, nodeOf } from "../address-arguments.ts";
import { flagOf, timerOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { exitCodes } from "../exit-codes.ts";
import { onInterrupt } from "../interrupt.ts";
import { print, printJson } from "../print.ts";
import { cancelExitCode, cancellationJson, cancellationLine } from "../render/cancellations.ts";
import { senderOf } from "../send-arguments.ts";

export const cancelCommand: Command = {
  name: "cancel",
  group: "act",
  describe: "take a message back, whether it is queued or runs",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "open id" }],
  options: {
    node: { type: "string", completes: "node", describe: "only on this node" },
    wait: { ...operatorOptions.wait, describe: "how long what runs may take to end; default 30s" },
    from: { ...operatorOptions.from, describe: "who cancels it; default the user's name" },
  },
  examples: [["steward cancel 01KAP7Q4T0000000000000000", "on every node that it was sent to"]],
  reads: false,
  run: runCancel,
};

async function runCancel(args: Arguments): Promise<number> {
  const [id, node] = [messageIdOf(args), nodeOf(args)];
  const [by, waitMs] = [senderOf(args), timerOf(args, "wait") ?? 30_000];
  const json = flagOf(args, "json");
  await using broker = await openFromArguments(args);
  using interrupt = onInterrupt();
  const decided: Cancellation[] = [];
  await cancel(broker, id, { by, node, waitMs, signal: interrupt.signal }, (one) => {
    decided.push(one);
    if (!json) print(cancellationLine(one));
  });
  if (json) printJson({ id, nodes: decided.map(cancellationJson) });
  return interrupt.signal.aborted ? exitCodes.interrupted : cancelExitCode(decided);
}
