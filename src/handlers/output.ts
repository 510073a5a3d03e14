import type { CapturedOutput } from "../exec/captured-output.ts";
import type { Output, Truncation } from "../protocol/ack.ts";

/** The captured streams as an ACK holds them: text, or base64 when one of them is not UTF-8. */
export function toOutput(stdout: CapturedOutput, stderr: CapturedOutput): Output {
  const truncated = {
    ...(stdout.omitted > 0 ? { stdout: truncation(stdout) } : {}),
    ...(stderr.omitted > 0 ? { stderr: truncation(stderr) } : {}),
  };
  const told = Object.keys(truncated).length > 0 ? { truncated } : {};
  const texts = { stdout: asText(stdout), stderr: asText(stderr) };
  if (texts.stdout !== undefined && texts.stderr !== undefined) {
    return { stdout: texts.stdout, stderr: texts.stderr, ...told };
  }
  const asBase64 = (captured: CapturedOutput): string => joined(captured).toString("base64");
  return { stdout: asBase64(stdout), stderr: asBase64(stderr), encoding: "base64", ...told };
}

function truncation({ total, omitted }: CapturedOutput): Truncation {
  return { total, omitted };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function asText(captured: CapturedOutput): string | undefined {
  try {
    if (captured.omitted === 0) return utf8.decode(captured.bytes);
    const { head, tail } = parts(captured);
    // A cut may go through a character: what is left of it at the edges goes too.
    return utf8.decode(Buffer.concat([withoutBrokenEnd(head), gapMark(captured), withoutBrokenStart(tail)]));
  } catch {
    return undefined;
  }
}

function joined(captured: CapturedOutput): Buffer {
  if (captured.omitted === 0) return captured.bytes;
  const { head, tail } = parts(captured);
  return Buffer.concat([head, gapMark(captured), tail]);
}

function parts({ bytes, headLength }: CapturedOutput): { head: Buffer; tail: Buffer } {
  return { head: bytes.subarray(0, headLength), tail: bytes.subarray(headLength) };
}

function gapMark({ omitted }: CapturedOutput): Buffer {
  return Buffer.from(`\n[steward: ${omitted} bytes left out here]\n`);
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
