import { harmless } from "../harmless.ts";
import { stdout } from "../stdio.ts";

/** A foreign text as one harmless line, without white space at the start and the end. */
export function oneLine(text: string): string {
  return harmless(text.trim());
}

/** Shortens a text to at most `most` characters. `…` replaces the rest. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1)).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Cuts a line to the width of the terminal if stdout is a terminal. `kept` is added at the end, and is never cut. */
export function fitted(text: string, kept: string = ""): string {
  const columns = stdout.isTerminal ? stdout.terminal.columns : 0;
  // The width is 0 if the terminal does not know its size.
  return columns > 0 ? shortened(text, Math.max(20, columns - kept.length)) + kept : text + kept;
}
