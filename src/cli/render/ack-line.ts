import type { Ack } from "../../protocol/ack.ts";
import { typeAndSubject } from "../../protocol/subjects.ts";
import type { HistoryEntry } from "../../state/history.ts";
import { formatDuration } from "../../util/duration.ts";
import { oneLine } from "./line.ts";

/** An ACK as one line: time, place, state, and the error of a failed run. */
export function ackLine({ storedAt, ack }: HistoryEntry): string {
  return `${storedAt} ${ack.node} ${typeAndSubject(ack)} ${ack.id} ${ackText(ack)}`;
}

/** The state in an ACK, as text. */
export function ackText({ state, attempt, error, durationMs }: Ack): string {
  const parts: string[] = [state];
  if (attempt > 1) parts.push(`attempt ${attempt}`);
  if (durationMs !== undefined) parts.push(formatDuration(durationMs));
  if (error !== undefined) parts.push(`(${error.code}) ${error.message}`);
  return oneLine(parts.join(" "));
}
