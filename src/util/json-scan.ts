import { halfCharacter } from "./well-formed.ts";

/** The largest size of one list or object, in bytes. */
export const maxDocumentBytes: number = 4 * 1024 * 1024;

/** The deepest nesting of lists and objects. */
export const maxDepth = 16;

/** A range of bytes; the end is not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * An element of a list, or a whole object. `fault` is set if JSON allows the text, but programs read it in different
 * ways, such as a duplicate key.
 */
export interface ScannedElement extends Span {
  readonly fault?: Fault;
}

export interface Fault {
  readonly at: number;
  readonly reason: string;
}

/**
 * The result at a position: a whole value (`value`), a value with an error at `at` (`broken`), or a value that is not
 * complete because the bytes end (`cut`).
 */
export type JsonScan =
  /** `elements`: the elements of a list; for an object, the object itself. */
  | { readonly kind: "value"; readonly end: number; readonly elements: readonly ScannedElement[] }
  | ({ readonly kind: "broken" } & Fault)
  | { readonly kind: "cut" };

/**
 * Finds the end of the list or object that begins at `start`, by the exact grammar of JSON. `JSON.parse` is not enough:
 * it does not show the end of a value. In some versions of Node, it does not show the place of an error. For a
 * duplicate key, it takes the last value without an error.
 */
export function scanJson(bytes: Buffer, start: number): JsonScan {
  const closers: number[] = [];
  /** The keys of the open objects, by depth. */
  const keys: Set<string>[] = [];
  const elements: ScannedElement[] = [];
  let fault: Fault | undefined;
  let elementStart = start;
  let expected: "value" | "key" | "colon" | "next" = "value";
  let justOpened = false;
  let at = start;
  for (;;) {
    at = skipSpace(bytes, at);
    const byte = bytes[at];
    if (byte === undefined) return { kind: "cut" };
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
        if (byte === code("{")) keys[closers.length] = new Set();
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

    // A value ends here.
    if (closers.length === 0) {
      const whole = { start, end: at, ...(fault && { fault }) };
      return { kind: "value", end: at, elements: bytes[start] === code("[") ? elements : [whole] };
    }
    if (closers.length === 1 && bytes[start] === code("[")) {
      elements.push({ start: elementStart, end: at, ...(fault && { fault }) });
      fault = undefined;
    }
    expected = "next";
    justOpened = false;
  }
}

/** True if a JSON list or object can begin with this byte. */
export function opensJson(byte: number | undefined): boolean {
  return byte === code("[") || byte === code("{");
}

/** The first position at or after `at` that is not white space. */
export function skipSpace(bytes: Buffer, at: number): number {
  for (let end = at; ; end += 1) {
    const byte = bytes[end];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return end;
  }
}

function scanString(bytes: Buffer, start: number): number | JsonScan {
  for (let at = start + 1; ; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return { kind: "cut" };
    if (byte === code('"')) return at + 1;
    if (byte < 0x20) return broken(at, "a line break or control character is inside double quotes");
    if (byte !== code("\\")) continue;
    const escape = bytes[at + 1];
    if (escape === undefined) return { kind: "cut" };
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

function scanWord(bytes: Buffer, start: number): number | JsonScan {
  let end = start;
  while (isWordByte(bytes[end])) end += 1;
  if (end === bytes.length) return { kind: "cut" };
  const word = bytes.toString("latin1", start, end);
  if (/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/.test(word)) return end;
  return broken(
    start,
    word === "" ? "a value is missing" : `${word.slice(0, 40)} is not a value; text needs double quotes`,
  );
}

function keyFault(known: Set<string> | undefined, bytes: Buffer, at: number, end: number): Fault | undefined {
  const key = textOf(bytes, at, end);
  if (known?.has(key) === true) return { at, reason: `the key ${JSON.stringify(key.slice(0, 40))} appears twice` };
  known?.add(key);
  return undefined;
}

function stringFault(bytes: Buffer, at: number, end: number): Fault | undefined {
  // Only an escape can produce half a character, because half a character is not valid UTF-8.
  if (bytes.subarray(at, end).indexOf("\\u") < 0 || textOf(bytes, at, end).isWellFormed()) return undefined;
  return { at, reason: halfCharacter };
}

function numberFault(bytes: Buffer, at: number, end: number): Fault | undefined {
  const word = bytes.toString("latin1", at, end);
  if (/^[a-z]/.test(word) || Number.isFinite(Number(word))) return undefined;
  return { at, reason: `the number ${word.slice(0, 40)} is too large` };
}

/** The text of a string in double quotes. */
function textOf(bytes: Buffer, at: number, end: number): string {
  return String(JSON.parse(bytes.toString("utf8", at, end)));
}

function broken(at: number, reason: string): JsonScan {
  return { kind: "broken", at, reason };
}

function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  return (
    (byte >= code("0") && byte <= code("9")) ||
    (letter >= code("a") && letter <= code("z")) ||
    byte === code("-") ||
    byte === code("+") ||
    byte === code(".")
  );
}

function code(character: string): number {
  return character.charCodeAt(0);
}
