import { toJson } from "../util/json.ts";
import { harmless, harmlessOutput } from "./harmless.ts";
import { stderr, stdout } from "./stdio.ts";

/**
 * Only this file writes to stdout and stderr, so that no foreign text reaches a terminal unchanged. The names, reasons
 * and errors from nodes, senders and programs are foreign texts. Steward prints lines, JSON, or the output of programs.
 * Lines are made harmless here.
 */
export type StreamName = "stdout" | "stderr";

/** Prints one or more lines. Characters that would break a line or change the terminal are replaced. */
export function print(lines: string | readonly string[]): void {
  void stdout.write(asLines(lines));
}

/** Like `print`, but on stderr. */
export function printNote(lines: string | readonly string[]): void {
  void stderr.write(asLines(lines));
}

/** Prints a value as one line of JSON. */
export function printJson(value: unknown): void {
  print(jsonLine(value));
}

/** Makes each line harmless and adds a line end to each line. */
export function asLines(lines: string | readonly string[]): string {
  return [lines]
    .flat()
    .map((line) => `${harmless(line)}\n`)
    .join("");
}

/** Returns a value as one line of JSON. Characters that could change a terminal are escaped. */
export function jsonLine(value: unknown): string {
  return toJson(value).replaceAll(escaped, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The characters to escape. JSON itself escapes the characters below U+0020. */
const escaped = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Writes the output of a program. The output is unchanged in a file or a pipe, and is made harmless on a terminal. If a
 * promise is returned, the reader is slow: wait for the promise before writing more.
 */
export function writeOutput(stream: StreamName, bytes: Buffer): Promise<void> | undefined {
  const out = stream === "stdout" ? stdout : stderr;
  return out.write(out.isTerminal ? harmlessOutput(bytes) : bytes);
}

/** Prints a part of a JSON document that is written in several parts. Returns a promise like `writeOutput`. */
export function printPart(json: string): Promise<void> | undefined {
  return stdout.write(harmless(json));
}

/** Draws lines on a terminal. They replace the last `over` lines that were drawn before. */
export function drawLines(lines: readonly string[], over: number): void {
  const up = over > 1 ? `\u001B[${over - 1}A` : "";
  void stdout.write(`${up}\r\u001B[J${lines.map(harmless).join("\n")}`);
}

/** Draws the line of progress again. An empty line removes the progress. */
export function drawProgress(line: string): void {
  void stderr.write(`\r${harmless(line)}\u001B[K`);
}

/** Prints rows for another program. The cells of a row are separated by tabs. */
export function printTabbed(rows: readonly (readonly string[])[]): void {
  void stdout.write(rows.map((row) => `${row.map(harmless).join("\t")}\n`).join(""));
}
