import { harmless } from "../harmless.ts";
import { stdout } from "../stdio.ts";

/** A text of others on one line, as `harmless`, without white space around it. */
export function oneLine(text: string): string {
  return harmless(text.trim());
}

/** A text of at most so many characters; `…` stands for what is cut off. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1)).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A line cut to the width of the terminal, if stdout is one, but for its last part, which is kept. */
export function fitted(text: string, kept: string = ""): string {
  const columns = stdout.isTerminal ? stdout.terminal.columns : 0;
  // A terminal that does not know its size says 0.
  return columns > 0 ? shortened(text, Math.max(20, columns - kept.length)) + kept : text + kept;
}
