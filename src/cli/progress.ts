import type { ValuesOf } from "../config/options.ts";
import type { Outcome } from "../send/outcome.ts";
import { drawProgress } from "./print.ts";
import { progressLine } from "./render/progress.ts";
import { stderr } from "./stdio.ts";
import type { waitingOptions } from "./waiting-options.ts";

/** Progress is shown only after this time, in milliseconds, so that quick results show no progress. */
const patienceMs = 400;
const refreshMs = 200;

/**
 * Shows the progress of messages on the terminal, in one line that is updated. The line is written only to stderr, and
 * is removed at the end. Undefined if the user would not see the line or does not want it.
 */
export function progressOn({
  quiet,
  follow,
}: ValuesOf<typeof waitingOptions>): ((standing: () => readonly Outcome[]) => () => void) | undefined {
  if (!stderr.isTerminal || process.env["TERM"] === "dumb" || quiet || follow) return undefined;
  return (standing) => {
    const begun = performance.now();
    let shown = false;
    const draw = (): void => {
      const elapsed = performance.now() - begun;
      if (elapsed < patienceMs) return;
      shown = true;
      drawProgress(progressLine(standing(), elapsed, stderr.terminal.columns || 80));
    };
    const timer = setInterval(draw, refreshMs);
    return () => {
      clearInterval(timer);
      if (shown) drawProgress("");
    };
  };
}
