import type { ValuesOf } from "../../config/options.ts";
import { StewardError } from "../../protocol/errors.ts";
import type { AckEvent, LogFilter } from "../../client/log.ts";
import type { Command, Options } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { filterOf, momentOf, selectionOptions, stateOption, statesOf } from "../filters.ts";
import { onInterrupt, onLeave } from "../interrupt.ts";
import { asLines, jsonLine, printNote } from "../print.ts";
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
  from: { type: "string", describe: "only messages of this sender (final ACKs only)" },
  since: {
    type: "string",
    value: "time",
    describe: "only entries since then, such as 2h or 2026-01-31T12:00:00Z",
  },
  until: { type: "string", value: "time", describe: "only entries before then" },
  limit: { type: "number", alias: "n", describe: "only this many, the last ones" },
  follow: { type: "boolean", alias: "f", describe: "continue with new entries until interrupted" },
  output: { type: "boolean", describe: "also show the output" },
};

export const logCommand: Command = defineCommand({
  name: "log",
  group: "look",
  impact: "reads",
  describe: "show the history: one line for each ACK, oldest first",
  options,
  examples: [
    ["steward log --node ship1 --state failed --since 1d", "failures on ship1 in the last day"],
    ["steward log --node 'ship*' --limit 20 --follow", "the last 20 entries of these nodes, and new ones"],
    ["steward log --id 'nightly_*' --state ended", "the outcome of each firing of the schedule nightly"],
  ],
  run: async (args) => {
    const wanted = wantedBy(args);
    const textOfEntry = args.json ? jsonOf : textLines(args.output === true);
    // In this command, `--from` selects the sender of the shown messages. `--from` is not the name of the user.
    await using steward = await connectFromArguments({ ...args, from: undefined });
    using interrupt = wanted.follow === true ? onLeave() : onInterrupt();
    const { signal } = interrupt;
    const isAny = await printLines(steward.log({ ...wanted, signal }), textOfEntry, signal);
    if (!isAny && !signal.aborted && args.json !== true) printNote("no matching entries in the log");
    // With --follow, Ctrl-C is the normal end.
    return signal.aborted && wanted.follow !== true ? exitCodes.interrupted : exitCodes.succeeded;
  },
});

function wantedBy(args: ValuesOf<typeof options>): LogFilter {
  const [until, follow] = [momentOf("until", args.until), args.follow === true];
  if (follow && until !== undefined) throw new StewardError("usage", "--follow has no end; leave out --until");
  return {
    ...filterOf(args),
    states: statesOf(args.state),
    from: args.from,
    since: momentOf("since", args.since),
    until,
    last: args.limit,
    follow,
  };
}

function jsonOf({ at, ack }: AckEvent): string {
  return jsonLine({ storedAt: at.toISOString(), ...ack });
}

function textLines(withOutput: boolean): (event: AckEvent) => string | Buffer {
  return ({ at, ack }) => {
    const line = fitted(ackLine({ storedAt: at.toISOString(), ack }));
    if (!withOutput) return line;
    for (const gap of gaps(ack)) {
      printNote(`${ack.node} ${ack.id}: ${gap}`);
      stdout.isPartial = true;
    }
    return Buffer.concat([Buffer.from(asLines(line)), indentedOutput(ack)]);
  };
}
