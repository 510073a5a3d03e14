import type { Broker } from "../../broker/connection/broker.ts";
import { StewardError } from "../../protocol/errors.ts";
import { assertNoSchedule, placesOf, unknownId, type Place } from "../../state/places.ts";
import { selects } from "../../state/selection.ts";
import { readStatuses, type MessageStatus } from "../../state/status.ts";
import { whereaboutsOf } from "../../state/whereabouts.ts";
import { messageIdOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { defineCommand } from "../define-command.ts";
import { selectionOf, selectionOptions } from "../filters.ts";
import { harmlessBytes } from "../harmless.ts";
import { print, tell, writeOutput } from "../print.ts";
import { fitted } from "../render/line.ts";
import { gaps, indentedOutput, outputBytes } from "../render/output.ts";
import { printOverview, printStatusJson } from "../render/status.ts";
import { timeline } from "../render/timeline.ts";
import { stdout } from "../stdio.ts";

export const statusCommand: Command = defineCommand({
  name: "status",
  group: "look",
  impact: "reads",
  describe: "show what became of a message, step by step, on every node it was sent to",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "id" }],
  options: {
    node: selectionOptions.node,
    output: { type: "boolean", describe: "print only what the last run on a node wrote, as it wrote it" },
  },
  examples: [
    [
      "steward status 01KAP7Q4T0000000000000000",
      "when it was sent, began, was tried again and ended, and what it wrote",
    ],
    ["steward status 01KAP7Q4T0000000000000000 --node ship1 --output > log.txt", "what it wrote on ship1"],
  ],
  run: async (args) => {
    const id = messageIdOf(args.id);
    const isMeant = selects(selectionOf({ node: args.node }));
    await using broker = await openFromArguments(args);
    const places = (await placesKnown(broker, id)).filter(({ address }) => isMeant(address));
    if (places.length === 0)
      throw new StewardError("notFound", `${id} was not sent to such a node; see \`steward status ${id}\``);
    if (args.output) await printOutput(broker, places);
    else if (args.json) await printStatusJson(id, readStatuses(broker, places));
    else if (places.length > mostInFull) await printOverview(id, readStatuses(broker, places));
    else await printInFull(broker, places);
    return 0;
  },
});

/** So many nodes are shown in full; of more, each has a line. */
const mostInFull = 10;

/** @throws StewardError notFound, with what the id may be otherwise */
async function placesKnown(broker: Broker, id: string): Promise<Place[]> {
  await assertNoSchedule(broker, id);
  const places = await placesOf(broker, id);
  if (places.length > 0) return places;
  if ((await placesOf(broker, `${id}-0`)).length > 0) {
    const way = `its blocks are ${id}-0, ${id}-1 and so on, see \`steward log --id '${id}-*'\``;
    throw new StewardError("notFound", `${id} is a text that was sent in blocks, not a single message; ${way}`);
  }
  throw unknownId(id);
}

/**
 * Each step on a line, and then what the last run wrote; it stands among Steward's own lines, so it is made harmless.
 */
async function printInFull(broker: Broker, places: readonly Place[]): Promise<void> {
  for await (const one of readStatuses(broker, places)) {
    for (const line of timeline(one, await whereaboutsOf(broker, one.address))) print(fitted(line));
    const last = lastAck(one);
    tellGaps(one);
    const wrote = (): Buffer =>
      harmlessBytes(Buffer.concat([outputBytes(last, "stdout"), outputBytes(last, "stderr")]));
    await writeOutput("stdout", places.length > 1 ? indentedOutput(last) : wrote());
  }
}

async function printOutput(broker: Broker, places: readonly Place[]): Promise<void> {
  if (places.length > 1) throw new StewardError("usage", `it went to ${places.length} nodes; name one with --node`);
  for await (const one of readStatuses(broker, places)) {
    const last = lastAck(one);
    await writeOutput("stdout", outputBytes(last, "stdout"));
    await writeOutput("stderr", outputBytes(last, "stderr"));
    tellGaps(one);
  }
}

function tellGaps(one: MessageStatus): void {
  for (const gap of gaps(lastAck(one))) {
    tell(`${one.address.node}: ${gap}`);
    stdout.isPartial = true;
  }
}

function lastAck({ history }: MessageStatus): MessageStatus["history"][number]["ack"] | undefined {
  return history.findLast(({ ack }) => ack.output !== undefined)?.ack;
}
