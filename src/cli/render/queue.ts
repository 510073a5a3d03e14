import { typeAndSubject } from "../../protocol/subjects.ts";
import type { QueueLength } from "../../state/queue-lengths.ts";
import type { QueuedMessage } from "../../state/queue.ts";
import { fitted, oneLine, shortened } from "./line.ts";
import { ago, inOneUnit, table } from "./table.ts";

/** Messages in the queue as a table. */
export function queueTable(messages: readonly QueuedMessage[], now: number): string[] {
  const head = ["STORED", "NODE", "LANE", "ID", "STATE", "FROM", "EXPIRES", "DATA"];
  return fittedTable(
    head,
    messages.map((message) => row(message, now)),
  );
}

function row({ address, storedAt, state, hold, message, expiresAt, ack }: QueuedMessage, now: number): string[] {
  const attempt = ack !== undefined && ack.attempt > 1 ? ` attempt ${ack.attempt}` : "";
  const held = hold === undefined || state !== "waiting" ? "" : ` (${hold.state})`;
  const data = message?.data.map((item) => shortened(item, mostData)).join(" ") ?? "(no message)";
  return [
    ago(storedAt, now),
    address.node,
    typeAndSubject(address),
    address.id,
    `${state}${attempt}${held}`,
    message?.from ?? "-",
    expiresAt === undefined || state !== "waiting" ? "-" : `in ${inOneUnit(expiresAt - now)}`,
    shortened(oneLine(data), mostData) || "-",
  ];
}

const mostData = 60;

/** The number of messages in the queue of each node, as a table. */
export function lengthsTable(lengths: readonly QueueLength[], now: number): string[] {
  const rows = lengths.map(({ node, queued, oldest }) => [node, String(queued), ago(oldest, now)]);
  return fittedTable(["NODE", "QUEUED", "OLDEST"], rows);
}

/** The latest time that RFC 3339 can express. A message with a later expiry never expires. */
const lastMoment = Date.parse("9999-12-31T23:59:59.999Z");

/** The `--json` output for a message in the queue. */
export function queuedJson({ address, storedAt, expiresAt, ack, ...rest }: QueuedMessage): object {
  return {
    ...address,
    storedAt: new Date(storedAt).toISOString(),
    expiresAt: expiresAt === undefined || expiresAt > lastMoment ? undefined : new Date(expiresAt).toISOString(),
    attempt: ack?.attempt,
    startedAt: ack?.startedAt,
    ...rest,
  };
}

function fittedTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return table(head, rows).map((line) => fitted(line));
}
