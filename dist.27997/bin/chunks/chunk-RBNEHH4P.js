const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  maxDepth
} from "./chunk-66VHQECK.js";
import {
  halfCharacter
} from "./chunk-WUYJTG4S.js";

// src/util/yaml-documents.ts
async function yamlDocuments(text) {
  const { Composer, Parser } = await import("./yaml-OT5BHE5Q.js");
  const tokens = [...new Parser().parse(text)];
  if (tokens.some(isDeep)) throw new Error(`nested deeper than ${maxDepth} levels`);
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
  return [...composer.compose(tokens)];
}
function isDeep(document) {
  const open = [
    { token: document, depth: 0 }
  ];
  for (let next = open.pop(); next !== void 0; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) return true;
    if (token?.type === "document") open.push({ token: token.value, depth });
    if (token === void 0 || token === null || !("items" in token)) continue;
    for (const { key, value } of token.items) {
      open.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 });
    }
  }
  return false;
}

// src/util/yaml-fault.ts
var plainTags = ["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`);
async function yamlFault(document) {
  const [error] = document.errors;
  if (error !== void 0) return { at: error.pos[0], reason: error.message };
  const { isAlias, isMap, isScalar, visit } = await import("./yaml-OT5BHE5Q.js");
  let fault;
  const found = (node, reason) => {
    fault = { at: node.range?.[0] ?? 0, reason };
    return visit.BREAK;
  };
  visit(document, {
    Node: (_key, node, path) => {
      if (isAlias(node)) {
        const isInside = path.some((outer) => "anchor" in outer && outer.anchor === node.source);
        return isInside ? found(node, `the alias *${node.source} refers to itself`) : void 0;
      }
      const { tag } = node;
      if (tag !== void 0 && tag !== "!" && !plainTags.includes(tag)) {
        return found(node, `the tag ${tag.replace("tag:yaml.org,2002:", "!!")} is not supported`);
      }
      if (isScalar(node)) {
        if (typeof node.value === "object" && node.value !== null) {
          return found(node, `${node.source ?? "this"} is read as a date or as bytes; write it in quotes`);
        }
        if (typeof node.value === "string" && !node.value.isWellFormed()) return found(node, halfCharacter);
      }
      if (!isMap(node)) return void 0;
      const inKeys = keyFault(node, isScalar);
      return inKeys === void 0 ? void 0 : found(inKeys.node, inKeys.reason);
    }
  });
  if (fault !== void 0) return fault;
  const [warning] = document.warnings;
  return warning && { at: warning.pos[0], reason: warning.message };
}
function keyFault({ items }, isScalar) {
  const known = /* @__PURE__ */ new Set();
  for (const { key } of items) {
    const node = key;
    if (!isScalar(node)) return { node, reason: "a key is a single text" };
    const text = node.source ?? String(node.value);
    if (text === "<<") return { node, reason: "merge keys (<<) are not supported; write the keys out" };
    if (known.has(text)) return { node, reason: `the key ${JSON.stringify(text.slice(0, 40))} appears twice` };
    known.add(text);
  }
  return void 0;
}

export {
  yamlDocuments,
  yamlFault
};
