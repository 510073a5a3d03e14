import { messageOf } from "../protocol/errors.ts";
import { countLines, type Part, placeAfter } from "./part.ts";

/** The elements and the broken documents of a YAML text that begins with line `line` of its file. */
export async function parseYaml(text: string, line: number): Promise<readonly Part[]> {
  // Loaded only here: most pastes are JSON, and every start of the program would pay for it.
  const { isSeq, parseAllDocuments } = await import("yaml");
  // The check for equal keys takes quadratic time: minutes for a log file that was pasted by mistake.
  const documents = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
  const parts: Part[] = [];
  let documentLine = line;
  for (const document of documents) {
    const [start, , end] = document.range;
    const source = text.slice(start, end);
    const refuse = (reason: string, at = start): void => {
      parts.push({
        kind: "broken",
        text: Buffer.from(source),
        reason: `${placeAfter(text.slice(start, at), documentLine)}: ${reason}`,
      });
    };
    try {
      const [error] = document.errors;
      // Through JSON: an alias can make a value that contains itself.
      const value: unknown = error === undefined ? JSON.parse(JSON.stringify(document)) : undefined;
      if (error !== undefined) refuse(error.message, error.pos[0]);
      else if (Array.isArray(value) && isSeq(document.contents)) {
        for (const [index, item] of document.contents.items.entries()) {
          const itemStart = document.contents.flow === true ? item.range[0] : text.lastIndexOf("\n", item.range[0]) + 1;
          parts.push({
            kind: "value",
            text: Buffer.from(text.slice(itemStart, item.range[2])),
            value: value[index] as unknown,
          });
        }
      } else if (typeof value === "object" && value !== null)
        parts.push({ kind: "value", text: Buffer.from(source), value });
      else if (value !== null) refuse("neither JSON nor a YAML list or object");
    } catch (error) {
      refuse(messageOf(error));
    }
    documentLine += countLines(source);
  }
  return parts;
}
