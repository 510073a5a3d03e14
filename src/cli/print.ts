import { toJson } from "../util/json.ts";
import { harmless, harmlessOutput } from "./harmless.ts";
import { stderr, stdout } from "./stdio.ts";

/**
 * The one place where Steward writes to stdout and stderr, so that no text of others reaches a terminal as it came:
 * nodes, senders and programs choose names, reasons and errors. What is printed is lines, which are made harmless here,
 * JSON, or the output of programs.
 */
export type StreamName = "stdout" | "stderr";

/** Prints a line, or several; what would break or change one is made harmless. */
export function print(lines: string | readonly string[]): void {
  void stdout.write(asLines(lines));
}

/** Tells lines on stderr, as `print` does on stdout. */
export function tell(lines: string | readonly string[]): void {
  void stderr.write(asLines(lines));
}

/** Prints a value as one line of JSON. */
export function printJson(value: unknown): void {
  print(jsonLine(value));
}

/** Lines, each made harmless, with their line ends. */
export function asLines(lines: string | readonly string[]): string {
  return [lines]
    .flat()
    .map((line) => `${harmless(line)}\n`)
    .join("");
}

/** A value as JSON on one line; what could do something to a terminal is escaped. */
export function jsonLine(value: unknown): string {
  return toJson(value).replaceAll(escaped, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** JSON escapes what stands below U+0020 itself. */
const escaped = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Writes bytes that are, or hold, a program's output: as they are into a file or a pipe, harmless on a terminal. Who has
 * much waits for the promise, if there is one: the reader is slow.
 */
export function writeOutput(stream: StreamName, bytes: Buffer): Promise<void> | undefined {
  const out = stream === "stdout" ? stdout : stderr;
  return out.write(out.isTerminal ? harmlessOutput(bytes) : bytes);
}

/** Prints a part of a line of JSON, for a document that grows; waits as `writeOutput`. */
export function printPart(json: string): Promise<void> | undefined {
  return stdout.write(harmless(json));
}

/** Draws lines on a terminal, over so many that were drawn before. */
export function drawLines(lines: readonly string[], over: number): void {
  const up = over > 1 ? `\u001B[${over - 1}A` : "";
  void stdout.write(`${up}\r\u001B[J${lines.map(harmless).join("\n")}`);
}

/** Draws the one line of progress on the terminal anew; an empty one leaves nothing. */
export function drawProgress(line: string): void {
  void stderr.write(`\r${harmless(line)}\u001B[K`);
}

/** Prints rows whose cells stand behind tabs, for a program that reads them. */
export function printTabbed(rows: readonly (readonly string[])[]): void {
  void stdout.write(rows.map((row) => `${row.map(harmless).join("\t")}\n`).join(""));
}
