import type { ValuesOf } from "../config/options.ts";
import type { Outcome } from "../send/outcome.ts";
import { drawProgress } from "./print.ts";
import { progressLine, storingLine } from "./render/progress.ts";
import { stderr } from "./stdio.ts";
import type { waitingOptions } from "./waiting-options.ts";

/** Progress is shown only after this time, in milliseconds, so that quick results show no progress. */
const patienceMs = 400;
const refreshMs = 200;

interface Progress {
  readonly onStoring: (stored: () => number) => () => void;
  readonly onWaiting: (standing: () => readonly Outcome[]) => () => void;
}

/**
 * Shows the progress of messages on the terminal, in one line that is updated. The line is written only to stderr, and
 * is removed at the end. Shows nothing if the user would not see the line or does not want it.
 */
export function progressOn(all: number, { quiet, follow }: ValuesOf<typeof waitingOptions>): Partial<Progress> {
  if (!stderr.isTerminal || process.env["TERM"] === "dumb" || quiet || follow) return {};
  return {
    onStoring: (stored) => drawing((elapsed, width) => storingLine(stored(), all, elapsed, width)),
    onWaiting: (standing) => drawing((elapsed, width) => progressLine(standing(), elapsed, width)),
  };
}

/** Draws a line again and again, until the returned function is called. */
function drawing(line: (elapsedMs: number, width: number) => string): () => void {
  const begun = performance.now();
  let shown = false;
  const draw = (): void => {
    const elapsed = performance.now() - begun;
    if (elapsed < patienceMs) return;
    shown = true;
    drawProgress(line(elapsed, stderr.terminal.columns || 80));
  };
  const timer = setInterval(draw, refreshMs);
  return () => {
    clearInterval(timer);
    if (shown) drawProgress("");
  };
}
