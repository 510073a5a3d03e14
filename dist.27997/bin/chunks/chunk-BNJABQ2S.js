const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  yamlDocuments,
  yamlFault
} from "./chunk-RBNEHH4P.js";
import {
  maxDocumentBytes,
  opensJson,
  scanJson,
  skipSpace
} from "./chunk-66VHQECK.js";
import {
  messageOf
} from "./chunk-IH65MIS5.js";
import {
  countLines,
  placeAfter
} from "./chunk-7CBYIQL6.js";

// src/inputs/yaml-text.ts
async function parseYaml(text, line) {
  const { isSeq } = await import("./yaml-OT5BHE5Q.js");
  let documents;
  try {
    documents = await yamlDocuments(text);
  } catch (error) {
    return [{ kind: "broken", text: Buffer.from(text), reason: `line ${line}: ${messageOf(error)}` }];
  }
  const parts = [];
  let documentLine = line;
  for (const document of documents) {
    const [start, , end] = document.range;
    const source = text.slice(start, end);
    const refuse = (reason, at = start) => {
      parts.push({
        kind: "broken",
        text: Buffer.from(source),
        reason: `${placeAfter(text.slice(start, at), documentLine)}: ${reason}`
      });
    };
    try {
      const fault = await yamlFault(document);
      const value = fault === void 0 ? document.toJS() : void 0;
      if (fault !== void 0) refuse(fault.reason, fault.at);
      else if (Array.isArray(value) && isSeq(document.contents)) {
        for (const [index, item] of document.contents.items.entries()) {
          const itemStart = document.contents.flow === true ? item.range[0] : text.lastIndexOf("\n", item.range[0]) + 1;
          parts.push({
            kind: "value",
            text: Buffer.from(text.slice(itemStart, item.range[2])),
            value: value[index]
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
async function isCutYaml(bytes) {
  const text = bytes.toString();
  try {
    const last = (await yamlDocuments(text)).at(-1);
    return last?.errors.some(({ pos: [, end] }) => end >= text.trimEnd().length) === true;
  } catch {
    return false;
  }
}

// src/inputs/documents.ts
async function parseDocuments(bytes, { mayGrow = false, line = 1 } = {}) {
  const parts = [];
  let broken;
  const endBroken = (at2) => {
    if (broken === void 0) return;
    parts.push({ kind: "broken", reason: broken.reason, text: bytes.subarray(broken.start, at2) });
    broken = void 0;
  };
  let tail;
  let at = skipBlank(bytes, 0);
  let pieceLine = line + countLines(bytes.subarray(0, at));
  while (at < bytes.length) {
    const piece = await readPiece(bytes, at, pieceLine, mayGrow);
    if (piece.kind === "open") {
      tail = piece.tail;
      break;
    }
    if (piece.kind === "broken") {
      broken ??= { start: at, reason: piece.reason };
    } else {
      endBroken(at);
      for (const part of piece.parts) parts.push(part);
    }
    const next = skipBlank(bytes, piece.end);
    pieceLine += countLines(bytes.subarray(at, next));
    at = next;
  }
  if (mayGrow) return { parts, end: broken?.start ?? at, tail: tail ?? (broken && "broken") };
  endBroken(bytes.length);
  return { parts, end: bytes.length };
}
function skipBlank(bytes, at) {
  let start = skipSpace(bytes, at);
  while (bytes[start] === 239 && bytes[start + 1] === 187 && bytes[start + 2] === 191) {
    start = skipSpace(bytes, start + 3);
  }
  return start;
}
async function readPiece(bytes, start, line, mayGrow) {
  if (opensJson(bytes[start])) return readJson(bytes, start, line, mayGrow);
  const nextLine = nextJsonLine(bytes, start);
  const end = nextLine ?? bytes.length;
  const isOpen = nextLine === void 0 && mayGrow && !endsYaml(bytes.subarray(start));
  const broken = (reason) => ({ kind: "broken", reason: `line ${line}: ${reason}`, end });
  const lineStart = lineStartOf(bytes, start);
  if (skipBlank(bytes, lineStart) < start) return broken("JSON is followed by other text on its line");
  if (isOpen && end - start > maxYamlBytes) return { kind: "open", tail: "broken" };
  if (end - start > maxYamlBytes) return broken("larger than 1 MiB, the most for YAML; split it, or write JSON");
  if (isOpen) return { kind: "open", tail: "yaml" };
  const text = decode(bytes.subarray(lineStart, end));
  if (text === void 0) return broken(notUtf8);
  const parts = await parseYaml(text, line);
  const [first] = parts;
  if (first?.kind === "broken" && parts.every(({ kind }) => kind === "broken"))
    return { kind: "broken", reason: first.reason, end };
  return { kind: "good", parts, end };
}
function readJson(bytes, start, line, mayGrow) {
  const scan = scanJson(bytes, start);
  if (scan.kind === "value") {
    const placeOf = (at2) => placeAfter(bytes.toString("utf8", lineStartOf(bytes, start), at2), line);
    const parts = scan.elements.map(({ start: from, end, fault }) => {
      const text = bytes.subarray(from, end);
      if (fault === void 0) return readElement(text, line);
      return { kind: "broken", reason: `${placeOf(fault.at)}: ${fault.reason}`, text };
    });
    return { kind: "good", parts, end: scan.end };
  }
  if (scan.kind === "cut" && mayGrow) return { kind: "open", tail: "cut" };
  const at = scan.kind === "cut" ? bytes.length : scan.at;
  const cutReason = at - start >= maxDocumentBytes ? tooLarge : "the text ends before the JSON does";
  const place = placeAfter(bytes.toString("utf8", lineStartOf(bytes, start), at), line);
  return {
    kind: "broken",
    reason: `${place}: ${scan.kind === "cut" ? cutReason : scan.reason}`,
    end: nextJsonLine(bytes, start) ?? bytes.length
  };
}
function endsYaml(bytes) {
  return /(?:^|\n)\.\.\.\s*$/.test(bytes.subarray(-1e3).toString("latin1"));
}
function readElement(text, line) {
  const json = decode(text);
  if (json === void 0) return { kind: "broken", reason: `line ${line}: ${notUtf8}`, text };
  return { kind: "value", value: JSON.parse(json), text };
}
function nextJsonLine(bytes, from) {
  for (let at = bytes.indexOf(10, from); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (opensJson(bytes[at + 1])) return at + 1;
  }
  return void 0;
}
function lineStartOf(bytes, at) {
  return bytes.lastIndexOf(10, at) + 1;
}
function decode(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    return void 0;
  }
}
var decoder = new TextDecoder("utf-8", { fatal: true });
var notUtf8 = "not valid UTF-8; save the file as UTF-8";
var maxYamlBytes = 1024 * 1024;
var tooLarge = `larger than ${maxDocumentBytes / 1024 / 1024} MiB, the most for one list; split it`;

export {
  isCutYaml,
  parseDocuments,
  skipBlank
};
