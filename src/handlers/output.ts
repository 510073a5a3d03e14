import type { CapturedOutput } from "../exec/captured-output.ts";
import type { Output, Truncation } from "../protocol/ack.ts";
import { gapMark } from "../protocol/ack-output.ts";

/** The captured streams in the form of an ACK: text, or base64 if a stream is not UTF-8. */
export function toOutput(stdout: CapturedOutput, stderr: CapturedOutput): Output {
  const whole = { stdout: atCharacters(stdout), stderr: atCharacters(stderr) };
  const texts = { stdout: asText(whole.stdout), stderr: asText(whole.stderr) };
  if (texts.stdout !== undefined && texts.stderr !== undefined) {
    return { stdout: texts.stdout, stderr: texts.stderr, ...gaps(whole.stdout, whole.stderr) };
  }
  const asBase64 = (captured: CapturedOutput): string => joined(captured).toString("base64");
  return { stdout: asBase64(stdout), stderr: asBase64(stderr), encoding: "base64", ...gaps(stdout, stderr) };
}

function gaps(stdout: CapturedOutput, stderr: CapturedOutput): Pick<Output, "truncated"> {
  const truncated = {
    ...(stdout.omitted > 0 ? { stdout: truncation(stdout) } : {}),
    ...(stderr.omitted > 0 ? { stderr: truncation(stderr) } : {}),
  };
  return Object.keys(truncated).length > 0 ? { truncated } : {};
}

function truncation({ total, omitted }: CapturedOutput): Truncation {
  return { total, omitted };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function asText(captured: CapturedOutput): string | undefined {
  try {
    return utf8.decode(joined(captured));
  } catch {
    return undefined;
  }
}

/** If the gap cuts a character in two, the halves of the character are removed too. */
function atCharacters(captured: CapturedOutput): CapturedOutput {
  if (captured.omitted === 0) return captured;
  const { head, tail } = parts(captured);
  const kept = withoutBrokenEnd(head);
  const bytes = Buffer.concat([kept, withoutBrokenStart(tail)]);
  return { bytes, total: captured.total, omitted: captured.total - bytes.length, headLength: kept.length };
}

function joined(captured: CapturedOutput): Buffer {
  if (captured.omitted === 0) return captured.bytes;
  const { head, tail } = parts(captured);
  return Buffer.concat([head, Buffer.from(gapMark(captured.omitted)), tail]);
}

function parts({ bytes, headLength }: CapturedOutput): { head: Buffer; tail: Buffer } {
  return { head: bytes.subarray(0, headLength), tail: bytes.subarray(headLength) };
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function withoutBrokenEnd(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && isContinuation(bytes[start])) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}

function withoutBrokenStart(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start++;
  return bytes.subarray(start);
}
