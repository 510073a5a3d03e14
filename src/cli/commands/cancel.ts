import { operatorOptions } from "../../config/options.ts";
import type { Cancellation } from "../../operate/cancel-on-node.ts";
import { cancel } from "../../operate/cancel.ts";
import { messageIdOf, nodeOf, timerOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { onInterrupt } from "../interrupt.ts";
import { print, printJson } from "../print.ts";
import { cancelExitCode, cancellationJson, cancellationLine } from "../render/cancellations.ts";
import { senderOf } from "../sender.ts";

export const cancelCommand: Command = defineCommand({
  name: "cancel",
  group: "act",
  impact: "writes",
  describe: "take a message back, whether it is queued or runs",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "open id" }],
  options: {
    node: { type: "string", completes: "node", describe: "only on this node" },
    wait: { ...operatorOptions.wait, describe: "how long what runs may take to end; default 30s" },
    from: { ...operatorOptions.from, describe: "who cancels it; default the user's name" },
  },
  examples: [["steward cancel 01KAP7Q4T0000000000000000", "on every node that it was sent to"]],
  run: async (args) => {
    const [id, node] = [messageIdOf(args.id), nodeOf(args.node)];
    const [by, waitMs] = [senderOf(args.from), timerOf("wait", args.wait) ?? 30_000];
    await using broker = await openFromArguments(args);
    using interrupt = onInterrupt();
    const decided: Cancellation[] = [];
    const nodes = node === undefined ? undefined : [node];
    await cancel(broker, id, { by, nodes, waitMs, signal: interrupt.signal }, (one) => {
      decided.push(one);
      if (!args.json) print(cancellationLine(one));
    });
    if (args.json) printJson({ id, nodes: decided.map(cancellationJson) });
    return interrupt.signal.aborted ? exitCodes.interrupted : cancelExitCode(decided);
  },
});
