import type { ValuesOf } from "../../config/options.ts";
import { StewardError } from "../../protocol/errors.ts";
import { readHistory, type HistoryEntry, type HistoryOptions } from "../../state/history.ts";
import type { Command, Options } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { momentOf, selectionOf, selectionOptions, stateOption, statesOf } from "../filters.ts";
import { onInterrupt, onLeave } from "../interrupt.ts";
import { asLines, jsonLine, tell } from "../print.ts";
import { printLines } from "../print-lines.ts";
import { ackLine } from "../render/ack-line.ts";
import { fitted } from "../render/line.ts";
import { gaps, indentedOutput } from "../render/output.ts";
import { stdout } from "../stdio.ts";

const options: Options<{
  state: "strings";
  from: "string";
  since: "string";
  until: "string";
  limit: "number";
  follow: "boolean";
  output: "boolean";
}> &
  typeof selectionOptions = {
  ...selectionOptions,
  state: stateOption,
  from: { type: "string", describe: "only what this sender sent, as final ACKs tell it" },
  since: {
    type: "string",
    value: "time",
    describe: "only what is not older than this, such as 2h or 2026-01-31T12:00:00Z",
  },
  until: { type: "string", value: "time", describe: "only what is older than this" },
  limit: { type: "number", alias: "n", describe: "only the last so many" },
  follow: { type: "boolean", alias: "f", describe: "go on with what happens, until interrupted" },
  output: { type: "boolean", describe: "show what was written, too" },
};

export const logCommand: Command = defineCommand({
  name: "log",
  group: "look",
  impact: "reads",
  describe: "show the history of ACKs, oldest first; one line or JSON line each",
  options,
  examples: [
    ["steward log --node ship1 --state failed --since 1d", "what failed on ship1 since yesterday"],
    ["steward log --node 'ship*' --limit 20 --follow", "the last 20 on these nodes, and what comes"],
    ["steward log --id 'nightly_*' --state ended", "how each firing of the schedule nightly ended"],
  ],
  run: async (args) => {
    const wanted = wantedBy(args);
    const textOfEntry = args.json ? jsonOf : textLines(args.output === true);
    await using broker = await openFromArguments(args);
    using interrupt = wanted.follow === true ? onLeave() : onInterrupt();
    const { signal } = interrupt;
    await printLines(readHistory(broker, { ...wanted, signal }), textOfEntry);
    // Whoever follows ends it so.
    return signal.aborted && wanted.follow !== true ? exitCodes.interrupted : exitCodes.succeeded;
  },
});

function wantedBy(args: ValuesOf<typeof options>): HistoryOptions {
  const [until, follow] = [momentOf("until", args.until), args.follow === true];
  if (follow && until !== undefined) throw new StewardError("usage", "--follow has no end, so leave out --until");
  return {
    ...selectionOf(args),
    states: statesOf(args.state),
    from: args.from,
    since: momentOf("since", args.since),
    until,
    last: args.limit,
    follow,
  };
}

function jsonOf({ storedAt, ack }: HistoryEntry): string {
  return jsonLine({ storedAt, ...ack });
}

function textLines(withOutput: boolean): (entry: HistoryEntry) => string | Buffer {
  return (entry) => {
    const line = fitted(ackLine(entry));
    if (!withOutput) return line;
    for (const gap of gaps(entry.ack)) {
      tell(`${entry.ack.node} ${entry.ack.id}: ${gap}`);
      stdout.isPartial = true;
    }
    return Buffer.concat([Buffer.from(asLines(line)), indentedOutput(entry.ack)]);
  };
}
