import { toJson } from "../util/json.ts";
import { harmless, harmlessOutput } from "./harmless.ts";
import { stderr, stdout } from "./stdio.ts";

/**
 * The only place where Steward writes to stdout and stderr, so that no foreign text reaches a terminal unchanged:
 * nodes, senders and programs choose names, reasons and errors. The output is lines, which are made harmless here,
 * JSON, or the output of programs.
 */
export type StreamName = "stdout" | "stderr";

/** Prints one or several lines. Characters that would break a line or change the terminal are replaced. */
export function print(lines: string | readonly string[]): void {
  void stdout.write(asLines(lines));
}

/** Prints lines on stderr, otherwise like `print`. */
export function printNote(lines: string | readonly string[]): void {
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

/** A value as JSON on one line. Characters that could change a terminal are escaped. */
export function jsonLine(value: unknown): string {
  return toJson(value).replaceAll(escaped, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** JSON itself escapes characters below U+0020. */
const escaped = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Writes a program's output: unchanged into a file or a pipe, and harmless on a terminal. If a promise is returned, the
 * reader is slow: wait for it before writing more.
 */
export function writeOutput(stream: StreamName, bytes: Buffer): Promise<void> | undefined {
  const out = stream === "stdout" ? stdout : stderr;
  return out.write(out.isTerminal ? harmlessOutput(bytes) : bytes);
}

/** Prints a part of a JSON document that is written piece by piece. Returns a promise like `writeOutput`. */
export function printPart(json: string): Promise<void> | undefined {
  return stdout.write(harmless(json));
}

/** Draws lines on a terminal, over `over` lines that were drawn before. */
export function drawLines(lines: readonly string[], over: number): void {
  const up = over > 1 ? `\u001B[${over - 1}A` : "";
  void stdout.write(`${up}\r\u001B[J${lines.map(harmless).join("\n")}`);
}

/** Draws the line of progress on the terminal again. An empty line removes it. */
export function drawProgress(line: string): void {
  void stderr.write(`\r${harmless(line)}\u001B[K`);
}

/** Prints rows of cells, separated by tabs, for another program. */
export function printTabbed(rows: readonly (readonly string[])[]): void {
  void stdout.write(rows.map((row) => `${row.map(harmless).join("\t")}\n`).join(""));
}
