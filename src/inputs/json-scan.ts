/** The most bytes that one list or object may have; what is read at once never exceeds it. */
export const maxDocumentBytes: number = 4 * 1024 * 1024;

const maxDepth = 16;

/** A range of bytes, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What stands at a place: a whole value, one that is wrong at `at`, or one that the end of the bytes cuts off. */
export type JsonScan =
  /** `elements` are those of a list; of an object, the object itself. */
  | { readonly kind: "value"; readonly end: number; readonly elements: readonly Span[] }
  | { readonly kind: "broken"; readonly at: number; readonly reason: string }
  | { readonly kind: "cut" };

/**
 * Finds where the list or object that opens at `start` ends, by the exact grammar of JSON. `JSON.parse` can say
 * neither that nor, in all versions of Node, where an error is.
 */
export function scanJson(bytes: Buffer, start: number): JsonScan {
  const closers: number[] = [];
  const elements: Span[] = [];
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
        expected = byte === code("[") ? "value" : "key";
        at += 1;
        continue;
      }
      const end = byte === code('"') ? scanString(bytes, at) : scanWord(bytes, at);
      if (typeof end !== "number") return end;
      at = end;
    }

    // Here a value has ended.
    if (closers.length === 0) {
      return { kind: "value", end: at, elements: bytes[start] === code("[") ? elements : [{ start, end: at }] };
    }
    if (closers.length === 1) elements.push({ start: elementStart, end: at });
    expected = "next";
    justOpened = false;
  }
}

/** Whether a JSON list or object begins with this byte. */
export function opensJson(byte: number | undefined): boolean {
  return byte === code("[") || byte === code("{");
}

/** The first place from `at` on that holds no white space. */
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
    if (byte < 0x20) return broken(at, "a line break or control character stands inside double quotes");
    if (byte !== code("\\")) continue;
    const escape = bytes[at + 1];
    if (escape === undefined) return { kind: "cut" };
    if (escape === code("u")) {
      const digits = bytes.toString("latin1", at + 2, at + 6);
      if (!/^[0-9a-fA-F]*$/.test(digits)) return broken(at, 'four hexadecimal digits are missing after "\\u"');
      if (digits.length < 4) return { kind: "cut" };
    } else if (!'"\\/bfnrt'.includes(String.fromCharCode(escape))) {
      return broken(at, "no escape of JSON; a backslash is written twice");
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
    word === "" ? "a value is missing" : `${word.slice(0, 40)} is no value; text stands in double quotes`,
  );
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
