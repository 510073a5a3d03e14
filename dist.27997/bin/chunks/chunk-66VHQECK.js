const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  halfCharacter
} from "./chunk-WUYJTG4S.js";

// src/util/json-scan.ts
var maxDocumentBytes = 4 * 1024 * 1024;
var maxDepth = 16;
function scanJson(bytes, start) {
  const closers = [];
  const keys = [];
  const elements = [];
  let fault;
  let elementStart = start;
  let expected = "value";
  let justOpened = false;
  let at = start;
  for (; ; ) {
    at = skipSpace(bytes, at);
    const byte = bytes[at];
    if (byte === void 0) return { kind: "cut" };
    const closer = closers.at(-1);
    if (byte === closer && (justOpened || expected === "next")) {
      closers.pop();
      at += 1;
    } else if (expected === "next") {
      if (byte !== code(",")) return broken(at, `"," or "${String.fromCharCode(closer ?? 0)}" is missing`);
      expected = closer === code("}") ? "key" : "value";
      at += 1;
      continue;
    } else if (expected === "colon") {
      if (byte !== code(":")) return broken(at, '":" is missing');
      expected = "value";
      at += 1;
      continue;
    } else if (expected === "key") {
      if (byte !== code('"')) return broken(at, "a key in double quotes is missing");
      const end = scanString(bytes, at);
      if (typeof end !== "number") return end;
      fault ??= stringFault(bytes, at, end) ?? keyFault(keys[closers.length], bytes, at, end);
      expected = "colon";
      justOpened = false;
      at = end;
      continue;
    } else {
      if (closers.length === 1) elementStart = at;
      justOpened = opensJson(byte);
      if (justOpened) {
        if (closers.length === maxDepth) return broken(at, `nested deeper than ${maxDepth} levels`);
        closers.push(byte === code("[") ? code("]") : code("}"));
        if (byte === code("{")) keys[closers.length] = /* @__PURE__ */ new Set();
        expected = byte === code("[") ? "value" : "key";
        at += 1;
        continue;
      }
      const isString = byte === code('"');
      const end = isString ? scanString(bytes, at) : scanWord(bytes, at);
      if (typeof end !== "number") return end;
      fault ??= isString ? stringFault(bytes, at, end) : numberFault(bytes, at, end);
      at = end;
    }
    if (closers.length === 0) {
      const whole = { start, end: at, ...fault && { fault } };
      return { kind: "value", end: at, elements: bytes[start] === code("[") ? elements : [whole] };
    }
    if (closers.length === 1 && bytes[start] === code("[")) {
      elements.push({ start: elementStart, end: at, ...fault && { fault } });
      fault = void 0;
    }
    expected = "next";
    justOpened = false;
  }
}
function opensJson(byte) {
  return byte === code("[") || byte === code("{");
}
function skipSpace(bytes, at) {
  for (let end = at; ; end += 1) {
    const byte = bytes[end];
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return end;
  }
}
function scanString(bytes, start) {
  for (let at = start + 1; ; at += 1) {
    const byte = bytes[at];
    if (byte === void 0) return { kind: "cut" };
    if (byte === code('"')) return at + 1;
    if (byte < 32) return broken(at, "a line break or control character is inside double quotes");
    if (byte !== code("\\")) continue;
    const escape = bytes[at + 1];
    if (escape === void 0) return { kind: "cut" };
    if (escape === code("u")) {
      const digits = bytes.toString("latin1", at + 2, at + 6);
      if (!/^[0-9a-fA-F]*$/.test(digits)) return broken(at, 'four hexadecimal digits are missing after "\\u"');
      if (digits.length < 4) return { kind: "cut" };
    } else if (!'"\\/bfnrt'.includes(String.fromCharCode(escape))) {
      return broken(at, "not an escape of JSON; write a backslash twice");
    }
    at += 1;
  }
}
function scanWord(bytes, start) {
  let end = start;
  while (isWordByte(bytes[end])) end += 1;
  if (end === bytes.length) return { kind: "cut" };
  const word = bytes.toString("latin1", start, end);
  if (/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/.test(word)) return end;
  return broken(
    start,
    word === "" ? "a value is missing" : `${word.slice(0, 40)} is not a value; text needs double quotes`
  );
}
function keyFault(known, bytes, at, end) {
  const key = textOf(bytes, at, end);
  if (known?.has(key) === true) return { at, reason: `the key ${JSON.stringify(key.slice(0, 40))} appears twice` };
  known?.add(key);
  return void 0;
}
function stringFault(bytes, at, end) {
  if (bytes.subarray(at, end).indexOf("\\u") < 0 || textOf(bytes, at, end).isWellFormed()) return void 0;
  return { at, reason: halfCharacter };
}
function numberFault(bytes, at, end) {
  const word = bytes.toString("latin1", at, end);
  if (/^[a-z]/.test(word) || Number.isFinite(Number(word))) return void 0;
  return { at, reason: `the number ${word.slice(0, 40)} is too large` };
}
function textOf(bytes, at, end) {
  return String(JSON.parse(bytes.toString("utf8", at, end)));
}
function broken(at, reason) {
  return { kind: "broken", at, reason };
}
function isWordByte(byte) {
  if (byte === void 0) return false;
  const letter = byte | 32;
  return byte >= code("0") && byte <= code("9") || letter >= code("a") && letter <= code("z") || byte === code("-") || byte === code("+") || byte === code(".");
}
function code(character) {
  return character.charCodeAt(0);
}

// src/util/glob.ts
function namePattern(source) {
  return (name) => {
    let [at, place, star, taken] = [0, 0, -1, 0];
    while (at < name.length) {
      if (source[place] === "*") [star, taken, place] = [place, at, place + 1];
      else if (source[place] === "?" || source[place] === name[at]) [at, place] = [at + 1, place + 1];
      else if (star < 0) return false;
      else [taken, at, place] = [taken + 1, taken + 1, star + 1];
    }
    return /^\**$/.test(source.slice(place));
  };
}
function glob(source) {
  const [first = "", ...rest] = source.split("*");
  const last = rest.pop();
  if (last === void 0) return (text) => text === first;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const inner = text.slice(first.length, text.length - last.length);
    let at = 0;
    for (const piece of rest) {
      const found = inner.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return true;
  };
}

export {
  maxDocumentBytes,
  maxDepth,
  scanJson,
  opensJson,
  skipSpace,
  namePattern,
  glob
};
