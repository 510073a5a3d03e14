/**
 * JSON that every reader takes. `JSON.stringify` writes half a character (a lone surrogate) as an escape that stands for
 * no text, at which `jq` stops; here it becomes U+FFFD. All JSON that is stored, sent or printed is written by this.
 */
export function toJson(value: unknown): string {
  return wellFormedJson(JSON.stringify(value));
}

/** As `toJson`, of JSON that somebody else has written. */
export function wellFormedJson(json: string): string {
  return json.includes("\\ud") ? json.replaceAll(escapes, (one) => (one === "\\\\" ? one : "\\ufffd")) : json;
}

/** A backslash, or half a character: where both are looked for, none of them begins in the middle of the other. */
const escapes = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;
