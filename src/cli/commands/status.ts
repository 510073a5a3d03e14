import { StewardError } from "../../protocol/errors.ts";
import { isId, laneName } from "../../protocol/subjects.ts";
import { assertNoSchedule } from "../../send/addresses.ts";
import { readStatus, type MessageStatus } from "../../state/status.ts";
import { flagOf, textOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { ackLine } from "../render/ack-line.ts";
import { indentedOutput, outputBytes } from "../render/output.ts";

export const statusCommand: Command = {
  name: "status",
  group: "look",
  describe: "show what became of a message, on every node it was sent to",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "id" }],
  examples: [["steward status 01KAP7Q4T0000000000000000", "its ACKs so far, or that it is queued"]],
  run: status,
};

async function status(args: Arguments): Promise<number> {
  const id = textOf(args, "id") ?? "";
  if (!isId(id)) throw new StewardError("usage", `"${id}" is no message id`);
  await using broker = await openFromArguments(args);
  const statuses = await readStatus(broker, id);
  if (statuses.length === 0) {
    await assertNoSchedule(broker, id);
    throw new StewardError("notFound", `nothing with the id ${id} is in the queue or in the log`);
  }
  if (flagOf(args, "json")) console.log(JSON.stringify({ id, nodes: statuses.map(toJson) }));
  else for (const one of statuses) print(one, statuses.length === 1);
  return 0;
}

function toJson({ address, queued, expired, history }: MessageStatus): object {
  const { node, messageType, subject } = address;
  const acks = history.map(({ storedAt, ack }) => ({ storedAt, ...ack }));
  return { node, messageType, subject, queued, state: acks.at(-1)?.state ?? (expired ? "expired" : "queued"), acks };
}

/** Each ACK on a line, and then what the last run wrote: as it is when there is but one node. */
function print({ address, expired, history }: MessageStatus, isOnly: boolean): void {
  const last = history.at(-1)?.ack;
  if (last === undefined) {
    const standing = expired ? "expired in the queue; the node records it when it is back" : "queued";
    console.log(`${address.node} ${laneName(address)} ${standing}`);
  }
  for (const entry of history) console.log(ackLine(entry));
  if (isOnly) process.stdout.write(Buffer.concat([outputBytes(last, "stdout"), outputBytes(last, "stderr")]));
  else process.stdout.write(indentedOutput(last));
}
