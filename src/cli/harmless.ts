import { joinedLines } from "../util/lines.ts";

/**
 * Characters that could move the cursor of a terminal, change the state of the terminal, break a line or reverse the
 * text. They are control characters, line and paragraph separators, controls of writing direction, and half characters.
 */
const harmful = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;
const isHarmful = new RegExp(harmful.source, "u");
const stead = "\u{fffd}";

/**
 * Makes one harmless line from a text that Steward did not write. A line break becomes `; `, and a tab becomes a space.
 */
export function harmless(text: string): string {
  if (!isHarmful.test(text)) return text;
  return joinedLines(text).replaceAll("\t", " ").replaceAll(harmful, stead);
}

/**
 * Makes the output of a program harmless for a terminal. Lines and tabs stay. All other harmful characters are
 * replaced.
 */
export function harmlessOutput(bytes: Buffer): Buffer {
  const text = bytes.toString("utf8").replaceAll("\r\n", "\n");
  return Buffer.from(text.replaceAll(harmful, (one) => (one === "\n" || one === "\t" ? one : stead)));
}

/**
 * The same characters as `harmful`, as bytes of UTF-8. The expression is for latin1 text, so that bytes that are not
 * UTF-8 stay unchanged.
 */
const harmfulBytes =
  // oxlint-disable-next-line no-control-regex -- the expression looks for them
  /[\0-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xed[\xa0-\xbf][\x80-\xbf]/g;

/**
 * Like `harmlessOutput`, for output inside Steward's own text, also if the text is written to a file. Bytes that are
 * not UTF-8 stay unchanged.
 */
export function harmlessBytes(bytes: Buffer): Buffer {
  const latin1 = bytes.toString("latin1").replaceAll("\r\n", "\n");
  return Buffer.from(latin1.replaceAll(harmfulBytes, "\xef\xbf\xbd"), "latin1");
}
