import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { filterOf, momentOf, selectionOptions } from "../filters.ts";
import { onInterrupt, onLeave } from "../interrupt.ts";
import { printLines } from "../print-lines.ts";
import { printNote } from "../print.ts";
import { errorJson, errorLine } from "../render/errors.ts";

const { node, subject, type } = selectionOptions;

export const errorsCommand: Command = defineCommand({
  name: "errors",
  group: "look",
  impact: "reads",
  describe: "show failures, newest last, and the quarantined lanes",
  options: {
    node,
    subject,
    type,
    since: {
      type: "string",
      value: "time",
      describe: "all failures since then, such as 2h or 2026-01-31T12:00:00Z",
    },
    limit: { type: "number", alias: "n", describe: "only the last N; default 20, or all with --since" },
    follow: { type: "boolean", alias: "f", describe: "continue with new entries until interrupted" },
  },
  examples: [
    ["steward errors", "the last 20, each with the next command to type"],
    ["steward errors --node 'ship*' --since 1d", "all failures of these nodes in the last day"],
  ],
  run: async (args) => {
    const since = momentOf("since", args.since);
    const last = args.limit ?? (since === undefined ? 20 : undefined);
    const filter = { ...filterOf(args), since, last };
    const follow = args.follow === true;
    await using steward = await connectFromArguments(args);
    using interrupt = follow ? onLeave() : onInterrupt();
    const { signal } = interrupt;
    const failures = steward.errors({ ...filter, follow, signal });
    const isAny = await printLines(failures, args.json ? errorJson : errorLine, signal);
    if (!isAny && !signal.aborted && args.json !== true) printNote("no failures and no quarantined lanes");
    return signal.aborted && !follow ? exitCodes.interrupted : exitCodes.succeeded;
  },
});
