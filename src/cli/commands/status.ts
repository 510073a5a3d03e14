import { StewardError } from "../../protocol/errors.ts";
import { isId } from "../../protocol/subjects.ts";
import { readStatus, type MessageStatus } from "../../state/status.ts";
import { flagOf, textOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { ackLine } from "../render/ack-line.ts";

export const statusCommand: Command = {
  name: "status",
  describe: "show what became of a message, on every node it was sent to",
  positionals: [{ name: "id", describe: "the message's id", required: true }],
  examples: [["steward status 01KAP7Q4T0000000000000000", "its ACKs so far, or that it is queued"]],
  run: status,
};

async function status(args: Arguments): Promise<number> {
  const id = textOf(args, "id") ?? "";
  if (!isId(id)) throw new StewardError("usage", `"${id}" is no message id`);
  await using broker = await openFromArguments(args);
  const statuses = await readStatus(broker, id);
  if (statuses.length === 0) {
    throw new StewardError("notFound", `nothing with the id ${id} is in the queue or in the log`);
  }
  if (flagOf(args, "json")) console.log(JSON.stringify({ id, nodes: statuses.map(toJson) }));
  else for (const one of statuses) print(one);
  return 0;
}

function toJson({ address, queued, acks }: MessageStatus): object {
  const { node, messageType, subject } = address;
  return { node, messageType, subject, queued, state: acks.at(-1)?.state ?? "queued", acks };
}

function print({ address, acks }: MessageStatus): void {
  if (acks.length === 0) console.log(`${address.node} ${address.messageType}.${address.subject} queued`);
  for (const ack of acks) console.log(ackLine(ack));
  const output = acks.at(-1)?.output;
  for (const stream of ["stdout", "stderr"] as const) {
    process.stdout.write(Buffer.from(output?.[stream] ?? "", output?.encoding ?? "utf8"));
  }
}
