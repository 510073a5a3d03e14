import { joinedLines } from "../util/lines.ts";

/**
 * What may move a terminal's cursor, change the terminal, break a line or turn a text around: control characters, line
 * and paragraph separators, the controls of writing direction; and half a character, which is none.
 */
const harmful = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;
const isHarmful = new RegExp(harmful.source, "u");
const stead = "\u{fffd}";

/** A text of others as one line that does nothing but be read: line breaks become `; `, a tab a space. */
export function harmless(text: string): string {
  if (!isHarmful.test(text)) return text;
  return joinedLines(text).replaceAll("\t", " ").replaceAll(harmful, stead);
}

/** What a program wrote, for a terminal: its lines and tabs stay, and nothing else of it is more than text. */
export function harmlessOutput(bytes: Buffer): Buffer {
  const text = bytes.toString("utf8").replaceAll("\r\n", "\n");
  return Buffer.from(text.replaceAll(harmful, (one) => (one === "\n" || one === "\t" ? one : stead)));
}

/** The same as bytes of UTF-8, seen as latin1, so that bytes that are no text stay. */
const harmfulBytes =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\0-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xed[\xa0-\xbf][\x80-\xbf]/g;

/** As `harmlessOutput`, for what stands within Steward's own text, in a file too: bytes that are no text stay. */
export function harmlessBytes(bytes: Buffer): Buffer {
  const latin1 = bytes.toString("latin1").replaceAll("\r\n", "\n");
  return Buffer.from(latin1.replaceAll(harmfulBytes, "\xef\xbf\xbd"), "latin1");
}
