import { harmless } from "../harmless.ts";
import { stdout } from "../stdio.ts";

/** A foreign text on one line, as `harmless`, without white space around it. */
export function oneLine(text: string): string {
  return harmless(text.trim());
}

/** A text of at most `most` characters; `…` replaces the rest. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1)).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A line cut to the width of the terminal, if stdout is one. Its last part is kept. */
export function fitted(text: string, kept: string = ""): string {
  const columns = stdout.isTerminal ? stdout.terminal.columns : 0;
  // A terminal of unknown size says 0.
  return columns > 0 ? shortened(text, Math.max(20, columns - kept.length)) + kept : text + kept;
}
