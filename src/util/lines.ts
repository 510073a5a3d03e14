/**
 * Joins the lines of a text into one line, separated by `; `. A single regular expression is not used, because on a
 * long text it would take quadratic time.
 */
export function joinedLines(text: string): string {
  const [first = "", ...more] = text.split(/[\r\n]+/);
  if (more.length === 0) return text;
  return [first.trimEnd(), ...more.slice(0, -1).map((line) => line.trim()), more.at(-1)?.trimStart()]
    .filter(Boolean)
    .join("; ");
}

/** The line and column at the end of `before`. `line` is the number of the line with which `before` begins. */
export function placeAfter(before: string, line: number): string {
  const lineStart = before.lastIndexOf("\n") + 1;
  return `line ${line + countLines(before)}, column ${before.length - lineStart + 1}`;
}

/** The number of line ends in a text, or in a range of bytes. */
export function countLines(text: string | Uint8Array): number {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
