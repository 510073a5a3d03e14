import type { Broker } from "../../broker/connection/broker.ts";
import { watch } from "../../state/watch.ts";
import type { Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { defineCommand } from "../define-command.ts";
import { selectionOf, selectionOptions } from "../filters.ts";
import { onLeave } from "../interrupt.ts";
import { printLines } from "../print-lines.ts";
import { tell } from "../print.ts";
import { happeningJson, happeningLine } from "../render/happenings.ts";

export const watchCommand: Command = defineCommand({
  name: "watch",
  group: "look",
  impact: "reads",
  describe: "show messages and ACKs as they happen, until interrupted",
  options: selectionOptions,
  examples: [
    ["steward watch --node ship1", "what goes to ship1 and comes back from it"],
    ["steward watch --id 'nightly_*' --json", "the firings of the schedule nightly, a JSON line for each step"],
  ],
  run: async (args) => {
    const selection = selectionOf(args);
    await using broker = await openFromArguments(args);
    using leave = onLeave();
    tellOfLosses(broker);
    const happenings = await watch(broker, selection, leave.signal);
    tell("watching, until Ctrl-C; `published` is what was sent, also if the broker refused to store it");
    await printLines(happenings, args.json ? happeningJson : happeningLine);
    if (happenings.dropped > 0) tell(`${happenings.dropped} were left out: they came faster than they were read`);
    return 0;
  },
});

function tellOfLosses(broker: Broker): void {
  broker.onConnection({
    lost: () => tell("steward: the connection is lost; what happens now only `steward log` will show"),
    // Only once the broker has the subscriptions again.
    back: () => void broker.flush().then(() => tell("steward: the connection is back"), ignored),
  });
}

function ignored(): void {}
