import type { Message } from "../../protocol/message.ts";
import { typeAndSubject } from "../../protocol/subjects.ts";
import { count, emptySummary, type Summary } from "../../send/outcome.ts";
import { stateOf, type MessageStatus } from "../../state/status.ts";
import { jsonLine, print, printPart, printNote } from "../print.ts";
import { fitted } from "./line.ts";
import { countsOf } from "./outcomes.ts";
import { sentText, standingLine } from "./timeline.ts";

/**
 * Prints the status of a message on many nodes. A summary comes first. After the summary, each node has one line,
 * failures first.
 */
export async function printOverview(id: string, statuses: AsyncIterable<MessageStatus>): Promise<void> {
  const summary = emptySummary();
  const standings: Pick<MessageStatus, "standing">[] = [];
  const lines: { readonly rank: number; readonly line: string }[] = [];
  let sent: string | undefined;
  for await (const status of statuses) {
    countIn(summary, status);
    standings.push({ standing: status.standing });
    lines.push({ rank: rankOf(status), line: standingLine(status) });
    const { message, address } = status;
    sent ??= message && `${typeAndSubject(address)}, ${sentText(message, status)} at ${message.createdAt}`;
  }
  print(`${id}: ${lines.length} nodes: ${countsOf(summary, standings)}`);
  if (sent !== undefined) print(fitted(`${id}: ${sent}`));
  for (const { line } of lines.toSorted((a, b) => a.rank - b.rank)) print(fitted(line));
  printNote(`see \`steward status ${id} --node NAME\` for all details of one node`);
}

/** Prints one JSON document, node by node, so that the outputs of all nodes are never in memory together. */
export async function printStatusJson(id: string, statuses: AsyncIterable<MessageStatus>): Promise<void> {
  const summary = emptySummary();
  let before = `{"id":${jsonLine(id)},"nodes":[`;
  for await (const status of statuses) {
    countIn(summary, status);
    await printPart(before + jsonLine(toJson(status)));
    before = ",";
  }
  print(`],"summary":${jsonLine(summary)}}`);
}

function countIn(summary: Summary, { history, standing }: MessageStatus): void {
  count(summary, { ack: history.at(-1)?.ack, standing });
}

/** The rank of a status in the list. Failures come first, open messages second, and all others last. */
function rankOf(status: MessageStatus): number {
  if (status.standing === "queued") return 2;
  if (status.standing === "running" || status.standing === "retrying") return 1;
  return stateOf(status) === "succeeded" ? 3 : 0;
}

function toJson(status: MessageStatus): object {
  const { address, queued, message, storedAt, history } = status;
  const { node, messageType, subject } = address;
  const acks = history.map((entry) => ({ storedAt: entry.storedAt, ...entry.ack }));
  return { node, messageType, subject, queued, state: stateOf(status), sent: sentJson(message), storedAt, acks };
}

/** Returns the fields that say how the message was sent. The data of the message is in the final ACK. */
function sentJson(message: Message | undefined): object | undefined {
  if (message === undefined) return undefined;
  const { node: _node, messageType: _type, subject: _subject, data: _data, ...sent } = message;
  return sent;
}
