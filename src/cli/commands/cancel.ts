import { operatorOptions } from "../../config/options.ts";
import { messageIdOf, nodeOf, timerOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { onInterrupt } from "../interrupt.ts";
import { print, printJson } from "../print.ts";
import { cancelExitCode, cancellationJson, cancellationLine } from "../render/cancellations.ts";

export const cancelCommand: Command = defineCommand({
  name: "cancel",
  group: "act",
  impact: "writes",
  describe: "cancel a message, queued or running",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "open id" }],
  options: {
    node: { type: "string", completes: "node", describe: "only on this node" },
    wait: { ...operatorOptions.wait, describe: "how long to wait for a running message to end; default 30s" },
    from: { ...operatorOptions.from, describe: "name of the person who cancels it; default the user's" },
  },
  examples: [["steward cancel 01KAP7Q4T0000000000000000", "on all its nodes"]],
  run: async (args) => {
    const [id, node] = [messageIdOf(args.id), nodeOf(args.node)];
    const waitMs = timerOf("wait", args.wait) ?? 30_000;
    await using steward = await connectFromArguments(args);
    using interrupt = onInterrupt();
    const sent = await steward.attach(id, { node });
    const { cancellations } = await sent.cancel({
      wait: `${waitMs}ms`,
      enough: interrupt.signal,
      onDecided: (one) => {
        if (!args.json) print(cancellationLine(one));
      },
    });
    if (args.json) printJson({ id, nodes: cancellations.map(cancellationJson) });
    return interrupt.signal.aborted ? exitCodes.interrupted : cancelExitCode(cancellations);
  },
});
