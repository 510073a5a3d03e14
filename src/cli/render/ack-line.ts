import type { Ack } from "../../protocol/ack.ts";
import { typeAndSubject } from "../../protocol/subjects.ts";
import type { HistoryEntry } from "../../state/history.ts";
import { formatDuration } from "../../util/duration.ts";
import { oneLine } from "./line.ts";

/** One ACK as one line: when, where, what, and why when it failed. */
export function ackLine({ storedAt, ack }: HistoryEntry): string {
  return `${storedAt} ${ack.node} ${typeAndSubject(ack)} ${ack.id} ${ackText(ack)}`;
}

/** What an ACK says of its message. */
export function ackText({ state, attempt, error, durationMs }: Ack): string {
  const parts: string[] = [state];
  if (attempt > 1) parts.push(`attempt ${attempt}`);
  if (durationMs !== undefined) parts.push(formatDuration(durationMs));
  if (error !== undefined) parts.push(`(${error.code}) ${error.message}`);
  return oneLine(parts.join(" "));
}
