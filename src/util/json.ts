/**
 * JSON that every reader accepts. `JSON.stringify` writes half a character (a lone surrogate) as an escape that
 * represents no text, and `jq` fails on it; here it becomes U+FFFD. All JSON that is stored, sent or printed is written
 * by this function.
 */
export function toJson(value: unknown): string {
  return wellFormedJson(JSON.stringify(value));
}

/** As `toJson`, for JSON text from elsewhere. */
export function wellFormedJson(json: string): string {
  return json.includes("\\ud") ? json.replaceAll(escapes, (one) => (one === "\\\\" ? one : "\\ufffd")) : json;
}

/** A backslash, or half a character. Both are matched, so that no match begins in the middle of the other. */
const escapes = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;
