import { messageOf } from "../protocol/errors.ts";
import { countLines, placeAfter } from "../util/lines.ts";
import { yamlDocuments } from "../util/yaml-documents.ts";
import { yamlFault } from "../util/yaml-fault.ts";
import type { Part } from "./part.ts";

/** The elements and the broken documents of a YAML text. `line` is the number of the text's first line in its file. */
export async function parseYaml(text: string, line: number): Promise<readonly Part[]> {
  const { isSeq } = await import("yaml");
  let documents: Awaited<ReturnType<typeof yamlDocuments>>;
  try {
    documents = await yamlDocuments(text);
  } catch (error) {
    return [{ kind: "broken", text: Buffer.from(text), reason: `line ${line}: ${messageOf(error)}` }];
  }
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
      const fault = await yamlFault(document);
      const value: unknown = fault === undefined ? document.toJS() : undefined;
      if (fault !== undefined) refuse(fault.reason, fault.at);
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

/**
 * True if the last document of a text has a fault at its end, such as a list without the closing bracket. More text may
 * repair this fault.
 */
export async function isCutYaml(bytes: Buffer): Promise<boolean> {
  const text = bytes.toString();
  try {
    const last = (await yamlDocuments(text)).at(-1);
    return last?.errors.some(({ pos: [, end] }) => end >= text.trimEnd().length) === true;
  } catch {
    return false;
  }
}
