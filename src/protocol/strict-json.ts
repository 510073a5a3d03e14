import { scanJson } from "../util/json-scan.ts";
import { messageOf, StewardError } from "./errors.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads JSON that every reader understands in the same way, and that can be copied unchanged into other JSON. The bytes
 * must be UTF-8. Duplicate keys, half characters (lone surrogates), numbers larger than a double, and deep nesting are
 * refused.
 * @throws StewardError badMessage
 */
export function parseStrict(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new StewardError("badMessage", "the message is not UTF-8");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StewardError("badMessage", `the message is not JSON: ${messageOf(error).slice(0, 200)}`);
  }
  // Nearly all messages end here, because the full scan takes ten times as long.
  if (!/\\u[dD]/.test(text) && text.match(/"\s*:/g)?.length === countKeys(value)) return value;
  const fault = faultOf(Buffer.from(text.trim()));
  if (fault !== undefined) throw new StewardError("badMessage", `the message is ambiguous JSON: ${fault}`);
  return value;
}

function faultOf(bytes: Buffer): string | undefined {
  const scan = scanJson(bytes, 0);
  if (scan.kind === "cut") return undefined; // Neither a list nor an object, so not a message. It is refused later.
  return scan.kind === "broken" ? scan.reason : scan.elements.find(({ fault }) => fault)?.fault?.reason;
}

/**
 * Counts the keys of a value. If the JSON text has as many keys as its value, no key is there twice. Undefined if the
 * nesting is deeper than in a message, or if a number is infinite.
 */
function countKeys(value: unknown, deepest = 2): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? 0 : undefined;
  if (typeof value !== "object" || value === null) return 0;
  if (deepest === 0) return undefined;
  let count = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const child of Object.values(value) as unknown[]) {
    const more = countKeys(child, deepest - 1);
    if (more === undefined) return undefined;
    count += more;
  }
  return count;
}
