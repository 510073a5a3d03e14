import type { Client } from "../../client/client.ts";
import { StewardError } from "../../protocol/errors.ts";
import type { Place } from "../../state/places.ts";
import { selects } from "../../state/selection.ts";
import type { MessageStatus } from "../../state/status.ts";
import { messageIdOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { filterOf, selectionOptions } from "../filters.ts";
import { harmlessBytes } from "../harmless.ts";
import { print, printNote, writeOutput } from "../print.ts";
import { fitted } from "../render/line.ts";
import { gaps, indentedOutput, outputBytes } from "../render/output.ts";
import { printOverview, printStatusJson } from "../render/status.ts";
import { timeline } from "../render/timeline.ts";
import { stdout } from "../stdio.ts";

export const statusCommand: Command = defineCommand({
  name: "status",
  group: "look",
  impact: "reads",
  describe: "show the state and the output of a message, step by step, on all its nodes",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "id" }],
  options: {
    node: selectionOptions.node,
    output: { type: "boolean", describe: "print only the output of the last run, byte for byte" },
  },
  examples: [
    ["steward status 01KAP7Q4T0000000000000000", "when it was sent, started, was retried and ended, and its output"],
    ["steward status 01KAP7Q4T0000000000000000 --node ship1 --output > log.txt", "save its output on ship1"],
  ],
  run: async (args) => {
    const id = messageIdOf(args.id);
    const isMeant = selects({ nodes: filterOf({ node: args.node }).nodes });
    await using steward = await connectFromArguments(args);
    const places = (await steward.places(id)).filter(({ address }) => isMeant(address));
    if (places.length === 0)
      throw new StewardError("notFound", `${id} was not sent to this node; see \`steward status ${id}\``);
    if (args.output) await printOutput(steward, places);
    else if (args.json) await printStatusJson(id, steward.trace(places));
    else if (places.length > mostInFull) await printOverview(id, steward.trace(places));
    else await printInFull(steward, places);
    return 0;
  },
});

/** The most nodes that are shown with all details. If there are more nodes, each node has one line. */
const mostInFull = 10;

/**
 * Prints each step on a line, and after the steps the output of the last run. The output is made harmless, because it
 * is printed among Steward's own lines.
 */
async function printInFull(steward: Client, places: readonly Place[]): Promise<void> {
  for await (const one of steward.trace(places)) {
    for (const line of timeline(one, await steward.whereabouts(one.address))) print(fitted(line));
    const last = lastAck(one);
    reportGaps(one);
    const wrote = (): Buffer =>
      harmlessBytes(Buffer.concat([outputBytes(last, "stdout"), outputBytes(last, "stderr")]));
    await writeOutput("stdout", places.length > 1 ? indentedOutput(last) : wrote());
  }
}

async function printOutput(steward: Client, places: readonly Place[]): Promise<void> {
  if (places.length > 1) throw new StewardError("usage", `it was sent to ${places.length} nodes; name one with --node`);
  for await (const one of steward.trace(places)) {
    const last = lastAck(one);
    await writeOutput("stdout", outputBytes(last, "stdout"));
    await writeOutput("stderr", outputBytes(last, "stderr"));
    reportGaps(one);
  }
}

function reportGaps(one: MessageStatus): void {
  for (const gap of gaps(lastAck(one))) {
    printNote(`${one.address.node}: ${gap}`);
    stdout.isPartial = true;
  }
}

function lastAck({ history }: MessageStatus): MessageStatus["history"][number]["ack"] | undefined {
  return history.findLast(({ ack }) => ack.output !== undefined)?.ack;
}
