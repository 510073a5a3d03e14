import type { Document, isScalar as IsScalar, Node, YAMLMap } from "yaml";
import type { Fault } from "./json-scan.ts";
import { halfCharacter } from "./well-formed.ts";

/** The tags that are accepted: the plain types of YAML. */
const plainTags = ["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`);

/**
 * The fault of a YAML document; undefined if the document has no fault. Text that the library changes silently is a
 * fault too: a duplicate key (the library takes the last value), an unknown tag (the library drops it), and a date (the
 * library converts it).
 */
export async function yamlFault(document: Document.Parsed): Promise<Fault | undefined> {
  const [error] = document.errors;
  if (error !== undefined) return { at: error.pos[0], reason: error.message };
  const { isAlias, isMap, isScalar, visit } = await import("yaml");
  let fault: Fault | undefined;
  const found = (node: Node, reason: string): symbol => {
    fault = { at: node.range?.[0] ?? 0, reason };
    return visit.BREAK;
  };
  visit(document, {
    Node: (_key, node, path) => {
      if (isAlias(node)) {
        const isInside = path.some((outer) => "anchor" in outer && outer.anchor === node.source);
        return isInside ? found(node, `the alias *${node.source} refers to itself`) : undefined;
      }
      const { tag } = node;
      if (tag !== undefined && tag !== "!" && !plainTags.includes(tag)) {
        return found(node, `the tag ${tag.replace("tag:yaml.org,2002:", "!!")} is not supported`);
      }
      if (isScalar(node)) {
        if (typeof node.value === "object" && node.value !== null) {
          return found(node, `${node.source ?? "this"} is read as a date or as bytes; write it in quotes`);
        }
        if (typeof node.value === "string" && !node.value.isWellFormed()) return found(node, halfCharacter);
      }
      if (!isMap(node)) return undefined;
      const inKeys = keyFault(node, isScalar);
      return inKeys === undefined ? undefined : found(inKeys.node, inKeys.reason);
    },
  });
  if (fault !== undefined) return fault;
  const [warning] = document.warnings;
  return warning && { at: warning.pos[0], reason: warning.message };
}

function keyFault(
  { items }: YAMLMap,
  isScalar: typeof IsScalar,
): { readonly node: Node; readonly reason: string } | undefined {
  const known = new Set<string>();
  for (const { key } of items) {
    const node = key as Node;
    if (!isScalar(node)) return { node, reason: "a key is a single text" };
    const text = node.source ?? String(node.value);
    if (text === "<<") return { node, reason: "merge keys (<<) are not supported; write the keys out" };
    if (known.has(text)) return { node, reason: `the key ${JSON.stringify(text.slice(0, 40))} appears twice` };
    known.add(text);
  }
  return undefined;
}
