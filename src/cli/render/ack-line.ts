import { formatDuration } from "../../protocol/duration.ts";
import { laneName } from "../../protocol/subjects.ts";
import type { HistoryEntry } from "../../state/history.ts";

/** One ACK as one line: when, where, what, and why when it failed. */
export function ackLine({ storedAt, ack }: HistoryEntry): string {
  const { node, id, state, attempt, error, durationMs } = ack;
  const parts = [storedAt, node, laneName(ack), id, state];
  if (attempt > 1) parts.push(`attempt ${attempt}`);
  if (durationMs !== undefined) parts.push(formatDuration(durationMs));
  if (error !== undefined) parts.push(`(${error.code}) ${error.message}`);
  return parts.join(" ").replaceAll(/\s*\n\s*/g, "; ");
}
