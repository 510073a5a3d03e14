import type { Ack, Output } from "./ack.ts";

/** Room that the headers of a publish need beside the payload. */
const headerRoom = 1024;

/**
 * An ACK as bytes that fit the broker's largest payload, because a final ACK must always be stored. What makes it too
 * large goes, in this order: most of the output, all of it, and the original.
 */
export function encodeAck(ack: Ack, maxPayload: number): Buffer {
  const limit = maxPayload - headerRoom;
  for (const smaller of [same, withoutMostOutput, withoutOutput, withoutOriginal]) {
    const bytes = Buffer.from(JSON.stringify(smaller(ack)));
    if (bytes.length <= limit) return bytes;
  }
  const { id, node, messageType, subject, state, attempt, instance } = ack;
  return Buffer.from(JSON.stringify({ id, node, messageType, subject, state, attempt, instance }));
}

const same = (ack: Ack): Ack => ack;
const withoutMostOutput = (ack: Ack): Ack => ({ ...ack, output: shortened(ack.output, 4096) });
const withoutOutput = (ack: Ack): Ack => ({ ...ack, output: shortened(ack.output, 0) });
const withoutOriginal = (ack: Ack): Ack => ({ ...withoutOutput(ack), message: undefined, raw: undefined });

function shortened(output: Output | undefined, keep: number): Output | undefined {
  if (output === undefined) return undefined;
  const { encoding } = output;
  const cut = (name: "stdout" | "stderr"): { text: string; truncation: { total: number; omitted: number } } => {
    const whole = Buffer.from(output[name], encoding ?? "utf8");
    const before = output.truncated?.[name] ?? { total: whole.length, omitted: 0 };
    const kept = Buffer.from(output[name].slice(0, keep), encoding ?? "utf8");
    const omitted = before.omitted + whole.length - kept.length;
    return { text: kept.toString(encoding ?? "utf8"), truncation: { total: before.total, omitted } };
  };
  const stdout = cut("stdout");
  const stderr = cut("stderr");
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    ...(encoding === undefined ? {} : { encoding }),
    truncated: {
      ...(stdout.truncation.omitted > 0 ? { stdout: stdout.truncation } : {}),
      ...(stderr.truncation.omitted > 0 ? { stderr: stderr.truncation } : {}),
    },
  };
}
