import { followTroubles, readTroubles } from "../../state/troubles.ts";
import { flagOf, wholeNumberOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { exitCodes } from "../exit-codes.ts";
import { momentOf, selectionOf, selectionOptions } from "../filters.ts";
import { onInterrupt, onLeave } from "../interrupt.ts";
import { printLines } from "../print-lines.ts";
import { troubleJson, troubleLine } from "../render/troubles.ts";

const { node, subject, type } = selectionOptions;

export const errorsCommand: Command = {
  name: "errors",
  group: "look",
  describe: "show what went wrong, newest last, and the lanes that are quarantined now",
  options: {
    node,
    subject,
    type,
    since: {
      type: "string",
      value: "time",
      describe: "all that is not older than this, such as 2h or 2026-01-31T12:00:00Z",
    },
    limit: { type: "number", alias: "n", describe: "only the last so many; default 20, without --since" },
    follow: { type: "boolean", alias: "f", describe: "go on with what happens, until interrupted" },
  },
  examples: [
    ["steward errors", "the last 20, each with what to look at next"],
    ["steward errors --node 'ship*' --since 1d", "all that went wrong on these nodes since yesterday"],
  ],
  reads: true,
  run: errors,
};

async function errors(args: Arguments): Promise<number> {
  const since = momentOf(args, "since");
  const last = wholeNumberOf(args, "limit") ?? (since === undefined ? 20 : undefined);
  const options = { ...selectionOf(args), since, last };
  const follow = flagOf(args, "follow");
  await using broker = await openFromArguments(args);
  using interrupt = follow ? onLeave() : onInterrupt();
  const { signal } = interrupt;
  const read = follow ? followTroubles : readTroubles;
  await printLines(read(broker, { ...options, signal }), flagOf(args, "json") ? troubleJson : troubleLine);
  return signal.aborted && !follow ? exitCodes.interrupted : exitCodes.succeeded;
}
