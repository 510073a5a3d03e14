import type { Filter } from "../../client/filter.ts";
import { StewardError } from "../../protocol/errors.ts";
import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { filterOf, selectionOptions } from "../filters.ts";
import type { GlobalArguments } from "../global-options.ts";
import { print, printJson, printNote } from "../print.ts";
import { lengthsTable, queuedJson, queueTable } from "../render/queue.ts";

const { node, subject, type } = selectionOptions;

export const queueCommand: Command = defineCommand({
  name: "queue",
  group: "look",
  impact: "reads",
  describe: "list the messages that wait or run, oldest first",
  options: {
    node,
    subject,
    type,
    limit: { type: "number", alias: "n", describe: "at most this many; default 100" },
    summary: { type: "boolean", describe: "only the number of messages in each node's queue" },
  },
  examples: [
    ["steward queue --node 'ship*'", "the oldest 100 messages of these nodes"],
    ["steward queue --summary", "the length of each node's queue, longest first"],
  ],
  run: async (args) => {
    const [filter, limit] = [filterOf(args), args.limit];
    if (limit === 0) throw new StewardError("usage", "--limit must be 1 or more");
    return args.summary ? summarise(filter, limit, args) : list(filter, limit ?? 100, args);
  },
});

async function list(filter: Filter, limit: number, args: GlobalArguments): Promise<number> {
  await using steward = await connectFromArguments(args);
  const { messages, more, now } = await steward.queue({ ...filter, limit });
  if (args.json) {
    printJson({ messages: messages.map(queuedJson), more });
    return 0;
  }
  if (messages.length > 0) print(queueTable(messages, now));
  else printNote("no messages are queued or running");
  if (more !== 0) {
    printNote(`${more === undefined ? "there may be more" : `${more} more`}: raise --limit, or count with --summary`);
  }
  return 0;
}

async function summarise(filter: Filter, limit: number = Infinity, args: GlobalArguments): Promise<number> {
  if ([filter.subject ?? []].flat().some((name) => name.includes("*"))) {
    throw new StewardError(
      "usage",
      "with --summary, --subject must be a whole name without *, because the broker counts the messages",
    );
  }
  await using steward = await connectFromArguments(args);
  const { lengths, now } = await steward.queueLengths(filter);
  const total = lengths.reduce((sum, { queued }) => sum + queued, 0);
  if (args.json) {
    const nodes = lengths.map((one) => ({ ...one, oldest: new Date(one.oldest).toISOString() }));
    printJson({ nodes: nodes.slice(0, limit), total });
    return 0;
  }
  if (lengths.length > 0) print(lengthsTable(lengths.slice(0, limit), now));
  printNote(
    total === 0
      ? "no messages are queued or running"
      : `${total} on ${lengths.length} ${lengths.length === 1 ? "node" : "nodes"}`,
  );
  return 0;
}
