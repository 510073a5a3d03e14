import { formatDuration } from "../../protocol/duration.ts";
import type { Ack } from "../../protocol/ack.ts";
import { laneName } from "../../protocol/subjects.ts";

/** One ACK as one line: when, where, what, and why when it failed. */
export function ackLine(ack: Ack): string {
  const { node, id, state, attempt, error, durationMs, finishedAt, startedAt } = ack;
  const parts = [finishedAt ?? startedAt ?? "-", node, laneName(ack), id, state];
  if (attempt > 1) parts.push(`attempt ${attempt}`);
  if (durationMs !== undefined) parts.push(formatDuration(durationMs));
  if (error !== undefined) parts.push(`(${error.code}) ${error.message}`);
  return parts.join(" ");
}
