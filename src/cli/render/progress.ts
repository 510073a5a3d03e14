import type { Outcome } from "../../send/outcome.ts";
import type { Standing } from "../../state/standing.ts";
import { shortList } from "../../util/short-list.ts";

/** The most names of missing nodes that are shown. A node is missing if its message has not ended. */
const fewNames = 5;

/** The progress of a send that is not stored yet. The wait, with its own line, begins after that. */
export function storingLine(stored: number, all: number, elapsedMs: number, width: number = 80): string {
  return fitted(`${stored} of ${all} stored, ${secondsOf(elapsedMs)}`, width);
}

/**
 * The progress in one line of at most `width` columns. The line contains the numbers of done, failed, running and
 * queued messages, and the names of missing nodes.
 */
export function progressLine(outcomes: readonly Outcome[], elapsedMs: number, width: number = 80): string {
  const ended = outcomes.filter(({ standing }) => standing === "final");
  const open = outcomes.filter(({ standing }) => standing !== "final");
  const howMany = (wanted: Standing): number => open.filter(({ standing }) => standing === wanted).length;
  const counts = {
    failed: ended.filter(({ ack }) => ack?.state !== "succeeded").length,
    running: howMany("running"),
    retrying: howMany("retrying"),
    queued: howMany("queued"),
  };
  const parts = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  const missing = shortList([...new Set(open.map(({ address }) => address.node))], fewNames);
  const done = `${ended.length} of ${outcomes.length} done`;
  return fitted([done, ...parts, secondsOf(elapsedMs), `missing: ${missing}`].join(", "), width);
}

function secondsOf(ms: number): string {
  return `${Math.round(ms / 1000)}s`;
}

/** Cuts a line. One column stays free, because a terminal may break the line after the last column. */
function fitted(line: string, width: number): string {
  return line.length < width ? line : `${line.slice(0, Math.max(0, width - 2))}…`;
}
