import { isFinal } from "../../protocol/ack.ts";
import { shortList } from "../../protocol/short-list.ts";
import type { Outcome } from "../../send/outcome.ts";

/** How many of those that are missing are named. */
const fewNames = 5;

/** How far messages are, in one line of at most `width` columns: done, failed, running, queued, and who is missing. */
export function progressLine(outcomes: readonly Outcome[], elapsedMs: number, width: number = 80): string {
  const ended = outcomes.filter(({ ack }) => ack !== undefined && isFinal(ack));
  const open = outcomes.filter(({ ack }) => ack === undefined || !isFinal(ack));
  const running = open.filter(({ ack }) => ack !== undefined);
  const counts = {
    failed: ended.filter(({ ack }) => ack?.state !== "succeeded").length,
    running: running.length,
    queued: open.length - running.length,
  };
  const parts = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  const missing = shortList([...new Set(open.map(({ address }) => address.node))], fewNames);
  const seconds = `${Math.round(elapsedMs / 1000)}s`;
  const line = [`${ended.length} of ${outcomes.length} done`, ...parts, seconds, `missing: ${missing}`].join(", ");
  // One column is left free: in the last one a terminal may begin a new line.
  return line.length < width ? line : `${line.slice(0, Math.max(0, width - 2))}…`;
}
