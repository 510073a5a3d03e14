/** An element of a list, or an object that stands alone; or a stretch of text that cannot be read, with where and why. */
export type Part =
  | { readonly kind: "value"; readonly value: unknown; readonly text: Buffer }
  | { readonly kind: "broken"; readonly reason: string; readonly text: Buffer };

/** Says where the end of `before` is, a text that begins with line `line` of its file. */
export function placeAfter(before: string, line: number): string {
  const lineStart = before.lastIndexOf("\n") + 1;
  return `line ${line + countLines(before)}, column ${before.length - lineStart + 1}`;
}

/** How many lines end in a text, or in a range of bytes. */
export function countLines(text: string | Uint8Array): number {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
