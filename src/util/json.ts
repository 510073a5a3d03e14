/**
 * Writes JSON that every reader accepts. `JSON.stringify` writes half a character (a lone surrogate) as an escape. This
 * escape does not represent a character, so `jq` refuses the JSON. This function writes U+FFFD instead. All JSON that
 * is stored, sent or printed must come from this function.
 */
export function toJson(value: unknown): string {
  return wellFormedJson(JSON.stringify(value));
}

/** As `toJson`, but for JSON text that another program or function wrote. */
export function wellFormedJson(json: string): string {
  return json.includes("\\ud") ? json.replaceAll(escapes, (one) => (one === "\\\\" ? one : "\\ufffd")) : json;
}

/**
 * An escaped backslash, or half a character. The escaped backslash is matched too, because `\\ud800` is a backslash and
 * not half a character.
 */
const escapes = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;
