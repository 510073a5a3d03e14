import type { CST, Document } from "yaml";
import { maxDepth } from "./json-scan.ts";

/**
 * The documents of a YAML text, with their faults. Deeply nested text is refused before the library builds the
 * documents, because the library uses recursion, and a full stack may end the whole process.
 * @throws Error for text that is nested deeper than `maxDepth`
 */
export async function yamlDocuments(text: string): Promise<readonly Document.Parsed[]> {
  // The library is loaded only here. Most pastes are JSON, and loading the library takes time at each start of the
  // program.
  const { Composer, Parser } = await import("yaml");
  const tokens = [...new Parser().parse(text)];
  if (tokens.some(isDeep)) throw new Error(`nested deeper than ${maxDepth} levels`);
  // The library's check for duplicate keys is off, because the check takes quadratic time: minutes for a log file that
  // was pasted by mistake.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
  return [...composer.compose(tokens)];
}

function isDeep(document: CST.Token): boolean {
  const open: { readonly token: CST.Token | null | undefined; readonly depth: number }[] = [
    { token: document, depth: 0 },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) return true;
    if (token?.type === "document") open.push({ token: token.value, depth });
    if (token === undefined || token === null || !("items" in token)) continue;
    for (const { key, value } of token.items) {
      open.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 });
    }
  }
  return false;
}
