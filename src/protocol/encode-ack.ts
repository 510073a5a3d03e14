import { toJson } from "../util/json.ts";
import type { Ack, Output, Truncation } from "./ack.ts";

/** The number of bytes reserved for the headers of the publish. */
const headerRoom = 1024;

/**
 * Encodes an ACK in at most `maxPayload` bytes, the broker's largest payload, because the broker must be able to store
 * every final ACK. If the ACK is too large, parts are removed in this order: most of the output, all output, the
 * original message, and the rest of a long error message. `original` is the JSON from which `parseStrict` read
 * `ack.message`. It is copied into the ACK unchanged if it fits, because encoding the message again takes time.
 */
export function encodeAck(ack: Ack, maxPayload: number, original?: Uint8Array): Buffer {
  const limit = maxPayload - headerRoom;
  for (const smaller of [same, withoutMostOutput, withoutOutput, withoutOriginal]) {
    // The received JSON may be longer than necessary, because of white space, escapes or unknown keys.
    for (const as of [original, undefined]) {
      const bytes = encoded(smaller(ack), as);
      if (bytes.length <= limit) return bytes;
    }
  }
  return encoded(minimal(ack));
}

function encoded(ack: Ack, original?: Uint8Array): Buffer {
  // Bytes before the brace, such as a byte order mark, are allowed in a message, but not inside an ACK.
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

/** The first `keep` characters of a stream. In base64, `keep` must be a multiple of 4, so that no byte is cut. */
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
