/** Escapes plain text for roff. No part of the text becomes a command or an escape, and hyphens can be copied. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", String.raw`\e`)
    .replaceAll("-", String.raw`\-`)
    .replaceAll("'", String.raw`\(aq`)
    .replaceAll("^", String.raw`\(ha`)
    .replaceAll("~", String.raw`\(ti`)
    .replaceAll("`", String.raw`\(ga`)
    .replaceAll("…", "...")
    .replaceAll(/^\./gm, String.raw`\&.`);
}

/** A text for roff. The parts between backquotes become bold. */
export function prose(text: string): string {
  return text
    .split("`")
    .map((part, at) => (at % 2 === 0 ? escaped(part) : bold(part)))
    .join("");
}

export function bold(text: string): string {
  return String.raw`\fB${escaped(text)}\fR`;
}

export function italic(text: string): string {
  return String.raw`\fI${escaped(text)}\fR`;
}

export function section(title: string, ...lines: readonly string[]): string[] {
  return [`.SH ${title.toUpperCase()}`, ...lines];
}

/** An entry of a list: a term, and its indented description. */
export function entry(tag: string, text: string): string[] {
  return [".TP", tag, prose(text)];
}
