import { maxDocumentBytes, opensJson, scanJson, skipSpace } from "../util/json-scan.ts";
import { countLines, placeAfter } from "../util/lines.ts";
import type { Part } from "./part.ts";
import { parseYaml } from "./yaml-text.ts";

export interface Documents {
  readonly parts: readonly Part[];
  /** The number of bytes that the parts cover. It is smaller than the number of given bytes only with `mayGrow`. */
  readonly end: number;
  /** The kind of the rest after `end`. Not set if there is no rest. */
  readonly tail?: Tail | undefined;
}

/**
 * The kind of an unread rest: `cut` is incomplete, `yaml` may be complete, `broken` stays wrong even if more bytes
 * follow.
 */
export type Tail = "cut" | "yaml" | "broken";

export interface ParseDocumentsOptions {
  /**
   * True if more bytes may follow. A part that could change with more bytes is not returned, so returned parts never
   * change.
   */
  readonly mayGrow?: boolean;
  /** The number of the first line; 1 by default. */
  readonly line?: number;
}

/**
 * Reads a sequence of JSON lists and objects, on one line or on several. Text that does not begin like JSON is read as
 * YAML. After a broken part, reading continues at the next line that begins with `[` or `{`. Never throws.
 */
export async function parseDocuments(
  bytes: Buffer,
  { mayGrow = false, line = 1 }: ParseDocumentsOptions = {},
): Promise<Documents> {
  const parts: Part[] = [];
  let broken: { readonly start: number; readonly reason: string } | undefined;
  const endBroken = (at: number): void => {
    if (broken === undefined) return;
    parts.push({ kind: "broken", reason: broken.reason, text: bytes.subarray(broken.start, at) });
    broken = undefined;
  };

  let tail: Tail | undefined;
  let at = skipBlank(bytes, 0);
  let pieceLine = line + countLines(bytes.subarray(0, at));
  while (at < bytes.length) {
    const piece = await readPiece(bytes, at, pieceLine, mayGrow);
    if (piece.kind === "open") {
      tail = piece.tail;
      break;
    }
    if (piece.kind === "broken") {
      // Adjacent broken pieces are one part. This part ends at the next good piece. So the result is the same for bytes
      // that arrive together or one after the other.
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

/** The first position at or after `at` that is not blank. White space and byte order marks are blank. */
export function skipBlank(bytes: Buffer, at: number): number {
  let start = skipSpace(bytes, at);
  while (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) {
    start = skipSpace(bytes, start + 3);
  }
  return start;
}

type Piece =
  | { readonly kind: "good"; readonly parts: readonly Part[]; readonly end: number }
  | { readonly kind: "broken"; readonly reason: string; readonly end: number }
  /** A piece that more bytes could change. */
  | { readonly kind: "open"; readonly tail: Tail };

/** The piece that begins at `start`. */
async function readPiece(bytes: Buffer, start: number, line: number, mayGrow: boolean): Promise<Piece> {
  if (opensJson(bytes[start])) return readJson(bytes, start, line, mayGrow);
  const nextLine = nextJsonLine(bytes, start);
  const end = nextLine ?? bytes.length;
  const isOpen = nextLine === undefined && mayGrow && !endsYaml(bytes.subarray(start));
  const broken = (reason: string): Piece => ({ kind: "broken", reason: `line ${line}: ${reason}`, end });
  const lineStart = lineStartOf(bytes, start);
  if (skipBlank(bytes, lineStart) < start) return broken("JSON is followed by other text on its line");
  if (isOpen && end - start > maxYamlBytes) return { kind: "open", tail: "broken" };
  if (end - start > maxYamlBytes) return broken("larger than 1 MiB, the most for YAML; split it, or write JSON");
  if (isOpen) return { kind: "open", tail: "yaml" };
  const text = decode(bytes.subarray(lineStart, end));
  if (text === undefined) return broken(notUtf8);
  const parts = await parseYaml(text, line);
  const [first] = parts;
  if (first?.kind === "broken" && parts.every(({ kind }) => kind === "broken"))
    return { kind: "broken", reason: first.reason, end };
  return { kind: "good", parts, end };
}

function readJson(bytes: Buffer, start: number, line: number, mayGrow: boolean): Piece {
  const scan = scanJson(bytes, start);
  if (scan.kind === "value") {
    const placeOf = (at: number): string => placeAfter(bytes.toString("utf8", lineStartOf(bytes, start), at), line);
    const parts = scan.elements.map(({ start: from, end, fault }): Part => {
      const text = bytes.subarray(from, end);
      if (fault === undefined) return readElement(text, line);
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
    end: nextJsonLine(bytes, start) ?? bytes.length,
  };
}

/** True if the text ends with a line of three dots, which ends a YAML document. */
function endsYaml(bytes: Buffer): boolean {
  return /(?:^|\n)\.\.\.\s*$/.test(bytes.subarray(-1000).toString("latin1"));
}

function readElement(text: Buffer, line: number): Part {
  const json = decode(text);
  if (json === undefined) return { kind: "broken", reason: `line ${line}: ${notUtf8}`, text };
  return { kind: "value", value: JSON.parse(json) as unknown, text };
}

/** The start of the next line that opens JSON, after the line of `from`. */
function nextJsonLine(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(0x0a, from); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (opensJson(bytes[at + 1])) return at + 1;
  }
  return undefined;
}

function lineStartOf(bytes: Buffer, at: number): number {
  return bytes.lastIndexOf(0x0a, at) + 1;
}

function decode(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const notUtf8 = "not valid UTF-8; save the file as UTF-8";
/** The largest YAML text. The YAML parser needs half a second for this size, and blocks the daemon for this time. */
const maxYamlBytes = 1024 * 1024;
const tooLarge = `larger than ${maxDocumentBytes / 1024 / 1024} MiB, the most for one list; split it`;
