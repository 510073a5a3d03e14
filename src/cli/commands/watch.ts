import type { Client } from "../../client/client.ts";
import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { filterOf, selectionOptions } from "../filters.ts";
import { onLeave } from "../interrupt.ts";
import { printLines } from "../print-lines.ts";
import { printNote } from "../print.ts";
import { happeningJson, happeningLine } from "../render/happenings.ts";

export const watchCommand: Command = defineCommand({
  name: "watch",
  group: "look",
  impact: "reads",
  describe: "show messages and ACKs as they happen, until interrupted",
  options: selectionOptions,
  examples: [
    ["steward watch --node ship1", "messages to ship1, and its ACKs"],
    ["steward watch --id 'nightly_*' --json", "the firings of the schedule nightly, one JSON document for each step"],
  ],
  run: async (args) => {
    const filter = filterOf(args);
    await using steward = await connectFromArguments(args);
    using leave = onLeave();
    const { signal } = leave;
    reportConnection(steward);
    const happenings = await steward.watch({ ...filter, signal });
    printNote("watching until Ctrl-C; `published` does not mean stored");
    await printLines(happenings, args.json ? happeningJson : happeningLine, signal);
    if (happenings.dropped > 0)
      printNote(`${happenings.dropped} were left out, because they came faster than they were read`);
    return 0;
  },
});

function reportConnection(steward: Client): void {
  steward.onConnection({
    lost: () => printNote("steward: connection lost; until it is back, only `steward log` has what happens"),
    back: () => printNote("steward: connected again"),
  });
}
