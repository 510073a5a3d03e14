import { Waiting } from "../../send/waiting.ts";
import { addressesOf } from "../../state/places.ts";
import { longestTimer } from "../../util/duration.ts";
import { messageIdOf, nodeOf, timerOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
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
    const waitMs = timerOf("wait", args.wait) ?? longestTimer;
    await using broker = await openFromArguments(args);
    using interrupt = onInterrupt();
    const { signal } = interrupt;
    const addresses = await addressesOf(broker, id, node);
    const outcomes = await followed(broker, addresses, args, async (live) => {
      const options = { known: true, signal, onWaiting: progressOn(args), live };
      using waiting = new Waiting(broker, addresses, options);
      waiting.listen();
      return await waiting.settled(waitMs);
    });
    return await showOutcomes(outcomes, args, { interrupted: signal.aborted });
  },
});
