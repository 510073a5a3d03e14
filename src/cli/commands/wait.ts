import { messageIdOf, nodeOf, timerOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { onInterrupt } from "../interrupt.ts";
import { progressOn } from "../progress.ts";
import { followed, showOutcomes } from "../send-and-show.ts";
import { waitingOptions } from "../waiting-options.ts";

const { follow, quiet } = waitingOptions;

export const waitCommand: Command = defineCommand({
  name: "wait",
  group: "send and wait",
  impact: "reads",
  endsAsMessages: true,
  describe: "wait for the outcome of an earlier message",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "id" }],
  options: {
    node: { type: "string", completes: "node", describe: "only on this node" },
    wait: { type: "string", value: "duration", describe: "how long to wait; default until it has ended on all nodes" },
    follow,
    quiet,
  },
  examples: [
    ["steward wait 01KAP7Q4T0000000000000000", "wait until it has ended on all nodes"],
    ["steward wait 01KAP7Q4T0000000000000000 --follow", "show the output so far and from now on"],
    ["steward wait 01KAP7Q4T0000000000000000 --wait 0s", "the state now, with the exit code of a send"],
  ],
  run: async (args) => {
    const [id, node] = [messageIdOf(args.id), nodeOf(args.node)];
    const waitMs = timerOf("wait", args.wait);
    await using steward = await connectFromArguments(args);
    using interrupt = onInterrupt();
    const sent = await steward.attach(id, { node });
    const wait = waitMs === undefined ? "forever" : (`${waitMs}ms` as const);
    const { onWaiting } = progressOn(sent.addresses.length, args);
    const { standings } = await followed(sent.addresses, args, (onEvent) =>
      sent.done({ wait, enough: interrupt.signal, onWaiting, onEvent }),
    );
    return await showOutcomes(standings, args, { interrupted: interrupt.signal.aborted });
  },
});
