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
  describe: "wait for a message that was sent before, and print what became of it",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "id" }],
  options: {
    node: { type: "string", completes: "node", describe: "only on this node" },
    wait: { type: "string", value: "duration", describe: "how long at most; default until it has ended everywhere" },
    follow,
    quiet,
  },
  examples: [
    ["steward wait 01KAP7Q4T0000000000000000", "as if `steward send` had gone on waiting"],
    ["steward wait 01KAP7Q4T0000000000000000 --follow", "with what it has printed so far, and prints from now on"],
    ["steward wait 01KAP7Q4T0000000000000000 --wait 0s", "how it stands now, with the exit code of a send"],
  ],
  run: async (args) => {
    const [id, node] = [messageIdOf(args.id), nodeOf(args.node)];
    const waitMs = timerOf("wait", args.wait);
    await using steward = await connectFromArguments(args);
    using interrupt = onInterrupt();
    const sent = await steward.attach(id, { node });
    const wait = waitMs === undefined ? "forever" : (`${waitMs}ms` as const);
    const { standings } = await followed(sent.addresses, args, (onEvent) =>
      sent.done({ wait, enough: interrupt.signal, onWaiting: progressOn(args), onEvent }),
    );
    return await showOutcomes(standings, args, { interrupted: interrupt.signal.aborted });
  },
});
