import { toJson } from "../util/json.ts";
import type { Ack, Output, Truncation } from "./ack.ts";

/** The bytes that the headers of a publish need beside the payload. */
const headerRoom = 1024;

/**
 * An ACK as bytes that fit the broker's largest payload, because a final ACK must always be stored. If it is too large,
 * it loses, in this order: most of the output, all output, the original, and all other optional keys.
 * `original`: the JSON from which `parseStrict` read `ack.message`. It is copied into the ACK unchanged, because
 * encoding it again would cost time.
 */
export function encodeAck(ack: Ack, maxPayload: number, original?: Uint8Array): Buffer {
  const limit = maxPayload - headerRoom;
  for (const smaller of [same, withoutMostOutput, withoutOutput, withoutOriginal]) {
    // The received text may be longer than necessary: white space, escapes, or keys without meaning.
    for (const as of [original, undefined]) {
      const bytes = encoded(smaller(ack), as);
      if (bytes.length <= limit) return bytes;
    }
  }
  return encoded(minimal(ack));
}

function encoded(ack: Ack, original?: Uint8Array): Buffer {
  // Anything before the brace, such as a byte order mark, is harmless in a message but not inside an ACK.
  if (ack.message === undefined || original?.[0] !== openingBrace) return Buffer.from(toJson(ack));
  const rest = toJson({ ...ack, message: undefined });
  return Buffer.concat([Buffer.from(`${rest.slice(0, -1)},"message":`), original, Buffer.from("}")]);
}

const openingBrace = "{".charCodeAt(0);

const same = (ack: Ack): Ack => ack;
const withoutMostOutput = (ack: Ack): Ack => ({ ...ack, output: ack.output && shortened(ack.output, 4096) });
const withoutOutput = (ack: Ack): Ack => ({ ...ack, output: ack.output && shortened(ack.output, 0) });
const withoutOriginal = (ack: Ack): Ack => ({ ...withoutOutput(ack), message: undefined, raw: undefined });

function minimal({ error, output: _output, message: _message, raw: _raw, ...rest }: Ack): Ack {
  return { ...rest, error: error && { ...error, message: error.message.slice(0, 1000) } };
}

function shortened(output: Output, keep: number): Output {
  const stdout = cutStream(output, "stdout", keep);
  const stderr = cutStream(output, "stderr", keep);
  return {
    ...output,
    stdout: stdout.text,
    stderr: stderr.text,
    truncated: { stdout: stdout.truncation, stderr: stderr.truncation },
  };
}

/** The first `keep` characters of a stream. In base64, a multiple of 4 characters is a number of whole bytes. */
function cutStream(
  output: Output,
  name: "stdout" | "stderr",
  keep: number,
): { text: string; truncation: Truncation | undefined } {
  const whole = output[name];
  const before = output.truncated?.[name];
  if (whole.length <= keep) return { text: whole, truncation: before };
  const encoding = output.encoding === "base64" ? "base64" : "utf8";
  const text = whole.slice(0, keep).replace(/[\uD800-\uDBFF]$/, "");
  const total = before?.total ?? Buffer.byteLength(whole, encoding);
  return { text, truncation: { total, omitted: total - Buffer.byteLength(text, encoding) } };
}
